"""The demo's visits before they are rows: who goes where, when, and what for."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar

from cadres.models import Cadre, District, RankBand, Unit
from visits.demo.calendar import AHEAD, Diary, moment
from visits.demo.lands import Lands, where_of
from visits.demo.problems import Problem
from visits.demo.size import Size
from visits.demo.texts import (
    CANCELLED,
    CROWDING,
    MATERIALS,
    NOT_HELD,
    VENUES,
    problems_of,
    purpose_of,
)
from visits.models import Action
from visits.rules.activities import Activity, in_order
from visits.rules.plan import StopPlan
from visits.rules.visit_states import Mode, VisitState

S = VisitState
T = TypeVar("T")
# Visits of one official in the year.
BUSY = {
    RankBand.PROVINCE: 7,
    RankBand.PROVINCE_DEPARTMENT: 8,
    RankBand.PREFECTURE: 14,
    RankBand.PREFECTURE_DEPARTMENT: 12,
    RankBand.COUNTY: 12,
    RankBand.COUNTY_DEPARTMENT: 10,
    RankBand.TOWNSHIP: 9,
}
MODES = {
    Mode.ANNOUNCED: 70,
    Mode.UNANNOUNCED: 9,
    Mode.BY_INVITATION: 7,
    Mode.NIGHT: 9,
    Mode.VIDEO: 5,
}
PAST_STATES = {S.CONFIRMED: 89, S.LOGGED: 2, S.NOT_HELD: 4, S.CANCELLED: 4, S.DRAFT: 1}
RECENT_STATES = {
    S.CONFIRMED: 62,
    S.LOGGED: 19,
    S.PLANNED: 3,
    S.APPROVED: 4,
    S.ANNOUNCED: 4,
    S.NOT_HELD: 4,
    S.CANCELLED: 4,
}
COMING_STATES = {
    S.DRAFT: 10,
    S.PLANNED: 32,
    S.APPROVED: 30,
    S.ANNOUNCED: 22,
    S.CANCELLED: 6,
}
WORK = {
    Activity.PUBLICITY: 30,
    Activity.STUDY: 34,
    Activity.RECEPTION: 18,
    Activity.ONSITE: 18,
}


@dataclass
class Outing:
    """One visit; the first of the team leads it."""

    team: list[Cadre]
    stops: list[StopPlan]
    problem: Problem
    purpose: str
    state: str
    mode: str = Mode.ANNOUNCED
    action: Action | None = None
    is_contact_point: bool = False
    crowding_reason: str = ""
    reason_ended: str = ""
    materials: list[str] = field(default_factory=list)
    # Escorts from the own office, prefecture, county, township.
    escorts: tuple[int, int, int, int] = (0, 0, 0, 0)
    vehicles: int = 1
    press: int = 0
    # Groups, person-visits and matters of its reception, where they are given.
    reception: tuple[int, int, int] | None = None

    @property
    def lead(self) -> Cadre:
        return self.team[0]

    @property
    def starts_at(self) -> datetime:
        return self.stops[0].starts_at

    @property
    def ends_at(self) -> datetime:
        return self.stops[-1].ends_at


def pick(rng: Random, weights: dict[T, int]) -> T:
    return rng.choices(list(weights), list(weights.values()))[0]


class Planner:
    """Puts outings together, with everybody's time and the places in mind."""

    def __init__(
        self,
        rng: Random,
        lands: Lands,
        officials: list[Cadre],
        contacts: dict[int, list[District]],
        diary: Diary,
    ) -> None:
        self.rng = rng
        self.lands = lands
        self.officials = officials
        self.contacts = contacts
        self.diary = diary
        self.outings: list[Outing] = []
        spared = {place.pk for place in lands.unvisited}
        self._townships = {
            pk: [it for it in places if it.pk not in spared]
            for pk, places in lands.townships.items()
        }

    def townships_of(self, county: District) -> list[District]:
        """Those that the demo goes to."""
        return self._townships[county.pk]

    def year(self, size: Size) -> None:
        """The year of everyone, at random; who does more has done it by now."""
        for official in self.officials:
            usual = BUSY[RankBand(official.rank_band)]
            for number in range(round(usual * size.visits)):
                ahead = self.rng.random() < 0.2 and number < usual
                span = (1, AHEAD) if ahead else (-size.days_back, -1)
                self.go(official, self._places(official), *span)

    def go(
        self,
        lead: Cadre,
        places: list[District],
        first: int,
        last: int,
        *,
        mode: str = "",
        state: str = "",
        purpose: str = "",
        activities: list[str] | None = None,
        action: Action | None = None,
        alone: bool = False,
        days: list[date] | None = None,
        crowding_reason: str = "",
    ) -> Outing:
        """Plan a visit to `places` on a day between the offsets, both included.

        With `days`, one for each place, it takes place on these.
        """
        rng = self.rng
        mode = mode or pick(rng, MODES)
        if mode == Mode.NIGHT:
            places = places[:1]
        team = [lead] if alone else self._team(lead)
        where = where_of(places[0])
        is_department = lead.unit.kind == Unit.Kind.DEPARTMENT
        own_field = lead.unit.name if is_department else ""
        problem = rng.choice(problems_of(where, own_field))
        for _attempt in range(60):
            on = days or [self.diary.workday(first, last)] * len(places)
            stops = self._stops(places, on, mode, where, activities)
            if self.diary.take(
                [it.pk for it in team], stops[0].starts_at, stops[-1].ends_at
            ):
                break
            team = team[:1]
        else:
            raise RuntimeError(f"No time left for {lead.pk} from {first} to {last}.")
        main = stops[0].activities[0]
        outing = Outing(
            team=team,
            stops=stops,
            problem=problem,
            purpose=purpose or purpose_of(rng, main, where, problem),
            state=state or self._state(on[-1], mode),
            mode=mode,
            action=action,
            is_contact_point=any(it in self.contacts[lead.pk] for it in places),
            crowding_reason=crowding_reason,
        )
        self._company(outing)
        if outing.state == S.CANCELLED:
            outing.reason_ended = rng.choice(CANCELLED)
        elif outing.state == S.NOT_HELD:
            outing.reason_ended = rng.choice(NOT_HELD)
        self.outings.append(outing)
        return outing

    def _team(self, lead: Cadre) -> list[Cadre]:
        place = lead.unit.place_id
        others = [
            it for it in self.officials if it.unit.place_id == place and it != lead
        ]
        count = self.rng.choices((0, 1, 2), (62, 28, 10))[0]
        return [lead, *self.rng.sample(others, min(count, len(others)))]

    def _places(self, official: Cadre) -> list[District]:
        """One to three places of one county in the official's area."""
        rng, area = self.rng, official.unit.place
        if official.rank_band == RankBand.TOWNSHIP:
            villages = self.lands.villages.get(area.pk, [])
            return rng.sample(villages, min(len(villages), rng.randint(1, 3))) or [area]
        own = self.contacts[official.pk]
        if own and rng.random() < 0.25:
            return [rng.choice(own)]
        counties = [it for it in self.lands.all_counties if area.contains(it)]
        if area == self.lands.province and rng.random() < 0.4:
            counties = self.lands.counties
        county = rng.choice([it for it in counties if self.townships_of(it)])
        if rng.random() < 0.04:
            return [county]
        near = self.townships_of(county)
        count = rng.choices((1, 2, 3), (45, 40, 15))[0]
        chosen = rng.sample(near, min(count, len(near)))
        return [self.lands.spot(rng, it) for it in chosen]

    def _stops(
        self,
        places: list[District],
        on: list[date],
        mode: str,
        where: str,
        activities: list[str] | None,
    ) -> list[StopPlan]:
        """Stops one after the other, in office hours; a night visit after them."""
        rng = self.rng
        hours = [(8, 30), (10, 20), (14, 0), (15, 50)]
        first = rng.randint(0, len(hours) - len(places))
        stops = []
        for index, (place, day) in enumerate(zip(places, on, strict=True)):
            hour, minute = hours[first + index]
            length = rng.choice((60, 75, 90, 100))
            if mode == Mode.NIGHT:
                hour, minute = 19, rng.choice((0, 30))
                length = rng.choice((90, 120))
            begins = moment(day, hour, minute)
            work = activities or self._work()
            venues = VENUES[Activity(work[0])][where]
            stops.append(
                StopPlan(
                    place=place,
                    starts_at=begins,
                    ends_at=begins + timedelta(minutes=length),
                    activities=work,
                    venue=rng.choice(venues) if rng.random() < 0.8 else "",
                )
            )
        may_stay = on[0] < self.diary.today - timedelta(days=10) and on[0].weekday() < 3
        if (
            len(stops) == 1
            and mode == Mode.ANNOUNCED
            and may_stay
            and rng.random() < 0.05
        ):
            # Staying at one place (蹲点): three days of living and working together.
            begins = stops[0].starts_at
            ends = moment(begins.date() + timedelta(days=2), 17, 0)
            work = in_order([*stops[0].activities, Activity.STUDY])
            stops = [StopPlan(places[0], begins, ends, work, stops[0].venue)]
        return stops

    def _work(self) -> list[str]:
        count = self.rng.choices((1, 2, 3, 4), (55, 30, 11, 4))[0]
        chosen: set[str] = set()
        while len(chosen) < count:
            chosen.add(pick(self.rng, WORK))
        return in_order(chosen)

    def _state(self, day: date, mode: str) -> str:
        ago = (self.diary.today - day).days
        if ago < 1:
            weights = COMING_STATES
        elif ago <= 14:
            weights = RECENT_STATES
        else:
            weights = PAST_STATES
        state = pick(self.rng, weights)
        if state == S.ANNOUNCED and (mode == Mode.UNANNOUNCED or ago < -30):
            return S.APPROVED
        return state

    def _company(self, outing: Outing) -> None:
        """Escorts, vehicles, press and what is asked of the place: mostly little."""
        rng = self.rng
        if outing.mode in (Mode.UNANNOUNCED, Mode.VIDEO):
            outing.escorts = (rng.randint(0, 1), 0, 0, 0)
            return
        is_high = outing.lead.rank_band in (RankBand.PROVINCE, RankBand.PREFECTURE)
        outing.escorts = (
            rng.randint(0, 2),
            rng.randint(0, 2) if is_high else 0,
            rng.randint(0, 2),
            rng.randint(0, 1),
        )
        outing.vehicles = rng.choices((1, 2, 3), (75, 22, 3))[0]
        outing.press = rng.choices((0, 1, 2), (80, 12, 8))[0] if is_high else 0
        if rng.random() < 0.15:
            texts = rng.sample(MATERIALS, rng.choices((1, 2), (85, 15))[0])
            outing.materials = [it.format(topic=outing.problem.topic) for it in texts]
        if not outing.crowding_reason and rng.random() < 0.06:
            outing.crowding_reason = rng.choice(CROWDING)
