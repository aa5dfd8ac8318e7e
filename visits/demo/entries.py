"""What came of a visit: entries of the four kinds, as its log would have them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from django.utils import timezone

from cadres.demo.units import Units
from cadres.models import Cadre, District
from cadres.rules.levels import Level
from visits.demo.lands import where_of
from visits.demo.outings import Outing
from visits.demo.problems import Problem
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

FRESH = 40  # days in which many matters are still open


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
        self, rng: Random, units: Units, today: date, refer: Callable[[], str]
    ) -> None:
        self.rng = rng
        self.units = units
        self.today = today
        self.refer = refer
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
                    logged.matters += self._matters(stop, problem, where)
        return logged

    def _talk(self, stop: Stop, where: str) -> Talk:
        audience = self.rng.choice((8, 12, 15, 18, 20, 25, 30, 35, 40, 50, 60, 80, 120))
        return Talk(stop=stop, theme=theme_of(self.rng, where), audience=audience)

    def _finding(self, stop: Stop, leader: Cadre, problem: Problem) -> Finding:
        opened_on = timezone.localdate(stop.starts_at)
        topic = self.investigations.setdefault(
            (leader.pk, problem.topic),
            Investigation(leader=leader, topic=problem.topic, opened_on=opened_on),
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

    def _matters(self, stop: Stop, problem: Problem, where: str) -> list[Matter]:
        problems = [problem]
        if self.rng.random() < 0.35:
            problems.append(self.rng.choice(problems_of(where)))
        return [self._matter(stop, it) for it in problems]

    def _matter(self, stop: Stop, problem: Problem) -> Matter:
        rng = self.rng
        raised_on = timezone.localdate(stop.starts_at)
        is_fresh = (self.today - raised_on).days <= FRESH
        is_open = rng.random() < (0.62 if is_fresh else 0.07)
        texts = problem.assigned if is_open else problem.settled
        matter = Matter(
            reference=self.refer(),
            stop=stop,
            subject=fill(rng, rng.choice(problem.subjects)),
            decision=fill(rng, rng.choice(texts)),
            state=MatterState.ASSIGNED if is_open else MatterState.SETTLED,
            raised_on=raised_on,
        )
        if is_open:
            matter.lead_unit = self._unit(stop.place, problem.unit)
            matter.due_on = raised_on + timedelta(days=rng.choice((7, 15, 20, 30, 30)))
        matter.settle_at(stop.place)
        return matter

    def _unit(self, place: District, name: str) -> str:
        """The county's department, else the city's; elsewhere the county's by name."""
        for pk in (place.county_id, place.prefecture_id):
            unit = self.units.by_name.get((pk or 0, name))
            if unit:
                return unit.name
        return f"当地{name}" if place.level > Level.PREFECTURE else name
