"""How values of this app are written on pages."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from cadres.models import District
from cadres.rules import place_names
from visits.models import Series
from visits.reports.report_sheet import Value
from visits.reports.report_sheet import plain as plain_value
from visits.reports.where_to_go import Line
from visits.rules.activities import SHORT, Activity
from visits.rules.series import Every, Skip
from visits.rules.small_counts import Told
from visits.rules.visit_states import VisitState

register = template.Library()
ORDINALS = {
    1: pgettext_lazy("weekday of a month", "first"),
    2: pgettext_lazy("weekday of a month", "second"),
    3: pgettext_lazy("weekday of a month", "third"),
    4: pgettext_lazy("weekday of a month", "fourth"),
    -1: pgettext_lazy("weekday of a month", "last"),
}

TONES = {
    VisitState.DRAFT: "neutral",
    VisitState.PLANNED: "soon",
    VisitState.APPROVED: "ok",
    VisitState.ANNOUNCED: "ok",
    VisitState.LOGGED: "soon",
    VisitState.CONFIRMED: "ok",
    VisitState.NOT_HELD: "neutral",
    VisitState.CANCELLED: "neutral",
}


@register.filter
def activity_short(code: str) -> Any:
    """The word on a tag."""
    return SHORT.get(code, code)  # type: ignore[call-overload]


@register.filter
def activity_name(code: str) -> Any:
    return Activity(code).label if code in Activity.values else code


@register.filter
def tone(state: str) -> str:
    """The tone of a state's badge; its word always stands beside it."""
    return TONES[VisitState(state)] if state in VisitState.values else "neutral"


@register.filter
def age(days: int | None) -> str:
    """How long ago a day is: "never", "today", "12 days ago"."""
    return _age(days, get_language())


@lru_cache(maxsize=5000)  # a page may say it ten thousand times
def _age(days: int | None, language: str | None) -> str:
    if days is None:
        return pgettext("visit", "never")
    if days == 0:
        return _("today")
    return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}


@register.filter
def in_words(count: Told) -> str:
    """A count as far as it may be told; each is put into words once."""
    return _told(count, get_language())


@lru_cache(maxsize=5000)
def _told(count: Told, language: str | None) -> str:
    return str(count)


@register.simple_tag
def tile_words(line: Line) -> str:
    """All that the table says of a place, in one sentence."""
    came, kinds, matters, letters = _tile_forms(get_language())
    told = line.told_letters
    return " · ".join(
        [
            came % age(line.last_days),
            *(f"{kinds[kind]} {age(days)}" for kind, days in line.ages),
            matters % {"n": line.open_matters, "due": line.due},
            letters % {"n": in_words(told) if told else "0"},
        ]
    )


@lru_cache(maxsize=10)
def _tile_forms(language: str | None) -> tuple[str, dict[str, str], str, str]:
    return (
        _("anyone came %s"),
        {kind: str(label) for kind, label in SHORT.items()},
        _("open matters %(n)s, due %(due)s"),
        _("open letters %(n)s"),
    )


@register.filter
def short_path(place: District) -> str:
    return place_names.short_path(place.path, place.level)


@register.simple_tag
def span(starts_at: datetime, ends_at: datetime) -> SafeString | str:
    """From when to when, in the office's time: the day once if it is one day."""
    first, last = timezone.localtime(starts_at), timezone.localtime(ends_at)
    day = date_format(first, "DATE_FORMAT")
    weekday = date_format(first, "D")
    if first.date() == last.date():
        return f"{day} {weekday} {first:%H:%M}–{last:%H:%M}"
    until = date_format(last, "MONTH_DAY_FORMAT")
    return _("%(first)s to %(last)s") % {
        "first": f"{day} {weekday} {first:%H:%M}",
        "last": f"{until} {date_format(last, 'D')} {last:%H:%M}",
    }


@register.simple_tag
def days(first: date, last: date) -> str:
    """Whole days, both included: "24 November Tue – 26 November Thu, 3 days"."""
    one = f"{date_format(first, 'DATE_FORMAT')} {date_format(first, 'D')}"
    if first == last:
        return one
    form = "MONTH_DAY_FORMAT" if first.year == last.year else "DATE_FORMAT"
    n = (last - first).days + 1
    return _("%(first)s – %(last)s, %(n)s days") % {
        "first": one,
        "last": f"{date_format(last, form)} {date_format(last, 'D')}",
        "n": n,
    }


@register.simple_tag
def pattern(series: Series) -> str:
    """How a series recurs, in words: "every 2 weeks on Thursday"."""
    n, weekday = series.interval, WEEKDAYS[series.weekday or 0]
    if series.every == Every.WEEKS:
        once, often = _("Every week on %(day)s"), _("Every %(n)d weeks on %(day)s")
    elif series.every == Every.DAY:
        once = _("Every month on day %(number)d")
        often = _("Every %(n)d months on day %(number)d")
    else:
        once = _("Every month on the %(nth)s %(day)s")
        often = _("Every %(n)d months on the %(nth)s %(day)s")
    return (once if n == 1 else often) % {
        "n": n,
        "day": weekday,
        "number": series.month_day or 1,
        "nth": ORDINALS[series.nth or 1],
    }


@register.simple_tag
def skip_words(skip: str, words: str = "") -> str:
    """Why a date is left out: "Day of rest (National Day)"."""
    label = str(Skip(skip).label) if skip in Skip.values else skip
    if not words:
        return label
    return _("%(what)s (%(why)s)") % {"what": label, "why": words}


@register.filter
def plain(value: Value) -> str:
    """A cell of a report."""
    return plain_value(value)
