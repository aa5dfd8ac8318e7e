"""What the rest days are called: kept in Chinese, as the State Council's plan does."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MAKE_UP = "调休"  # after the name of the festival that a make-up day is worked for
JOIN = "、"

NAMES: dict[str, str | Promise] = {
    "元旦": gettext_lazy("New Year's Day"),
    "农历除夕": gettext_lazy("Lunar New Year's Eve"),
    "春节": gettext_lazy("Spring Festival"),
    "清明节": gettext_lazy("Tomb-Sweeping Day"),
    "劳动节": gettext_lazy("Labour Day"),
    "端午节": gettext_lazy("Dragon Boat Festival"),
    "中秋节": gettext_lazy("Mid-Autumn Festival"),
    "国庆节": gettext_lazy("National Day"),
}


def holiday_name(name: str) -> str:
    """The name in the reader's language; a name that only the office knows stays."""
    stem = name.removesuffix(MAKE_UP)
    parts = stem.split(JOIN)
    if any(part not in NAMES for part in parts):
        return name
    known = " / ".join(str(NAMES[part]) for part in parts)
    if stem == name:
        return known
    return _("make-up day for %(holiday)s") % {"holiday": known}
