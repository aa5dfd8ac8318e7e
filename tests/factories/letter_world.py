"""Offices, units and people around letters, at two levels of one piece of Jiangsu."""

from django.utils import timezone

from cadres.models import Account
from cadres.rules.roles import Role
from tests.factories.letters import letter_at, officer, petition_office, take
from tests.factories.people import CadreFactory, UnitFactory
from visits.models import Letter
from visits.rules.letter_states import Step


class LetterWorld:
    def __init__(self, js):
        self.js = js
        self.place = js.huancheng
        self.now = timezone.localtime()
        self.province_office = petition_office(js.js)
        self.government = UnitFactory(name="徐州市人民政府", place=js.xuzhou)
        self.office = petition_office(js.xuzhou)
        self.clerk = officer(self.office, Role.CLERK)
        self.petition = officer(self.office)
        self.sealer = officer(self.office, Role.SEAL_OFFICER)
        self.second = officer(self.office, Role.SEAL_OFFICER)
        self.water = UnitFactory(name="徐州市水务局", place=js.xuzhou)
        self.pumps = UnitFactory(
            name="供水管理处", place=js.xuzhou, superior=self.water
        )
        self.handler = officer(self.water, Role.HANDLER)
        self.head = officer(self.water, Role.UNIT_HEAD)
        self.discipline = UnitFactory(
            name="徐州市纪委", place=js.xuzhou, kind="discipline"
        )
        self.above = UnitFactory(name="江苏省纪委", place=js.js, kind="discipline")
        self.inspector = officer(self.discipline, Role.SEAL_OFFICER)
        self.reader_above = officer(self.above, Role.SEAL_OFFICER)
        self.auditor = officer(self.office, Role.AUDITOR)

    def official(self, **fields):
        return CadreFactory(**({"unit": self.water} | fields))

    def letter(self, **fields) -> Letter:
        return letter_at(
            self.place, **({"office": self.office, "by": self.clerk} | fields)
        )

    def sealed(self, **fields) -> Letter:
        return self.letter(
            **({"complains_about_someone": True, "request": "反映违规收费"} | fields)
        )

    def at_unit(self, **fields) -> Letter:
        letter = self.letter(**fields)
        return take(letter, Step.FORWARD, self.petition, to_unit=self.water)

    def answered(self, **fields) -> Letter:
        letter = take(self.at_unit(**fields), Step.ACCEPT, self.handler)
        letter = take(letter, Step.INQUIRE, self.handler)
        return take(letter, Step.ANSWER, self.head)


def sees(account, letter) -> bool:
    account = Account.objects.get(pk=account.pk)
    return Letter.objects.visible_to(account).filter(pk=letter.pk).exists()
