"""Accusations, under seal. They are few, so the actions themselves make them."""

from datetime import date, datetime, timedelta
from random import Random

from cadres.demo.units import Units
from cadres.models import Cadre, District, RankBand, Unit
from visits.actions.open_identity import open_sealed
from visits.actions.register_letter import Identity, register_letter
from visits.actions.report_pressure import report_pressure
from visits.actions.seal_transfer import ask_transfer, confirm_transfer
from visits.demo import letter_words as said
from visits.demo.calendar import moment
from visits.demo.caseload import Caseload
from visits.demo.lands import Lands
from visits.demo.letter_words import words
from visits.models import Letter
from visits.rules.letter_states import Category

IN_CITY, IN_COUNTIES = 18, 7
REGISTERED, WAITING = 4, 3  # of the city's; the rest is with the competent organ
DISCIPLINE = "纪委监委"


class SealedLetters:
    """`seal` and a colleague keep those of the city, others those of the counties."""

    def __init__(
        self, caseload: Caseload, lands: Lands, units: Units, officials: list[Cadre]
    ) -> None:
        self.caseload, self.lands, self.units = caseload, lands, units
        self.rng: Random = caseload.rng
        self.city = units[lands.city, "信访局"]
        # Those who are accused lead a county or a town, and nobody's mandate is near.
        self.accused = [
            it
            for it in officials
            if it.rank_band in (RankBand.COUNTY, RankBand.TOWNSHIP)
        ]

    def tell(self) -> None:
        desks, today = self.caseload.desks, self.caseload.today
        offices = [self.units[it, "信访局"] for it in self.lands.counties]
        for office in (self.city, *offices):
            for number in (1, 2):
                desks.sealer(office, number)
        desks.sealer(self.units[self.lands.city, DISCIPLINE])
        desks.save()
        for number in range(IN_CITY):
            if number < REGISTERED + WAITING:
                letter = self._register(self.city, self._day(2, 11))
            else:
                letter = self._register(self.city, self._day(20, 250))
            if number >= REGISTERED:
                self._hand_on(letter, is_confirmed=number >= REGISTERED + WAITING)
        for number in range(IN_COUNTIES):
            office = self.rng.choice(offices)
            letter = self._register(
                office, self._day(3, 9) if number < 2 else self._day(20, 200)
            )
            if number >= 2:
                self._hand_on(letter, is_confirmed=True)
        self._pressure(today)

    def _day(self, least: int, most: int) -> date:
        day = self.caseload.today - timedelta(days=self.rng.randint(least, most))
        return self.caseload.calendar.workday_until(day)

    def _register(self, office: Unit, on: date) -> Letter:
        rng, caseload = self.rng, self.caseload
        place = self._place(office)
        near = [it for it in self.accused if it.unit.place.county_id == place.county_id]
        is_general = rng.random() < 0.15  # says that it is about someone, names no one
        names_unit = rng.random() < 0.2
        officials = [] if is_general or names_unit else [rng.choice(near)]
        units = [rng.choice(near).unit] if names_unit and not is_general else []
        is_nameless = rng.random() < 0.3
        return register_letter(
            by=caseload.desks.clerk(office),
            now=moment(on, rng.randint(9, 11), rng.randint(0, 59)),
            office=office,
            place=place,
            received_on=on,
            channel=rng.choice((Letter.Channel.LETTER, Letter.Channel.ONLINE)),
            client_key=caseload.uuid(),
            request=rng.choice(said.ACCUSATIONS),
            facts=words(rng, rng.choice(said.ACCUSED_FACTS)),
            category=Category.ACCUSATION if rng.random() < 0.8 else "",
            petitioners=[] if is_nameless else [self._identity()],
            named_officials=officials,
            named_units=units,
            complains_about_someone=True,
            reference=caseload.reference(),
        ).letter

    def _identity(self) -> Identity:
        return Identity(
            "郑示例", "示例街道测试花园1号楼", f"100{self.rng.randint(0, 9999):08d}"
        )

    def _place(self, office: Unit) -> District:
        county = office.place
        if county == self.lands.city:
            county = self.rng.choice(self.lands.counties)
        return self.rng.choice(self.lands.townships[county.pk])

    def _hand_on(self, letter: Letter, *, is_confirmed: bool) -> None:
        """One proposes the organ of the city, another confirms some days later."""
        desks, rng, calendar = self.caseload.desks, self.rng, self.caseload.calendar
        first, second = desks.sealer(letter.office, 1), desks.sealer(letter.office, 2)
        asked_on = calendar.workday_until(self.caseload.today - timedelta(days=1))
        if is_confirmed:
            later = letter.received_on + timedelta(days=rng.randint(1, 4))
            asked_on = min(asked_on, calendar.workday_from(later))
        asker, other = (
            (first, second) if is_confirmed and rng.random() < 0.5 else (second, first)
        )
        names_nobody = not letter.named.exists()
        if names_nobody:
            for reader in (asker, other):
                open_sealed(
                    letter,
                    by=reader,
                    reason="核对是否指名",
                    now=moment(asked_on, 10, rng.randint(0, 59)),
                )
        transfer = ask_transfer(
            letter,
            by=asker,
            to_unit=self.units[self.lands.city, DISCIPLINE],
            reasons="按照干部管理权限，属该机关受理。",
            now=moment(asked_on, 14, rng.randint(0, 59)),
            names_nobody=names_nobody,
        )
        if is_confirmed:
            confirmed_on = calendar.workday_from(asked_on + timedelta(days=1))
            confirm_transfer(
                transfer, by=other, now=moment(confirmed_on, 9, rng.randint(0, 59))
            )

    def _pressure(self, today: date) -> None:
        """One petitioner was told to withdraw; that goes to the organ above."""
        case = next(it for it in self.caseload.cases if it.letter.accepted_on)
        report_pressure(
            text="有人到家中要求撤回信访，否则影响孩子工作，请求制止。",
            letter=case.letter,
            now=self._moment(self._day(1, 3)),
        )

    def _moment(self, on: date) -> datetime:
        return moment(on, 16, self.rng.randint(0, 59))
