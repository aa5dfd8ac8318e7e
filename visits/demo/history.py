"""The history of a visit: its events, with what they changed, in a plausible order."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from cadres.demo.staff import Staff
from cadres.models import Account
from visits.demo.calendar import SHANGHAI
from visits.demo.entries import Logged
from visits.demo.outings import Outing
from visits.models import Stop, Visit, VisitEvent, VisitOfficial
from visits.reports.visit_snapshot import changes_between, talk_line
from visits.rules.visit_states import HELD, VisitState

K, S = VisitEvent.Kind, VisitState
AWAKE = 7, 22  # hours of the day


def picture(
    visit: Visit, stops: list[Stop], team: list[VisitOfficial], logged: Logged
) -> dict[str, Any]:
    """What `visit_snapshot.snapshot` reads from the database, before it is there."""
    return {
        "state": visit.state,
        "mode": visit.mode,
        "purpose": visit.purpose,
        "stops": [
            {
                "text": f"{_span(stop)} {stop.place.path} {stop.venue}".strip(),
                "codes": list(stop.activities),
                "place": stop.place_id,
            }
            for stop in stops
        ],
        "team": [{"text": it.official.name, "codes": [it.part]} for it in team],
        "escorts": visit.planned_escorts,
        "vehicles": visit.vehicles,
        "press": visit.press,
        "materials": list(visit.materials),
        "crowding_reason": visit.crowding_reason,
        "summary": visit.summary,
        "actual_escorts": visit.actual_escorts,
        "talks": [talk_line(it) for it in logged.talks],
        "findings": [f"{it.investigation.topic}: {it.text}" for it in logged.findings],
        "receptions": [
            f"{it.groups}/{it.person_visits}/{it.matters}" for it in logged.receptions
        ],
        "matters": [
            f"{it.subject}: {it.decision} ({it.lead_unit} {it.due_on})"
            for it in logged.matters
        ],
    }


def _span(stop: Stop) -> str:
    starts = stop.starts_at.astimezone(SHANGHAI)
    ends = stop.ends_at.astimezone(SHANGHAI)
    same_day = starts.date() == ends.date()
    return f"{starts:%Y-%m-%d %H:%M}–{ends:{'%H:%M' if same_day else '%m-%d %H:%M'}}"


class History:
    """Tells events and sets what they leave on the visit: times, people, version."""

    def __init__(self, rng: Random, staff: Staff, now: datetime) -> None:
        self.rng = rng
        self.staff = staff
        self.now = now

    def tell(
        self,
        visit: Visit,
        outing: Outing,
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> list[VisitEvent]:
        lead = outing.lead
        own = self.staff.of_official[lead.pk]
        planner = self.staff.planner_of[lead.pk]
        events: list[VisitEvent] = []

        def add(kind: str, by: Account, at: datetime, **more: Any) -> datetime:
            events.append(
                VisitEvent(
                    visit=visit, kind=kind, by=by, on_behalf_of=lead, at=at, **more
                )
            )
            return at

        limit = min(self.now, visit.starts_at)
        at = add(K.PLANNED, visit.planned_by, self._planned_at(limit))
        visit.created_at = at
        if visit.state == S.DRAFT:
            return events
        reached = S.PLANNED if visit.planned_by != own else S.APPROVED
        final = visit.state
        if final not in (S.PLANNED, S.APPROVED, S.ANNOUNCED):
            final = self.rng.choice((S.APPROVED, S.ANNOUNCED))
        if visit.mode == "unannounced" and final == S.ANNOUNCED:
            final = S.APPROVED
        if final == S.PLANNED and reached == S.APPROVED:
            # A lead's own plan is approved with it.
            visit.planned_by = events[0].by = planner
            reached = S.PLANNED
        if final != S.PLANNED and reached == S.PLANNED:
            at = add(K.APPROVED, own, self._between(at, limit))
            visit.version += 1
        if final == S.ANNOUNCED:
            at = add(K.ANNOUNCED, planner, self._between(at, limit))
            visit.version += 1
        before["state"] = final

        if visit.state == S.CANCELLED:
            add(K.CANCELLED, planner, self._between(at, limit), note=visit.reason_ended)
            visit.version += 1
        elif visit.state == S.NOT_HELD:
            at = self._soon_after(visit.ends_at)
            add(K.NOT_HELD, planner, at, note=visit.reason_ended)
            visit.version += 1
        elif visit.state in HELD:
            self._log(visit, own, planner, before, after, add)
        return events

    def _log(
        self,
        visit: Visit,
        own: Account,
        planner: Account,
        before: dict[str, Any],
        after: dict[str, Any],
        add: Any,
    ) -> None:
        at = self._soon_after(visit.ends_at)
        is_own_log = visit.state == S.CONFIRMED and self.rng.random() < 0.12
        by = own if is_own_log else planner
        # A liaison's log waits for the lead; a lead's own log is confirmed with it.
        after = after if is_own_log else {**after, "state": S.LOGGED}
        add(K.LOGGED, by, at, changes=changes_between(before, after))
        visit.logged_by, visit.logged_at = by, at
        visit.version += 1
        if visit.state == S.CONFIRMED:
            if not is_own_log:
                at = self._soon_after(at)
                visit.version += 1
            add(K.CONFIRMED, own, at)
            visit.confirmed_by, visit.confirmed_at = own, at

    def _planned_at(self, limit: datetime) -> datetime:
        """One to twelve days ahead, in office hours."""
        day = (limit - timedelta(days=self.rng.randint(1, 12))).astimezone(SHANGHAI)
        return day.replace(
            hour=self.rng.randint(8, 17), minute=self.rng.randint(0, 59), second=0
        ) - timedelta(days=1)

    def _between(self, first: datetime, last: datetime) -> datetime:
        at = first + (last - first) * self.rng.uniform(0.1, 0.6)
        return self._awake(at, last)

    def _soon_after(self, moment: datetime) -> datetime:
        later = moment + timedelta(minutes=self.rng.randint(20, 1800))
        if later < self.now:
            return self._awake(later, self.now)
        return self._between(moment, self.now)

    def _awake(self, at: datetime, last: datetime) -> datetime:
        """Nobody works at night: the next morning instead, if that is in time."""
        local = at.astimezone(SHANGHAI)
        if AWAKE[0] <= local.hour < AWAKE[1]:
            return at
        day = local + timedelta(days=local.hour >= AWAKE[1])
        morning = day.replace(hour=8, minute=self.rng.randint(0, 59))
        return morning if morning < last else at
