"""A visit in plain words, to keep what stood there before a change."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from visits.models import Stop, Talk, Visit
from visits.rules.activities import SHORT
from visits.rules.log import TALK_WORDS
from visits.rules.visit_states import Mode, Part, VisitState


def _span(stop: Stop) -> str:
    starts, ends = timezone.localtime(stop.starts_at), timezone.localtime(stop.ends_at)
    same_day = starts.date() == ends.date()
    return f"{starts:%Y-%m-%d %H:%M}–{ends:{'%H:%M' if same_day else '%m-%d %H:%M'}}"


def snapshot(visit: Visit) -> dict[str, Any]:
    """What people would see of the visit now: field → plain text or list of texts."""
    stops = visit.stops.select_related("place").order_by("position")
    team = visit.team.select_related("official").order_by("pk")
    return {
        "state": visit.state,
        "mode": visit.mode,
        "purpose": visit.purpose,
        "stops": [
            {
                "text": f"{_span(stop)} {stop.place.path} {stop.venue}".strip(),
                "codes": stop.activities,
                "place": stop.place_id,
            }
            for stop in stops
        ],
        "team": [
            {"text": member.official.name, "codes": [member.part]} for member in team
        ],
        "escorts": visit.planned_escorts,
        "vehicles": visit.vehicles,
        "press": visit.press,
        "materials": list(visit.materials),
        "crowding_reason": visit.crowding_reason,
        "summary": visit.summary,
        "actual_escorts": visit.actual_escorts,
        "talks": [
            talk_line(talk)
            for stop in stops
            for talk in stop.talks.select_related("format").order_by("pk")
        ],
        "findings": [
            f"{finding.investigation.topic}: {finding.text}"
            for stop in stops
            for finding in stop.findings.select_related("investigation").order_by("pk")
        ],
        "receptions": [
            f"{reception.groups}/{reception.person_visits}/{reception.matters}"
            for stop in stops
            for reception in stop.receptions.order_by("pk")
        ],
        "matters": [
            f"{matter.subject}: {matter.decision} ({matter.lead_unit} {matter.due_on})"
            for stop in stops
            for matter in stop.matters.promised().of_log(visit).order_by("pk")
        ],
    }


def talk_line(talk: Talk) -> str:
    """All that is recorded of it: a correction keeps what stood there before."""
    line = f"{talk.theme} ({talk.audience})"
    values = [getattr(talk, name) for name in TALK_WORDS[2:]]
    more = [str(value) for value in values if value and value is not True]
    if talk.is_online:
        more.append(str(_("online")))
    return "; ".join([line, *more])


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The fields that differ, each with its value before and after."""
    return {
        name: [before[name], value]
        for name, value in after.items()
        if before[name] != value
    }


LABELS = {
    "state": _("State"),
    "mode": _("Mode"),
    "purpose": _("Purpose or topic"),
    "stops": _("Stops"),
    "team": _("Team"),
    "escorts": _("Escorts"),
    "vehicles": _("Vehicles"),
    "press": _("Press people"),
    "materials": _("Materials requested from the place"),
    "crowding_reason": _("Reason for going all the same"),
    "summary": _("Short account"),
    "actual_escorts": _("Escorts in fact"),
    "talks": _("Policy talks"),
    "findings": _("Findings"),
    "receptions": _("Receptions (groups/person-visits/matters)"),
    "matters": _("On-the-spot matters"),
}
WORDS: dict[Any, Any] = {**SHORT, **dict(Part.choices)}
CODES: dict[str, Any] = {"state": VisitState, "mode": Mode}


def in_words(changes: dict[str, Any]) -> list[dict[str, Any]]:
    """`changes` of an event for people: label, before and after as lists of lines."""
    return [
        {
            "label": LABELS.get(name, name),
            "before": _lines(name, before),
            "after": _lines(name, after),
        }
        for name, (before, after) in changes.items()
    ]


def _lines(name: str, value: Any) -> list[str]:
    if name in CODES and value in CODES[name].values:
        return [str(CODES[name](value).label)]
    if isinstance(value, list):
        return [_line(line) for line in value]
    return [] if value in (None, "") else [str(value)]


def _line(line: Any) -> str:
    if isinstance(line, dict):
        words = ", ".join(str(WORDS.get(code, code)) for code in line["codes"])
        return f"{line['text']} ({words})"
    return str(line)
