"""Recurring visits of the demo: one series with a hole, and one date offered back."""

import uuid
from datetime import date, datetime, time, timedelta
from itertools import product
from random import Random
from typing import Any

from django.utils import timezone

from cadres.demo.staff import Staff
from cadres.models import Cadre, CalendarDay, District
from visits.actions.move_visit import cancel_visit
from visits.actions.plan_series import plan_series
from visits.actions.plan_visit import plan_visit
from visits.actions.record_absence import record_absence
from visits.models import Absence, DiaryEntry, Series, Visit, VisitEvent
from visits.reports.series_page import foresee
from visits.rules.activities import Activity
from visits.rules.plan import Member, StopPlan
from visits.rules.series import Every, OnRest, dates_of
from visits.rules.visit_states import Mode

COUNT, LEAST = 8, 5
HOURS = ((time(14, 30), time(16, 30)), (time(9, 0), time(11, 0)))
PURPOSE = "领导干部定期接访"
VENUE = "市人民来访接待中心"
ELSEWHERE = "市政务服务中心协调会"


class DemoSeries:
    """Through the same actions as the pages; the liaison plans for the leader."""

    def __init__(self, rng: Random, staff: Staff, city: District, *, now: datetime):
        self.rng, self.city = rng, city
        self.now = timezone.localtime(now)
        self.by = staff.by_username["liaison"]

    def tell(self, leader: Cadre) -> Series | None:
        found = self._free(leader)
        if found is None:
            return None
        fields, free = found
        self._be_away(leader, [free[1], free[2], *free[4:]])
        blocker = self._plan_elsewhere(leader, free[3], fields)
        series = plan_series(
            by=self.by,
            now=self.now,
            team=[Member(leader)],
            client_key=self._key(),
            **fields,
        )
        if blocker:
            cancel_visit(blocker, by=self.by, reason="会议改期")
        self._as_of_now()
        return series

    def _free(self, leader: Cadre) -> tuple[dict[str, Any], list[date]] | None:
        """The first fortnightly plan of which most dates are free, and those dates."""
        monday = self.now.date() + timedelta(days=14 - self.now.weekday())
        working = CalendarDay.objects.working_calendar()
        for weekday, hours in product((3, 1, 4, 2), HOURS):
            fields = self._fields(monday, weekday, hours)
            series = Series(**fields)
            seen = foresee(
                series,
                [leader],
                leader.unit,
                dates_of(series.pattern, working),
                reader=self.by,
                now=self.now,
            )
            free = [it.due.on for it in seen if it.due.on and not it.skip]
            if len(free) >= LEAST:
                return fields, free
        return None

    def _be_away(self, leader: Cadre, days: list[date]) -> None:
        """On the first of these days that is free from morning to evening."""
        for day in days:
            booked = DiaryEntry.objects.filter(
                official=leader, starts_at__date__lte=day, ends_at__date__gte=day
            )
            if not booked.exists():
                record_absence(
                    by=self.by,
                    now=self.now,
                    cadre=leader,
                    kind=Absence.Kind.TRAINING,
                    first=day,
                    last=day,
                )
                return

    def _fields(
        self, monday: date, weekday: int, hours: tuple[time, time]
    ) -> dict[str, Any]:
        return {
            "purpose": PURPOSE,
            "mode": Mode.ANNOUNCED,
            "place": self.city,
            "venue": VENUE,
            "activities": [Activity.RECEPTION],
            "starts": hours[0],
            "ends": hours[1],
            "every": Every.WEEKS,
            "interval": 2,
            "weekday": weekday,
            "first": monday + timedelta(days=weekday),
            "count": COUNT,
            "on_rest": OnRest.NEXT,
        }

    def _plan_elsewhere(
        self, leader: Cadre, day: date, fields: dict[str, Any]
    ) -> Visit | None:
        """What takes the leader's time on `day`, until it is called off."""
        starts, ends = (
            timezone.make_aware(datetime.combine(day, clock))
            for clock in (fields["starts"], fields["ends"])
        )
        return plan_visit(
            by=self.by,
            now=self.now,
            team=[Member(leader)],
            stops=[StopPlan(self.city, starts, ends, [Activity.ONSITE])],
            client_key=self._key(),
            purpose=ELSEWHERE,
            mode=Mode.BY_INVITATION,
            crowding_reason="协调会由市政府统一安排",
        )

    def _as_of_now(self) -> None:
        """All of it was written when the demo says it is."""
        events = VisitEvent.objects.filter(visit__purpose__in=[PURPOSE, ELSEWHERE])
        events.update(at=self.now)

    def _key(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)
