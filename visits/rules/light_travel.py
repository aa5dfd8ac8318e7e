"""Light travel (轻车简从, handbook 10): what is more than the office's own limits."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from visits.rules.visit_states import Mode

COMPANY = (
    "escorts_superior",
    "escorts_prefecture",
    "escorts_county",
    "escorts_township",
)
# Those who meet the visitors at the place.
LOCAL = COMPANY[1:]


def warnings_of(plan: Mapping[str, Any], settings: Mapping[str, int]) -> list[Any]:
    """What a plan asks of the place beyond the limits; it may go on all the same.

    `plan` may be half typed: what is missing counts as nothing.
    """
    found = []
    is_unannounced = plan.get("mode") == Mode.UNANNOUNCED
    escorts = sum(plan.get(name) or 0 for name in COMPANY)
    local = sum(plan.get(name) or 0 for name in LOCAL)
    if is_unannounced and local:
        text = _("An unannounced visit has no local escorts; %(count)s are planned.")
        found.append(text % {"count": local})
    elif escorts > settings["escorts.max"]:
        text = _("%(count)s escorts from other offices; the limit is %(limit)s.")
        found.append(text % {"count": escorts, "limit": settings["escorts.max"]})
    for name, text in (
        ("vehicles", _("%(count)s vehicles; the limit is %(limit)s.")),
        ("press", _("%(count)s press people; the limit is %(limit)s.")),
    ):
        if (plan.get(name) or 0) > settings[f"{name}.max"]:
            limit = settings[f"{name}.max"]
            found.append(text % {"count": plan[name], "limit": limit})
    materials = len(plan.get("materials") or [])
    most = 0 if is_unannounced else settings["materials.max"]
    if materials > most:
        text = _(
            "%(count)s materials requested from the place; the limit is %(limit)s."
        )
        found.append(text % {"count": materials, "limit": most})
    return found
