"""What the demo wants to show, beside the year at random."""

from datetime import date, timedelta
from uuid import UUID

from cadres.demo.officials import GOVERNMENT, PARTY
from cadres.demo.staff import Staff
from cadres.demo.units import Units
from cadres.models import Cadre, District, RankBand, Unit
from visits.demo.lands import CROWDED, Lands
from visits.demo.outings import Planner
from visits.demo.texts import CROWDING
from visits.models import Action
from visits.rules.activities import Activity
from visits.rules.visit_states import Mode, VisitState

S = VisitState
UNIFIED = "省领导四下基层统一行动"
WINTER = "冬春走访送温暖"
RECEPTION = "县区领导接访周"
RECEPTION_DAY = "市领导信访接待日"
DAY_PEOPLE, DAY_MATTERS = 60, 44


class Story:
    """Books first, before chance takes everybody's time."""

    def __init__(
        self,
        planner: Planner,
        lands: Lands,
        units: Units,
        officials: list[Cadre],
        staff: Staff,
    ) -> None:
        self.planner = planner
        self.lands = lands
        self.units = units
        self.officials = officials
        self.staff = staff
        self.leader = next(
            it for it in officials if it.pk == staff.by_username["leader"].cadre_id
        )

    def tell(self) -> None:
        self.unified_action()
        self.winter_action()
        self.reception_week()
        self.reception_day()
        self.leaders_own()
        self.crowd()
        self.long_ago()
        self.everywhere_else()

    def of(self, unit: Unit) -> list[Cadre]:
        return [it for it in self.officials if it.unit == unit]

    def _action(
        self, name: str, organiser: Unit, first: date, last: date, number: int
    ) -> Action:
        by = self.staff.planner_of[self.of(organiser)[0].pk]
        return Action.objects.create(
            name=name,
            organiser=organiser,
            first=first,
            last=last,
            planned_by=by,
            client_key=UUID(int=number),
        )

    def unified_action(self) -> None:
        """The example of the handbook (4.4): 3 officials, 3 visits, 4 place-visits."""
        lands, rng = self.lands, self.planner.rng
        first = self.planner.diary.next_workday(
            self.planner.diary.today - timedelta(days=24)
        )
        second = self.planner.diary.next_workday(first + timedelta(days=1))
        party = self.units[lands.province, "中共委办公厅"]
        secretary, deputy = self.of(party)
        governor = self.of(self.units[lands.province, "人民政府办公厅"])[0]
        action = self._action(UNIFIED, party, first, second, 1)
        gulou = next(it for it in lands.counties if it.name == "鼓楼区")
        by_name = {it.name: it for it in lands.all_counties if it.name != "鼓楼区"}
        yancheng = next(it for it in lands.cities if it.name == "盐城市")

        def street(county: District) -> District:
            return rng.choice(self.planner.townships_of(county))

        for lead, places in (
            (secretary, [street(gulou), street(gulou)]),
            (governor, [street(by_name["京口区"]), street(by_name["句容市"])]),
            (deputy, [yancheng, yancheng]),
        ):
            self.planner.go(
                lead,
                places,
                0,
                0,
                mode=Mode.ANNOUNCED,
                state=S.CONFIRMED,
                purpose=UNIFIED,
                activities=list(Activity.values),
                action=action,
                alone=True,
                days=[first, second],
                crowding_reason=UNIFIED,
            )

    def winter_action(self) -> None:
        """Six leaders of Xuzhou in six counties, three weeks ahead."""
        diary, lands = self.planner.diary, self.lands
        first = diary.next_workday(diary.today + timedelta(days=20))
        second = diary.next_workday(first + timedelta(days=1))
        office = self.units[lands.city, GOVERNMENT]
        action = self._action(WINTER, office, first, second, 2)
        for lead, county in zip(self.of(office), lands.counties[:6], strict=False):
            self.planner.go(
                lead,
                [self.planner.rng.choice(self.planner.townships_of(county))],
                0,
                0,
                mode=Mode.ANNOUNCED,
                state=S.APPROVED,
                purpose=WINTER,
                activities=[Activity.PUBLICITY, Activity.STUDY, Activity.ONSITE],
                action=action,
                alone=True,
                days=[self.planner.rng.choice((first, second))],
                crowding_reason=WINTER,
            )

    def reception_week(self) -> None:
        """The county secretaries receive people in their townships in one week."""
        diary, lands = self.planner.diary, self.lands
        monday = diary.today - timedelta(days=84 + diary.today.weekday())
        organiser = self.units[lands.city, PARTY]
        action = self._action(
            RECEPTION, organiser, monday, monday + timedelta(days=4), 3
        )
        for county in lands.counties:
            lead = self.of(self.units[county, PARTY])[0]
            day = diary.next_workday(
                monday + timedelta(days=self.planner.rng.randint(0, 3))
            )
            self.planner.go(
                lead,
                [self.planner.rng.choice(self.planner.townships_of(county))],
                0,
                0,
                mode=Mode.BY_INVITATION,
                state=S.CONFIRMED,
                purpose=RECEPTION,
                activities=[Activity.RECEPTION],
                action=action,
                days=[min(day, monday + timedelta(days=4))],
                crowding_reason=RECEPTION,
            )

    def reception_day(self) -> None:
        """Sixty people came last week; the letters of the demo tell of what."""
        diary, rng = self.planner.diary, self.planner.rng
        day = diary.today - timedelta(days=diary.today.weekday() + 5)
        while not diary.is_workday(day):
            day -= timedelta(days=1)
        gulou = next(it for it in self.lands.counties if it.name == "鼓楼区")
        outing = self.planner.go(
            next(it for it in self.officials if "信访、司法" in it.remit),
            [rng.choice(self.planner.townships_of(gulou))],
            0,
            0,
            mode=Mode.ANNOUNCED,
            state=S.CONFIRMED,
            purpose=RECEPTION_DAY,
            activities=[Activity.RECEPTION],
            days=[day],
            crowding_reason=RECEPTION_DAY,
        )
        outing.reception = DAY_MATTERS, DAY_PEOPLE, DAY_MATTERS

    def leaders_own(self) -> None:
        """What the one who signs in as `leader` finds on their desk, and `liaison`."""
        go, rng = self.planner.go, self.planner.rng

        def near(name: str, count: int = 1) -> list[District]:
            county = next(it for it in self.lands.counties if it.name == name)
            return rng.sample(self.planner.townships_of(county), count)

        leader, today = self.leader, self.planner.diary.today
        monday = 7 - today.weekday()
        open_, secret = Mode.ANNOUNCED, Mode.UNANNOUNCED
        go(leader, near("沛县"), monday, monday + 4, mode=secret, state=S.APPROVED)
        go(leader, near("丰县"), -30, -20, mode=secret, state=S.CONFIRMED)
        go(leader, near("贾汪区"), 0, 0, mode=open_, state=S.APPROVED, days=[today])
        go(leader, near("睢宁县", 2), 2, 5, mode=open_, state=S.ANNOUNCED)
        go(leader, near("邳州市", 2), 6, 12, mode=open_, state=S.PLANNED)
        go(leader, near("新沂市"), 9, 20, mode=open_, state=S.PLANNED)
        go(leader, near("铜山区"), 10, 25, mode=Mode.NIGHT, state=S.DRAFT)
        for name in ("铜山区", "鼓楼区", "丰县"):
            go(leader, near(name), -12, -2, mode=open_, state=S.LOGGED)
        for name in ("沛县", "泉山区"):
            go(leader, near(name), -7, -1, mode=open_, state=S.APPROVED)

    def crowd(self) -> None:
        """One town to which everybody went in the last thirty days."""
        place = self.lands.township(*CROWDED)
        if place is None:
            return
        rng = self.planner.rng
        leads = [
            it
            for it in self.officials
            if it.unit.place.contains(place) and it.rank_band != RankBand.TOWNSHIP
        ]
        for lead in rng.sample(leads, min(16, len(leads))):
            self.planner.go(
                lead,
                [self.lands.spot(rng, place)],
                -29,
                -1,
                mode=rng.choice((Mode.ANNOUNCED, Mode.ANNOUNCED, Mode.BY_INVITATION)),
                state=rng.choice((S.CONFIRMED, S.CONFIRMED, S.LOGGED)),
                crowding_reason=rng.choice(CROWDING),
            )

    def long_ago(self) -> None:
        """Half of the unvisited townships saw somebody seven to nine months ago."""
        for place in self.lands.unvisited[: len(self.lands.unvisited) // 2]:
            lead = self._county_lead(place)
            self.planner.go(lead, [place], -270, -215, state=S.CONFIRMED)

    def everywhere_else(self) -> None:
        """Every other township has been visited in the last five months."""
        for place in self.lands.townships_of_city():
            if place not in self.lands.unvisited:
                lead = self._county_lead(place)
                self.planner.go(lead, [place], -150, -15, state=S.CONFIRMED)

    def _county_lead(self, place: District) -> Cadre:
        leads = [
            it
            for it in self.officials
            if it.unit.place_id == place.county_id and it.rank_band == RankBand.COUNTY
        ]
        return self.planner.rng.choice(leads)
