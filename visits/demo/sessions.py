"""Reception sessions of the demo: those held with results, and those to come."""

import uuid
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from cadres.demo.staff import Staff
from cadres.demo.units import Units
from cadres.models import Cadre, District
from visits.actions.book_session import book_session, closes_at
from visits.actions.cancel_session import cancel_session
from visits.actions.clear_bookings import clear_bookings
from visits.actions.hold_session import hold_session
from visits.actions.move_session import move_session
from visits.actions.plan_session import plan_session
from visits.actions.publish_session import publish_session
from visits.actions.record_result import record_result
from visits.actions.replace_leader import replace_leader
from visits.demo.calendar import SHANGHAI
from visits.models import ReceptionSession
from visits.models.visit import ALPHABET
from visits.rules.sessions import Outcome, SessionForm

WEEKS_BACK, WEEKS_AHEAD = 10, 3
VENUE = "市人民来访接待中心一楼接待厅"
SUBJECTS = (
    ("小区二次供水改造", "水务局"),
    ("拖欠工程款", "住建局"),
    ("农田灌溉渠堵塞", "水务局"),
    ("老旧小区加装电梯", "住建局"),
    ("低保申请", "民政局"),
    ("乡村道路损坏", "交通运输局"),
    ("养老保险补缴", "人社局"),
    ("宅基地确权", "自然资源和规划局"),
)
MINUTES = {
    Outcome.SETTLED: "当场核对材料，问题成立，现场联系经办人员办结。",
    Outcome.ASSIGNED: "情况基本属实，交承办单位限期办理并答复来访人。",
    Outcome.GUIDED: "属诉讼事项，已说明途径，并介绍法律援助窗口。",
}
CALLERS = (
    ("王建国", "10000001111"),
    ("李秀英", "10000002222"),
    ("", "10000003333"),
    ("", ""),
)


class DemoSessions:
    """One a week at the city's petition office, through the same actions as pages."""

    def __init__(
        self, rng: Random, staff: Staff, units: Units, city: District, *, now: datetime
    ) -> None:
        self.rng, self.staff, self.units, self.city = rng, staff, units, city
        self.now = now.astimezone(SHANGHAI)
        self.today = self.now.date()
        self.petition = staff.by_username["petition"]
        self.clerk = staff.by_username["clerk"]
        self.office = units[city, "信访局"]

    def tell(self, leaders: list[Cadre]) -> None:
        """`leaders` take turns; the first is who signs in as the leader."""
        monday = self.today - timedelta(days=self.today.weekday())
        made = [
            self._session(monday + timedelta(weeks=week, days=2), leaders[turn:])
            for turn, week in enumerate(self._weeks(len(leaders)))
        ]
        coming = [it for it in made if it.starts_at > self.now + timedelta(days=1)]
        if len(coming) > 2:
            self._changes(coming, leaders)
        clear_bookings(now=self.now)

    def _weeks(self, count: int) -> range:
        first = max(-WEEKS_BACK, WEEKS_AHEAD + 1 - count)
        return range(first, WEEKS_AHEAD + 1)

    def _session(self, day: date, leaders: list[Cadre]) -> ReceptionSession:
        rng = self.rng
        told = min(self._at(day - timedelta(days=6), 10), self.now)
        form = rng.choice((SessionForm.FIXED, SessionForm.FIXED, SessionForm.JOINT))
        start = self._at(day, 9)
        if start <= told:
            start = self._at(self.today + timedelta(days=2), 9)
        session = plan_session(
            by=self.petition,
            now=told,
            reference="".join(rng.choices(ALPHABET, k=8)),
            office=self.office,
            place=self.city,
            venue=VENUE,
            form=form,
            units_present="住建、民政、水务部门" if form == SessionForm.JOINT else "",
            slots=12,
            starts_at=start,
            ends_at=start + timedelta(hours=3),
            leaders=leaders[:1],
            note="请带好有关材料；直接到场的同样接待。",
            client_key=self._key(),
        )
        session = publish_session(
            session, by=self.petition, now=told, late_reason="上周未能确定时间"
        )
        self._bookings(session, told)
        if session.ends_at < self.now:
            self._results(session)
        return session

    def _bookings(self, session: ReceptionSession, told: datetime) -> None:
        if told >= closes_at(session):
            return
        for subject, _unit in self.rng.sample(SUBJECTS, self.rng.randint(2, 6)):
            name, contact = self.rng.choice(CALLERS)
            book_session(
                session,
                by=self.clerk,
                now=told,
                subject=subject,
                name=name,
                contact=contact,
                client_key=self._key(),
            )

    def _results(self, session: ReceptionSession) -> None:
        rng, now = self.rng, session.ends_at
        matters = rng.sample(SUBJECTS, rng.randint(3, 7))
        for subject, unit in matters:
            outcome = rng.choices(list(Outcome), (3, 4, 2))[0]
            is_assigned = outcome == Outcome.ASSIGNED
            record_result(
                session,
                by=self.petition,
                now=now,
                subject=subject,
                outcome=outcome,
                minute=MINUTES[outcome],
                unit=self.units[self.city, unit] if is_assigned else None,
                due_on=session.on + timedelta(days=30) if is_assigned else None,
                client_key=self._key(),
            )
        groups = len(matters)
        people = groups + rng.randint(0, 9)
        hold_session(
            session, by=self.petition, now=now, groups=groups, person_visits=people
        )

    def _changes(self, coming: list[ReceptionSession], leaders: list[Cadre]) -> None:
        """One with another leader, one moved, one cancelled."""
        common: dict[str, Any] = {"by": self.petition, "now": self.now}
        first, second, third = coming[:3]
        leader = first.leaders.get().official
        successor = next(it for it in leaders if it != leader)
        replace_leader(
            first, leader=leader, successor=successor, reason="外出参加会议", **common
        )
        day = timedelta(days=1)
        move_session(
            second,
            starts_at=second.starts_at.astimezone(SHANGHAI) + day,
            ends_at=second.ends_at.astimezone(SHANGHAI) + day,
            reason="接待厅检修",
            **common,
        )
        cancel_session(third, reason="与全市防汛会议冲突，下周另行公示", **common)

    def _at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), tzinfo=SHANGHAI)

    def _key(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)
