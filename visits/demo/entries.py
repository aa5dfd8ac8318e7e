"""What came of a visit: entries of the four kinds, as its log would have them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from django.utils import timezone

from cadres.demo.units import Units
from cadres.models import Cadre, District, Unit
from cadres.rules.levels import Level
from visits.demo.lands import where_of
from visits.demo.outings import Outing
from visits.demo.problems import Problem
from visits.demo.size import Size
from visits.demo.talks import Talks
from visits.demo.texts import fill, problems_of, theme_of
from visits.models import (
    Finding,
    Investigation,
    Matter,
    MatterState,
    Reception,
    Stop,
    Talk,
)
from visits.rules.activities import Activity
from visits.rules.matter_states import UnitWord

FRESH = 40  # days in which most matters were given to a unit


@dataclass
class Logged:
    """The entries of one visit."""

    talks: list[Talk] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    receptions: list[Reception] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)


class Recorder:
    """Writes entries; one topic of one leader is one investigation."""

    def __init__(
        self,
        rng: Random,
        units: Units,
        talks: Talks,
        today: date,
        refer: Callable[[], str],
        size: Size,
    ) -> None:
        self.rng = rng
        self.talks = talks
        self.units = units
        self.today = today
        self.refer = refer
        self.more_matters = size.more_matters
        self.investigations: dict[tuple[int, str], Investigation] = {}

    def log(self, outing: Outing, stops: list[Stop]) -> Logged:
        logged = Logged()
        for number, stop in enumerate(stops):
            where = where_of(stop.place)
            problem = outing.problem
            if number:
                problem = self.rng.choice(problems_of(where))
            for activity in stop.activities:
                if self.rng.random() > 0.93 and not outing.reception:
                    continue  # nothing else is mandatory (handbook 4.2)
                if activity == Activity.PUBLICITY:
                    logged.talks.append(self._talk(stop, where))
                elif activity == Activity.STUDY:
                    finding = self._finding(stop, outing.lead, problem)
                    logged.findings.append(finding)
                elif activity == Activity.RECEPTION:
                    logged.receptions.append(self._reception(stop, outing))
                else:
                    logged.matters += self._matters(stop, problem, where, outing.lead)
        return logged

    def _talk(self, stop: Stop, where: str) -> Talk:
        audience = self.rng.choice((8, 12, 15, 18, 20, 25, 30, 35, 40, 50, 60, 80, 120))
        talk = Talk(stop=stop, theme=theme_of(self.rng, where), audience=audience)
        return self.talks.describe(talk)

    def _finding(self, stop: Stop, leader: Cadre, problem: Problem) -> Finding:
        opened_on = timezone.localdate(stop.starts_at)
        topic = self.investigations.setdefault(
            (leader.pk, problem.topic),
            Investigation(
                leader=leader,
                unit=leader.unit,
                topic=problem.topic,
                opened_on=opened_on,
            ),
        )
        topic.opened_on = min(topic.opened_on, opened_on)
        text = fill(self.rng, self.rng.choice(problem.findings))
        return Finding(investigation=topic, stop=stop, text=text)

    def _reception(self, stop: Stop, outing: Outing) -> Reception:
        if outing.reception:
            groups, people, matters = outing.reception
            return Reception(
                stop=stop, groups=groups, person_visits=people, matters=matters
            )
        groups = self.rng.randint(1, 9)
        more = self.rng.choices((0, 1, 2, 4), (4, 4, 2, 1), k=groups)
        people = groups + sum(more)
        matters = max(1, groups + self.rng.randint(-1, 2))
        return Reception(
            stop=stop, groups=groups, person_visits=people, matters=matters
        )

    def _matters(
        self, stop: Stop, problem: Problem, where: str, lead: Cadre
    ) -> list[Matter]:
        problems = [problem]
        if self.rng.random() < 0.35:
            problems.append(self.rng.choice(problems_of(where)))
        problems += self.rng.choices(problems_of(where), k=self.more_matters)
        return [self._matter(stop, it, lead) for it in problems]

    def _matter(self, stop: Stop, problem: Problem, lead: Cadre) -> Matter:
        rng = self.rng
        raised_on = timezone.localdate(stop.starts_at)
        is_fresh = (self.today - raised_on).days <= FRESH
        is_assigned = rng.random() < (0.75 if is_fresh else 0.55)
        texts = problem.assigned if is_assigned else problem.settled
        matter = Matter(
            reference=self.refer(),
            stop=stop,
            subject=fill(rng, rng.choice(problem.subjects)),
            decision=fill(rng, rng.choice(texts)),
            decided_by=lead,
            is_public=rng.random() < 0.3,
            state=MatterState.ASSIGNED if is_assigned else MatterState.SETTLED,
            unit_word="" if is_assigned else UnitWord.DONE,
            raised_on=raised_on,
        )
        if is_assigned:
            self._assign(matter, self._unit(stop.place, problem.unit, lead))
            days = rng.choice((7, 15, 20, 30, 30))
            matter.due_on = matter.first_due_on = raised_on + timedelta(days=days)
            matter.report_due_on = raised_on + timedelta(days=7)
        matter.settle_at(stop.place)
        return matter

    def _assign(self, matter: Matter, unit: Unit | str) -> None:
        matter.lead_unit = str(unit)
        matter.unit = unit if isinstance(unit, Unit) else None

    def _unit(self, place: District, name: str, lead: Cadre) -> Unit | str:
        """The department of the lead's own level, else the other of county and city;
        elsewhere the county's by name."""
        at = [place.county_id, place.prefecture_id]
        if lead.unit.level <= Level.PREFECTURE:
            at.reverse()
        for pk in at:
            unit = self.units.by_name.get((pk or 0, name))
            if unit:
                return unit
        return f"当地{name}" if place.level > Level.PREFECTURE else name
