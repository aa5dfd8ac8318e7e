"""One investigation as its page shows it to one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cadres.models import Account, District
from visits.models import (
    Finding,
    FindingUse,
    Investigation,
    InvestigationEvent,
    InvestigationPlace,
    Problem,
    Stop,
    Visit,
)
from visits.reports.problem_list import ProblemRow, with_limits
from visits.rules.investigation_states import StudyMove, StudyStep, moves_from
from visits.rules.study_records import FIELDS, in_words

TALKED = (
    "talked_residents",
    "talked_cadres",
    "talked_firms",
    "talked_experts",
    "talked_units",
)


@dataclass
class StopLine:
    """A stop of a visit that added to the study, with what it added."""

    stop: Stop
    findings: list[Finding]
    may_open: bool


@dataclass
class PlaceLine:
    """A place that was chosen, went to, or both."""

    place: District
    chosen: InvestigationPlace | None
    stops: list[StopLine]

    @property
    def visits(self) -> int:
        return len({line.stop.visit_id for line in self.stops})


@dataclass
class InvestigationPage:
    investigation: Investigation
    # Near to it: everything is theirs to see. Others see what they are concerned with.
    is_near: bool
    may_change: bool
    moves: Sequence[StudyMove]
    talked: Sequence[tuple[Any, int]]
    places: Sequence[PlaceLine]
    problems: Sequence[ProblemRow]
    uses: Sequence[FindingUse]
    history: Sequence[tuple[InvestigationEvent, Sequence[tuple[Any, Any]]]]

    @property
    def unsettled(self) -> list[ProblemRow]:
        return [row for row in self.problems if row.problem.is_unsettled]


def investigation_page(
    investigation: Investigation, user: Account, *, on: date
) -> InvestigationPage:
    """Everything on the page, in a fixed number of queries."""
    this = Investigation.objects.filter(pk=investigation.pk)
    is_near = this.near_to(user).exists()
    may_change = this.changeable_by(user).exists()
    problems = Problem.objects.visible_to(user).filter(investigation=investigation)
    events = investigation.events.select_related("by", "on_behalf_of").order_by("-pk")
    if investigation.hides_plans_from(user):
        events = events.exclude(step__in=[StudyStep.CHOOSE_PLACE, StudyStep.DROP_PLACE])
    uses = investigation.uses.order_by("-used_on", "pk")
    talked = [(FIELDS[name].label, getattr(investigation, name)) for name in TALKED]
    return InvestigationPage(
        investigation=investigation,
        is_near=is_near,
        may_change=may_change,
        moves=moves_from(investigation.state) if may_change else (),
        talked=[(label, n) for label, n in talked if n],
        places=_places(investigation, user, is_near=is_near),
        problems=with_limits(list(problems.for_list().order_by("pk")), on=on),
        uses=list(uses) if is_near else [],
        history=[(it, in_words(it.record)) for it in events] if is_near else [],
    )


def _places(
    investigation: Investigation, user: Account, *, is_near: bool
) -> list[PlaceLine]:
    """Findings of visits that one may know of; what was chosen, only if near.

    A place that is chosen may be meant for an unannounced visit: then who does not lead
    the study sees it once somebody was there.
    """
    seen = Visit.objects.visible_to(user)
    known = Visit.objects.countable_by(user) if is_near else seen
    findings = (
        investigation.findings.filter(stop__visit__in=known.values("pk"))
        .select_related("stop__place", "stop__visit")
        .order_by("stop__starts_at", "stop", "pk")
    )
    stops: dict[int, StopLine] = {}
    for finding in findings:
        line = stops.setdefault(finding.stop_id, StopLine(finding.stop, [], False))
        line.findings.append(finding)
    visits = {line.stop.visit_id for line in stops.values()}
    may_open = set(seen.filter(pk__in=visits).values_list("pk", flat=True))
    places: dict[int, PlaceLine] = {}
    if is_near:
        for row in investigation.places.select_related("place", "chosen_by").order_by(
            "pk"
        ):
            places[row.place_id] = PlaceLine(row.place, row, [])
    for line in stops.values():
        line.may_open = line.stop.visit_id in may_open
        place = line.stop.place
        places.setdefault(place.pk, PlaceLine(place, None, [])).stops.append(line)
    found = list(places.values())
    if investigation.hides_plans_from(user):
        found = [line for line in found if line.stops]
    return found
