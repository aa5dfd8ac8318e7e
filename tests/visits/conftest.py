"""The people of letters: an office, a handling unit and its superior."""

from types import SimpleNamespace

import pytest
from django.conf import settings

from cadres.rules.roles import Role
from tests.factories import CadreFactory, UnitFactory
from tests.factories.letters import letter_at, officer, petition_office, take
from visits.rules.letter_states import Step


class Letters(SimpleNamespace):
    """`at(state)` walks a new letter there by the steps of the people below."""

    def letter(self, **fields):
        fields.setdefault("by", self.clerk)
        return letter_at(self.place, office=self.office, **fields)

    def forwarded(self, **fields):
        letter = self.letter(**fields)
        return take(letter, Step.FORWARD, self.petition, to_unit=self.water)

    def accepted(self, **fields):
        return take(self.forwarded(**fields), Step.ACCEPT, self.handler)

    def handling(self, **fields):
        return take(self.accepted(**fields), Step.INQUIRE, self.handler)

    def answered(self, received_on=None, **fields):
        letter = self.handling(**fields)
        return take(letter, Step.ANSWER, self.head, received_on=received_on)


@pytest.fixture
def desk(js):
    """徐州市信访局 and 徐州市水务局 with their people; 江苏省水利厅 stands above."""
    office = petition_office(js.xuzhou)
    above = UnitFactory(name="江苏省水利厅", place=js.js)
    top = UnitFactory(name="水利部", place=js.js, level=1)
    above.superior = top
    above.save()
    water = UnitFactory(name="徐州市水务局", place=js.xuzhou, superior=above)
    roads = UnitFactory(name="徐州市交通局", place=js.xuzhou, superior=above)
    leader = CadreFactory(name="许文涛", unit=UnitFactory(place=js.xuzhou))
    return Letters(
        js=js,
        place=js.huancheng,
        office=office,
        above=above,
        top=top,
        water=water,
        roads=roads,
        clerk=officer(office, Role.CLERK),
        petition=officer(office),
        sealer=officer(office, Role.SEAL_OFFICER),
        handler=officer(water, Role.HANDLER),
        head=officer(water, Role.UNIT_HEAD),
        roads_handler=officer(roads, Role.HANDLER),
        roads_head=officer(roads, Role.UNIT_HEAD),
        reviewer=officer(above, Role.REVIEW_OFFICER),
        rereviewer=officer(top, Role.REVIEW_OFFICER),
        superior=officer(above, Role.UNIT_HEAD),
        leader=officer(leader.unit, Role.LEADER, cadre=leader),
        leader_cadre=leader,
    )


@pytest.fixture
def in_english(client, english):
    """Pages that this client reads are in English, the language of the sources."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
