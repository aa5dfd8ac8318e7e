"""What the demo's letters are about, and what each account finds in its hands."""

from dataclasses import replace
from datetime import date, datetime
from random import Random
from typing import Any

from cadres.demo.units import Units
from cadres.models import District, Unit
from cadres.rules.levels import Level
from visits.demo import letter_words as said
from visits.demo.caseload import FINAL, Case, Caseload, Unsuitable, When
from visits.demo.lands import Lands, where_of
from visits.demo.letter_paths import SHARES, TWICE, path_to, pick_category
from visits.demo.letter_records import Matter
from visits.demo.letter_words import Concern, concerns_for, words
from visits.demo.petitioners import petitioners_of
from visits.demo.problems import BOTH, URBAN
from visits.demo.size import DEMO
from visits.demo.story import DAY_MATTERS, RECEPTION_DAY
from visits.models import Letter, Stop, Visit
from visits.rules.activities import Activity
from visits.rules.letter_states import Category, LetterState, Step
from visits.rules.visit_states import HELD, Mode

S, C = LetterState, Letter.Channel
WATER = "水务局"
CHANNELS = {
    C.ONLINE: 36,
    C.PHONE: 22,
    C.LETTER: 18,
    C.VISIT: 18,
    C.HANDED: 3,
    C.FAX: 1,
    C.OTHER: 2,
}
# Letters whose progress can be looked up in the demo: reference, code and state.
# They open nothing but invented letters, and exist in the demo alone.
CODES: dict[str, tuple[str, LetterState]] = {
    "DEMX2345": ("DEMWATER", S.HANDLING),
    "DEMX6789": ("DEMRAD22", S.ANSWERED),
    "DEMXRVWS": ("DEMRVW77", S.UNDER_REVIEW),
}
# The state, how long ago, and in how many days it is due: negative means late.
NEAR = [
    (S.REGISTERED, (9, 14), 3),
    (S.FORWARDED, (9, 14), 4),
    (S.HANDLING, (38, 56), 4),
    (S.EXTENDED, (10, 40), 1),
    (S.UNDER_REVIEW, (24, 29), 1),
]
LATE = [
    (S.REGISTERED, (14, 20), 1),
    (S.FORWARDED, (14, 20), 2),
    (S.HANDLING, (45, 62), 2),
    (S.UNDER_REVIEW, (30, 36), 1),
]
HANDLERS = [
    (S.FORWARDED, 7),
    (S.ASSIGNED, 3),
    (S.ACCEPTED, 6),
    (S.HANDLING, 16),
    (S.EXTENDED, 3),
    (S.ANSWERED, 7),
    (S.SUPERVISED, 2),
    (S.CLOSED, 16),
]
RECEIVED = {
    S.REGISTERED: 10,
    S.FORWARDED: 14,
    S.ACCEPTED: 12,
    S.GUIDED: 4,
    S.HANDLING: 4,
}
ON_THE_WAY = (S.ACCEPTED, S.FORWARDED, S.REGISTERED)


class LetterStory:
    """Letters come to the petition offices of Xuzhou and its counties."""

    def __init__(
        self,
        caseload: Caseload,
        lands: Lands,
        units: Units,
        *,
        today: date,
        now: datetime,
    ) -> None:
        self.caseload, self.lands, self.units = caseload, lands, units
        self.rng: Random = caseload.rng
        self.today, self.now = today, now
        self.city = units[lands.city, "信访局"]
        self.water = units[lands.city, WATER]
        self.waters = [it for it in said.CONCERNS if it.unit == WATER]

    def tell(self) -> None:
        self.codes()
        self.handlers_own()
        self.reviewers_own()
        self.near_and_late()
        self.reception_day()
        self.from_visits()
        self.everyday()

    def everyday(self) -> None:
        size = self.caseload.size
        longer = size.days_back / DEMO.days_back
        for state, (usual, (least, latest)) in SHARES.items():
            count, most = usual, latest
            if state in (*FINAL, S.ARCHIVED):
                count, most = round(count * size.letters), round(most * longer)
            for _letter in range(count):
                self.letter(state, When((least, most)))

    def codes(self) -> None:
        for reference, (code, state) in CODES.items():
            self.letter(
                state,
                When(SHARES[state][1]),
                category=Category.REQUEST,
                reference=reference,
                code=code,
                **self._of_water(),
            )

    def handlers_own(self) -> None:
        """`handler` and `head` find letters of their unit at every stage."""
        desks = self.caseload.desks
        for state, count in HANDLERS:
            for number in range(count):
                colleague = 2 if number % 4 == 3 else 1
                self.letter(
                    state,
                    When(SHARES[state][1]),
                    handler=desks.handler(self.water, colleague),
                    **self._of_water(),
                )

    def reviewers_own(self) -> None:
        """`review` has what `handler` answered, and what the city reviewed before."""
        for state in (
            S.UNDER_REVIEW,
            S.UNDER_REVIEW,
            S.UNDER_REVIEW,
            S.REVIEW_ANSWERED,
        ):
            category = Category.REQUEST
            self.letter(
                state, When(SHARES[state][1]), category=category, **self._of_water()
            )
        for _letter in range(3):
            county = self.rng.choice(self.lands.counties)
            self.letter(
                S.UNDER_REREVIEW,
                When(SHARES[S.UNDER_REREVIEW][1]),
                office=self.units[county, "信访局"],
                unit=self.units[county, WATER],
                concern=self.rng.choice(self.waters),
            )

    def near_and_late(self) -> None:
        for state, age, count in NEAR:
            for _letter in range(count):
                self.letter_due(
                    state, age, (0, 3), category=Category.REQUEST, office=self.city
                )
        for state, age, count in LATE:
            for _letter in range(count):
                self.letter_due(
                    state,
                    age,
                    (-9, -1),
                    category=Category.REQUEST,
                    **(self._of_water() if state == S.HANDLING else {}),
                )

    def letter_reached(
        self, state: LetterState, received_on: date, **fields: Any
    ) -> None:
        """One that came that day and is as far as `state`, or as far as time allows.

        Over a long holiday nothing moves; on the day after a visit at a weekend
        nothing has been registered.
        """
        for reached in (state, *ON_THE_WAY):
            try:
                self.letter(reached, When(received_on=received_on), **fields)
            except Unsuitable:
                continue
            return

    def letter_due(
        self,
        state: LetterState,
        age: tuple[int, int],
        due: tuple[int, int],
        **fields: Any,
    ) -> Case:
        """One due in these days from today, or near them.

        A limit that would have started in the week of a long holiday falls on no
        letter: sixty days after National Day none is due for a week.
        """
        least, most = due
        for wider in range(0, 17, 4):
            near = (least, most + wider) if least >= 0 else (least - wider, most)
            try:
                return self.letter(state, When(age, due=near), **fields)
            except Unsuitable:
                continue
        raise Unsuitable(f"{state} due in {due}")

    def reception_day(self) -> None:
        """What the sixty people of last week's reception day brought."""
        stop = Stop.objects.select_related("place").get(visit__purpose=RECEPTION_DAY)
        groups = [12, 4, 3] + [1] * (DAY_MATTERS - 3)
        day = stop.starts_at.astimezone(self.now.tzinfo).date()
        states = [state for state, count in RECEIVED.items() for _it in range(count)]
        for state, people in zip(states, groups, strict=True):
            self.letter_reached(
                state,
                day,
                office=self.city,
                place=self.lands.spot(self.rng, stop.place),
                channel=C.VISIT,
                people=people,
                stop=stop,
            )

    def from_visits(self) -> None:
        """Letters that were handed over where leaders received people."""
        stops = list(
            Stop.objects.filter(
                visit__in=Visit.objects.filter(
                    state__in=HELD, mode__in=[Mode.ANNOUNCED, Mode.BY_INVITATION]
                ),
                activities__contains=[Activity.RECEPTION],
                prefecture=self.lands.city.pk,
                place__level__gte=Level.TOWNSHIP,
            )
            .exclude(visit__purpose=RECEPTION_DAY)
            .select_related("place")
            .order_by("starts_at", "pk")
        )
        counties = {it.pk: it for it in self.lands.counties}
        for stop in self.rng.sample(stops, min(60, len(stops))):
            day = stop.starts_at.astimezone(self.now.tzinfo).date()
            ago = (self.today - day).days
            state = S.FORWARDED if ago < 12 else S.HANDLING if ago < 40 else S.CLOSED
            if 40 <= ago < 130:
                state = S.GUIDED
            self.letter_reached(
                state,
                day,
                office=self.units[counties[stop.county_id or 0], "信访局"],
                place=stop.place,
                channel=C.HANDED,
                people=1,
                stop=stop,
            )

    def _of_water(self) -> dict[str, Any]:
        return {
            "office": self.city,
            "unit": self.water,
            "concern": self.rng.choice(self.waters),
        }

    # --- One letter -----------------------------------------------------------------

    def letter(
        self,
        state: LetterState,
        when: When,
        *,
        category: str | None = None,
        office: Unit | None = None,
        place: District | None = None,
        unit: Unit | None = None,
        concern: Concern | None = None,
        channel: str = "",
        people: int = 0,
        **more: Any,
    ) -> Case:
        rng = self.rng
        if category is None:
            category = pick_category(rng, state)
        office = office or self._office(state)
        place = place or self._place(office, concern)
        topic = ""
        if concern is None and category == Category.SUGGESTION:
            concern, topic = self._suggestion(office)
        concern = concern or self._concern(office, place)
        unit = unit or self._unit(office, place, concern)
        channel = channel or rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        people = people or self._people(channel)
        number = rng.randrange(len(concern.asks))
        fact = rng.choice(said.SUGGESTED) if topic else concern.fact(number)
        facts = words(rng, fact, topic=topic) + rng.choice(said.OPENINGS)
        request = words(rng, concern.asks[number])
        is_oral = channel in (C.PHONE, C.VISIT) and rng.random() < 0.6
        may_be_nameless = people == 1 and channel != C.VISIT and rng.random() < 0.15
        case = self._told(
            state,
            category,
            when,
            Matter(concern, place.name, unit, number, may_be_nameless),
            office=office,
            place=place,
            request=f"{self._where(place)}{request}" if not topic else request,
            facts=facts,
            channel=channel,
            people=people,
            is_oral=is_oral,
            is_read_back=is_oral and rng.random() < 0.9,
            keep_name_secret=rng.random() < 0.06,
            no_phone_calls=rng.random() < 0.05,
            **more,
        )
        letter = case.letter
        if letter.ended_on is None and rng.random() < 0.04:
            letter.help_wanted = rng.choice(said.HELP_WANTED)
        if channel == C.ONLINE and rng.random() < 0.5:
            letter.external_ref = (
                f"XF{letter.received_on:%Y%m%d}{rng.randint(0, 9999):04d}"
            )
        if not case.matter.is_nameless:
            case.people = petitioners_of(rng, letter, min(people, 5))
        return case

    def _told(
        self,
        state: LetterState,
        category: str,
        when: When,
        matter: Matter,
        **fields: Any,
    ) -> Case:
        """By a way that fits the days, if one does not, by another."""
        for _try in range(40):
            path = path_to(self.rng, state, category)
            reason = self.rng.choice(said.URGENT) if path.is_urgent else ""
            # Who gave no name cannot be brought an answer.
            is_nameless = matter.is_nameless and not path.has(Step.DELIVER)
            fitting = replace(matter, is_nameless=is_nameless)
            try:
                return self.caseload.tell(
                    path, when, fitting, urgent_reason=reason, **fields
                )
            except Unsuitable:
                continue
        raise Unsuitable(f"{state} {category} {when}")

    def _office(self, state: LetterState) -> Unit:
        if state not in TWICE and self.rng.random() < 0.38:
            return self.city
        return self.units[self.rng.choice(self.lands.counties), "信访局"]

    def _place(self, office: Unit, concern: Concern | None) -> District:
        """A township of the office's area or a village, in town or country as it is."""
        rng, where = self.rng, concern.where if concern else BOTH
        for _try in range(200):
            county = office.place
            if county == self.lands.city:
                county = rng.choice(self.lands.counties)
            place = self.lands.spot(rng, rng.choice(self.lands.townships[county.pk]))
            if where in (BOTH, where_of(place)):
                return place
        return place

    def _concern(self, office: Unit, place: District) -> Concern:
        there = {name for at, name in self.units.by_name if at == office.place.pk}
        return self.rng.choice(concerns_for(where_of(place), there))

    def _suggestion(self, office: Unit) -> tuple[Concern, str]:
        topic, subject, unit, ask = self.rng.choice(said.SUGGESTIONS)
        return (
            Concern(
                subject,
                unit,
                BOTH,
                (ask,),
                (),
                (self.rng.choice(said.STUDIED),),
                (),
                "",
            ),
            topic,
        )

    def _unit(self, office: Unit, place: District, concern: Concern) -> Unit:
        """The department at the office's level; for villages' own, their township."""
        if concern.subject == "村务公开" and place.township_id:
            for name in ("人民政府", "办事处"):
                unit = self.units.by_name.get((place.township_id, name))
                if unit:
                    return unit
        at = office.place
        if at == self.lands.city and self.rng.random() < 0.3:
            below = self.units.by_name.get((place.county_id or 0, concern.unit))
            if below:
                return below
        return self.units[at, concern.unit]

    def _people(self, channel: str) -> int:
        rng = self.rng
        if channel == C.VISIT and rng.random() < 0.16:
            return rng.randint(5, 32)
        return rng.choices((1, 2, 3, 5), (88, 6, 4, 2))[0]

    def _where(self, place: District) -> str:
        if where_of(place) == URBAN or self.rng.random() < 0.4:
            return ""
        return f"{place.name}："
