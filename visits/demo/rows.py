"""From outings to rows: what the actions would have written, in a few inserts.

`plan_visit`, the moves and `log_visit` take a transaction each and look for clashes and
crowds; for fifteen hundred visits that would take minutes. The same rules compute the
same columns here, and the database's constraints judge the result.
"""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.utils import timezone

from cadres.demo.staff import Staff
from cadres.demo.units import Units
from cadres.models import Account
from visits.demo.entries import Logged, Recorder
from visits.demo.history import History, picture
from visits.demo.outings import Outing
from visits.demo.size import Size
from visits.demo.talks import Talks
from visits.demo.texts import summary_of
from visits.models import (
    DiaryEntry,
    Finding,
    Investigation,
    Reception,
    Stop,
    Talk,
    Visit,
    VisitEvent,
    VisitOfficial,
)
from visits.models.visit import ALPHABET
from visits.rules.counting import Spot, points
from visits.rules.half_days import half_days
from visits.rules.visibility import hidden_until
from visits.rules.visit_states import BOOKED, HELD, Part

BATCH = 2000


class Writer:
    def __init__(
        self,
        rng: Random,
        staff: Staff,
        units: Units,
        talks: Talks,
        *,
        now: datetime,
        delay_hours: int,
        size: Size,
    ) -> None:
        self.rng = rng
        self.staff = staff
        self.now = now
        self.delay_hours = delay_hours
        self.history = History(rng, staff, now)
        self.recorder = Recorder(
            rng, units, talks, timezone.localdate(now), self.reference, size
        )
        self._references: set[str] = set()
        self.visits: list[Visit] = []
        self.team: list[VisitOfficial] = []
        self.stops: list[Stop] = []
        self.diary: list[DiaryEntry] = []
        self.events: list[VisitEvent] = []
        self.logged: list[Logged] = []

    def reference(self) -> str:
        """A reference as `new_reference` makes it, the same on each run."""
        while True:
            new = "".join(self.rng.choices(ALPHABET, k=8))
            if new not in self._references:
                self._references.add(new)
                return new

    def add(self, outing: Outing) -> None:
        rng, lead = self.rng, outing.lead
        is_own_plan = rng.random() < 0.08
        planner = self.staff.planner_of[lead.pk]
        by = self.staff.of_official[lead.pk] if is_own_plan else planner
        visit = self._visit(outing, by)
        team = [
            VisitOfficial(visit=visit, official=it, part=self._part(i), unit=it.unit)
            for i, it in enumerate(outing.team)
        ]
        stops = self._stops(outing, visit)
        before = picture(visit, stops, team, Logged())
        logged = Logged()
        if outing.state in HELD:
            self._shift(visit, stops)
            logged = self.recorder.log(outing, stops)
            for stop in stops:
                stop.planned_place = stop.place
            visit.summary = summary_of(rng, stops[0].activities, outing.problem)
            fewer = rng.choice((0, 0, 1))
            visit.actual_escorts = max(0, visit.planned_escorts - fewer)
        self.events += self.history.tell(
            visit, outing, before, picture(visit, stops, team, logged)
        )
        self.visits.append(visit)
        self.team += team
        self.stops += stops
        self.logged.append(logged)
        if visit.state in BOOKED:
            self.diary += [
                DiaryEntry(
                    official=it,
                    stop=stop,
                    starts_at=stop.starts_at,
                    ends_at=stop.ends_at,
                )
                for stop in stops
                for it in outing.team
            ]

    def _part(self, position: int) -> str:
        if not position:
            return Part.LEAD
        return Part.RECORDER if self.rng.random() < 0.3 else Part.COMPANION

    def _visit(self, outing: Outing, by: Account) -> Visit:
        own, prefecture, county, township = outing.escorts
        visit = Visit(
            reference=self.reference(),
            state=outing.state,
            mode=outing.mode,
            purpose=outing.purpose,
            unit=outing.lead.unit,
            action=outing.action,
            is_contact_point=outing.is_contact_point,
            escorts_own=own,
            escorts_prefecture=prefecture,
            escorts_county=county,
            escorts_township=township,
            vehicles=outing.vehicles,
            press=outing.press,
            materials=outing.materials,
            crowding_reason=outing.crowding_reason,
            reason_ended=outing.reason_ended,
            planned_by=by,
            client_key=UUID(int=self.rng.getrandbits(128), version=4),
        )
        self._span(visit, outing.starts_at, outing.ends_at)
        return visit

    def _span(self, visit: Visit, starts_at: datetime, ends_at: datetime) -> None:
        visit.starts_at, visit.ends_at = starts_at, ends_at
        visit.starts_on = timezone.localdate(starts_at)
        visit.ends_on = timezone.localdate(ends_at - timedelta(microseconds=1))
        visit.hidden_until = hidden_until(visit.mode, ends_at, self.delay_hours)

    def _stops(self, outing: Outing, visit: Visit) -> list[Stop]:
        found = points(
            Spot(it.place.province_id, it.place.prefecture_id, it.place.county_id)
            for it in outing.stops
        )
        stops = []
        for position, (plan, point) in enumerate(
            zip(outing.stops, found, strict=True), start=1
        ):
            stop = Stop(
                visit=visit,
                position=position,
                venue=plan.venue,
                starts_at=plan.starts_at,
                ends_at=plan.ends_at,
                activities=list(plan.activities),
                point_id=point,
                half_days=half_days(plan.starts_at, plan.ends_at),
            )
            stop.settle_at(plan.place)
            stops.append(stop)
        return stops

    def _shift(self, visit: Visit, stops: list[Stop]) -> None:
        """How it was: some left earlier than planned. The plan stays beside it."""
        for stop in stops:
            stop.planned_starts_at = stop.starts_at
            stop.planned_ends_at = stop.ends_at
        if self.rng.random() < 0.25:
            last = stops[-1]
            last.ends_at -= timedelta(minutes=self.rng.choice((10, 15, 20)))
            last.half_days = half_days(last.starts_at, last.ends_at)
            self._span(visit, stops[0].starts_at, last.ends_at)

    def write(self) -> None:
        """All but the matters: what became of them is told first."""
        topics = self.recorder.investigations.values()
        logged = self.logged
        Visit.objects.bulk_create(self.visits, BATCH)
        VisitOfficial.objects.bulk_create(self.team, BATCH)
        Stop.objects.bulk_create(self.stops, BATCH)
        DiaryEntry.objects.bulk_create(self.diary, BATCH)
        VisitEvent.objects.bulk_create(self.events, BATCH)
        Investigation.objects.bulk_create(topics, BATCH)
        Talk.objects.bulk_create([row for it in logged for row in it.talks])
        Finding.objects.bulk_create([row for it in logged for row in it.findings])
        Reception.objects.bulk_create([row for it in logged for row in it.receptions])
