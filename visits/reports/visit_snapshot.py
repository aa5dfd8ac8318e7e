"""A visit in plain words, to keep what stood there before a change."""

from typing import Any

from django.utils import timezone

from visits.models import Visit


def snapshot(visit: Visit) -> dict[str, Any]:
    """What people would see of the visit now: field → plain text or list of texts."""
    stops = visit.stops.select_related("place").order_by("position")
    team = visit.team.select_related("official").order_by("pk")
    return {
        "state": visit.state,
        "mode": visit.mode,
        "purpose": visit.purpose,
        "stops": [
            " ".join(
                [
                    f"{timezone.localtime(stop.starts_at):%Y-%m-%d %H:%M}–"
                    f"{timezone.localtime(stop.ends_at):%m-%d %H:%M}",
                    stop.place.path,
                    stop.venue,
                    ",".join(stop.activities),
                ]
            )
            for stop in stops
        ],
        "team": [f"{member.official.name} ({member.part})" for member in team],
        "escorts": visit.planned_escorts,
        "vehicles": visit.vehicles,
        "press": visit.press,
        "materials": list(visit.materials),
        "crowding_reason": visit.crowding_reason,
        "summary": visit.summary,
        "actual_escorts": visit.actual_escorts,
        "talks": [
            f"{talk.theme} ({talk.audience})"
            for stop in stops
            for talk in stop.talks.order_by("pk")
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
            for matter in stop.matters.order_by("pk")
        ],
    }


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The fields that differ, each with its value before and after."""
    return {
        name: [before[name], value]
        for name, value in after.items()
        if before[name] != value
    }
