"""Telling people of deadlines of matters that are near or past (handbook 8)."""

from datetime import datetime

from visits.actions.warn_of_deadlines import warn_of_deadlines
from visits.models import Matter, Notice
from visits.reports.matter_duty import deciders, unit_people
from visits.rules.matter_states import AT_UNIT


def warn_of_matters(*, now: datetime) -> None:
    """The lead unit's people, and above them who decided."""
    warn_of_deadlines(
        Matter.objects.filter(state__in=AT_UNIT),
        name="matter",
        near=Notice.Kind.MATTER_NEAR,
        late=Notice.Kind.MATTER_LATE,
        doers=unit_people,
        above=deciders,
        now=now,
    )
