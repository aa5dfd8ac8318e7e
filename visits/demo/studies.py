"""The demo's investigations, through the same actions as pages: one runs with a problem
passed up and answered, one is finished and its findings in use, one is late."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from cadres.demo.officials import GOVERNMENT
from cadres.demo.staff import Staff
from cadres.demo.units import Units
from cadres.models import Account, Unit
from visits.actions.choose_place import choose_place
from visits.actions.move_investigation import move_investigation
from visits.actions.move_problem import move_problem
from visits.actions.open_investigation import change_investigation
from visits.actions.record_problem import record_problem
from visits.actions.use_finding import plan_use
from visits.demo import study_words as words
from visits.demo.lands import Lands
from visits.demo.problems import PROBLEMS
from visits.demo.problems import Problem as Kind
from visits.models import Investigation, InvestigationEvent, Problem, StudyArea
from visits.rules.investigation_states import StudyKind, StudyMethod, StudyStep
from visits.rules.problem_states import ProblemStep
from visits.rules.study_records import to_json

BATCH = 2000
WATER = "水务局"
KINDS = {kind.topic: kind for kind in PROBLEMS}
TALKED = {
    "talked_residents": 86,
    "talked_cadres": 23,
    "talked_firms": 7,
    "talked_experts": 2,
    "talked_units": 5,
}


class Studies:
    """Tells what became of three topics that logs had named."""

    def __init__(
        self, staff: Staff, units: Units, lands: Lands, *, now: datetime
    ) -> None:
        self.staff, self.units, self.lands = staff, units, lands
        self.now, self.today = now, now.date()
        self.city = lands.city
        self.number = 0

    def tell(self) -> None:
        leader = self.staff.by_username["leader"].cadre_id
        running, finished = self._most_studied(leader=leader)[:2]
        offices = [self.units[county, GOVERNMENT] for county in self.lands.counties]
        of_county = self._most_studied(unit__in=offices)[:1]
        for study, days in ((running, 120), (finished, 260)):
            self._open(study, days)
        for study in of_county:
            self._open(study, 100)
        self._began()
        self._run(running)
        self._finish(finished)
        for study in of_county:
            self._ask_the_city(study)

    def _open(self, study: Investigation, days: int) -> None:
        study.opened_on = min(study.opened_on, self._day(days))
        study.save(update_fields=["opened_on"])

    def _began(self) -> None:
        """The logs that named them first stand at the head of their histories."""
        InvestigationEvent.objects.bulk_create(
            [
                InvestigationEvent(
                    investigation=it,
                    step=StudyStep.BEGIN,
                    to_state=it.state,
                    at=timezone.make_aware(datetime.combine(it.opened_on, time(18))),
                    by=self.staff.planner_of[it.leader_id],
                    on_behalf_of=it.leader,
                    record=to_json({"topic": it.topic, "opened_on": it.opened_on}),
                )
                for it in Investigation.objects.select_related("leader").order_by("pk")
            ],
            BATCH,
        )

    def _most_studied(self, **of: Any) -> list[Investigation]:
        rows = Investigation.objects.filter(**of).annotate(n=Count("findings"))
        found = rows.select_related("leader", "unit").order_by("-n", "pk")
        # Those of the water bureau first: its people can sign in.
        return sorted(found, key=lambda it: KINDS[it.topic].unit != WATER)

    # --- Three stories --------------------------------------------------------------

    def _run(self, study: Investigation) -> None:
        """Seven problems in seven states; a date that moved, an answer from above."""
        self._describe(study, days=120, kind=StudyKind.PROBLEM)
        self._choose_places(study)
        kind = KINDS[study.topic]
        above = self._above(kind)
        going = self._problem(study, kind, 0, ago=60, due=25)
        self._step(going, "report", ago=8, evidence=words.EVIDENCE[0])
        self._problem(study, kind, 1, ago=70, due=-12)
        moved = self._problem(study, kind, 2, ago=75, due=-20)
        later = self.today + timedelta(days=6)
        self._step(moved, "put_off", ago=24, due_on=later, reason=words.LATE_REASON)
        answered = self._problem(study, kind, 5, ago=50)
        up: dict[str, Any] = {"passed_to": above, "asked": words.ASKED}
        self._step(answered, "pass_up", ago=40, **up)
        self._step(
            answered,
            "answer",
            ago=15,
            by=self._at(above),
            answer_kind="taken_on",
            answer=words.ANSWER,
        )
        waiting = self._problem(study, kind, 3, ago=20)
        self._step(waiting, "pass_up", ago=5, **up)
        self._settle(self._problem(study, kind, 4, ago=80, due=-30), ago=35)
        self._step(
            self._problem(study, kind, 6, ago=45),
            "hand_over",
            ago=30,
            handed_to=self.units[self.city, "农业农村局"].name,
            reason=words.HANDED_REASON,
        )
        self._use(study, 2, used=None)

    def _finish(self, study: Investigation) -> None:
        """All settled or answered and looked back on, findings in use."""
        self._describe(study, days=260, kind=StudyKind.CASE)
        kind = KINDS[study.topic]
        above = self._above(kind)
        for number, ago in ((0, 200), (2, 190), (4, 180)):
            problem = self._problem(study, kind, number, ago=ago, due=60 - ago)
            self._settle(problem, ago=150)
        answered = self._problem(study, kind, 5, ago=170)
        self._step(answered, "pass_up", ago=160, passed_to=above, asked=words.ASKED)
        self._step(
            answered,
            "answer",
            ago=140,
            by=self._at(above),
            answer_kind="advice",
            answer=words.ADVICE,
        )
        study.refresh_from_db()
        move_investigation(
            study,
            by=self._planner(study),
            step=StudyStep.FINISH,
            record={"report": words.REPORT, "follow_up": words.FOLLOW_UP},
            version=study.version,
            now=self._ago(120),
        )
        for number, used in ((0, 100), (1, 60), (2, None)):
            self._use(study, number, used=used)
        for problem in study.problems.filter(state="settled").order_by("pk"):
            self._step(
                problem,
                "look_back",
                ago=50,
                look_back="holds",
                look_back_text=words.LOOKED_BACK,
            )

    def _ask_the_city(self, study: Investigation) -> None:
        """A county's: one problem waits at the city's water bureau, one is late."""
        self._describe(study, days=100, kind=StudyKind.TRACKING)
        kind = KINDS[study.topic]
        self._problem(study, kind, 1, ago=60, due=-9)
        waiting = self._problem(study, kind, 0, ago=30)
        self._step(
            waiting,
            "pass_up",
            ago=6,
            passed_to=self.units[self.city, WATER],
            asked=words.ASKED_OF_CITY,
        )

    # --- What they are made of --------------------------------------------------------

    def _describe(self, study: Investigation, *, days: int, kind: str) -> None:
        area = StudyArea.objects.filter(name="群众急难愁盼").first()
        change_investigation(
            study,
            by=self._planner(study),
            now=self._ago(days),
            version=study.version,
            ends_on=self.today + timedelta(days=45),
            area=area or StudyArea.objects.order_by("pk").first(),
            kind=kind,
            methods=[StudyMethod.VISIT, StudyMethod.SEMINAR, StudyMethod.STAY],
            **TALKED,
        )

    def _choose_places(self, study: Investigation) -> None:
        visited = study.findings.select_related("stop__place").order_by("pk")
        places = {it.stop.place_id: it.stop.place for it in visited}
        chosen = [*self.lands.unvisited[:2], *places.values()][:3]
        for place, why in zip(chosen, words.WHY_HERE, strict=False):
            choose_place(
                study,
                by=self._planner(study),
                now=self._ago(60),
                place=place,
                reason=why,
                despite=words.ALL_THE_SAME,
            )

    def _problem(
        self,
        study: Investigation,
        kind: Kind,
        number: int,
        *,
        ago: int,
        due: int | None = None,
    ) -> Problem:
        """One of the kind's own texts; under way with a date, `due` days from today."""
        lead = self.units.by_name.get((study.unit.place_id, kind.unit))
        row: dict[str, Any] = {"measure": "", "lead_unit": ""}
        if due is not None:
            row = {
                "measure": self._filled(kind.assigned, number),
                "lead_unit": lead.name if lead else kind.unit,
                "supporting": "各镇人民政府、街道办事处",
                "person": "分管负责人",
                "due_on": self.today + timedelta(days=due),
            }
        texts = [*kind.subjects, *kind.findings][:5] + list(words.TEXTS)
        return record_problem(
            study,
            by=self._planner(study),
            now=self._ago(ago),
            client_key=self._key(),
            text=self._filled(texts, number),
            root_cause=words.CAUSES[number % len(words.CAUSES)],
            level="above" if number == 5 else "own",
            **row,
        )

    def _settle(self, problem: Problem, *, ago: int) -> None:
        look_back_on = self._day(ago) + timedelta(days=90)
        evidence = words.EVIDENCE[problem.pk % len(words.EVIDENCE)]
        self._step(
            problem, "settle", ago=ago, evidence=evidence, look_back_on=look_back_on
        )

    def _use(self, study: Investigation, number: int, *, used: int | None) -> None:
        finding, where, effect = words.USES[number]
        plan_use(
            study,
            by=self._planner(study),
            now=self._ago(used or 10),
            client_key=self._key(),
            finding=finding,
            where=where,
            used_on=None if used is None else self._day(used),
            effect="" if used is None else effect,
        )

    def _step(
        self,
        problem: Problem,
        step: str,
        *,
        ago: int,
        by: Account | None = None,
        **record: Any,
    ) -> None:
        held = Problem.objects.select_related("investigation").get(pk=problem.pk)
        move_problem(
            held,
            by=by or self._planner(held.investigation),
            step=ProblemStep(step),
            record=record,
            version=held.version,
            now=self._ago(ago),
        )

    def _planner(self, study: Investigation) -> Account:
        return Account.objects.get(pk=self.staff.planner_of[study.leader_id].pk)

    def _above(self, kind: Kind) -> Unit:
        """The department above, or the government where nobody is there to answer."""
        own = self.units.by_name.get((self.city.pk, kind.unit))
        above = own.superior if own else None
        if above and Account.objects.filter(unit=above, cadre__isnull=False).exists():
            return above
        return self.units[self.lands.province, "人民政府办公厅"]

    def _at(self, unit: Unit) -> Account:
        """Its leader, who answers there."""
        return Account.objects.filter(unit=unit, cadre__isnull=False).order_by("pk")[0]

    def _key(self) -> UUID:
        self.number += 1
        return UUID(int=0x0035_0000 + self.number)

    def _filled(self, texts: Any, number: int) -> str:
        text: str = texts[number % len(texts)]
        return text.format(n=3 + number, m=6 + number)[:300]

    def _day(self, ago: int) -> date:
        return self.today - timedelta(days=ago)

    def _ago(self, days: int) -> datetime:
        """In the morning of that day."""
        return timezone.make_aware(datetime.combine(self._day(days), time(9, 40)))
