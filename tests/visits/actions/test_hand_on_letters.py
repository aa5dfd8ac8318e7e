"""A dissolved unit's open letters go to its successor, which is told (Art. 24)."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cadres.actions.enter_unit import change_unit
from cadres.models import Unit
from cadres.reports.fingerprint import fingerprint
from cadres.rules.roles import Role
from tests.factories import AccountFactory
from tests.factories.letters import officer, petition_office, take
from visits.models import Letter, NamedParty, Notice
from visits.rules.letter_states import Step

pytestmark = pytest.mark.django_db


def dissolve(unit, into):
    names = ("name", "kind", "level", "place", "superior")
    fields = {name: getattr(unit, name) for name in names}
    by = AccountFactory()
    seen = fingerprint(unit)
    return change_unit(unit, by=by, seen=seen, **fields, dissolved_into=into)


def told(kind):
    return {it.account for it in Notice.objects.filter(kind=kind)}


def sees(account, letter):
    account = type(account).objects.get(pk=account.pk)
    return Letter.objects.visible_to(account).filter(pk=letter.pk).exists()


def test_the_successor_takes_over_what_is_open_with_its_clocks(desk):
    letter = take(desk.accepted(), Step.NAME_HANDLER, desk.head, handler=desk.handler)
    closed = take(desk.forwarded(), Step.NOT_ACCEPT, desk.handler)
    clocks = set(letter.clocks.values_list("clock", "started_on", "legal_on"))

    dissolve(desk.water, desk.roads)

    letter.refresh_from_db()
    closed.refresh_from_db()
    assert (letter.unit, letter.handler, closed.unit) == (desk.roads, None, desk.water)
    event = letter.events.order_by("pk").last()
    assert (event.step, event.unit, event.to_unit) == (
        Step.HAND_ON,
        desk.water,
        desk.roads,
    )
    assert set(letter.clocks.values_list("clock", "started_on", "legal_on")) == clocks
    assert sees(desk.roads_handler, letter)
    assert not sees(desk.handler, letter)
    assert told("taken_over") == {desk.roads_handler, desk.roads_head}
    assert take(letter, Step.INQUIRE, desk.roads_handler).state == "handling"


def test_a_review_goes_to_the_successor_of_the_review_office(desk):
    letter = desk.answered(received_on=timezone.localdate())
    day = timezone.localdate()
    take(letter, Step.ASK_REVIEW, desk.petition, to_unit=desk.above, requested_on=day)

    dissolve(desk.above, desk.top)

    letter.refresh_from_db()
    assert (letter.review_unit, letter.unit) == (desk.top, desk.water)
    assert told("taken_over") == {desk.rereviewer}


def test_it_never_goes_to_whom_it_names(desk):
    letter = desk.forwarded()
    NamedParty.objects.create(letter=letter, unit=desk.roads, added_by=desk.clerk)

    dissolve(desk.water, desk.roads)

    letter.refresh_from_db()
    assert letter.unit == desk.water
    assert told("left_behind") == {desk.petition}
    assert told("taken_over") == set()


def test_sealed_letters_go_on_without_a_word_to_others(desk):
    office = petition_office(desk.js.xuzhou, name="新信访局")
    letter = desk.letter(complains_about_someone=True)
    sealer, petition = officer(office, Role.SEAL_OFFICER), officer(office)

    dissolve(desk.office, office)

    letter.refresh_from_db()
    assert letter.office == office
    assert sees(sealer, letter)
    assert not sees(petition, letter)
    assert sealer in told("taken_over")


def test_it_all_happens_or_nothing_does(desk):
    letter = desk.forwarded()

    with pytest.raises(ValidationError) as refusal:
        dissolve(desk.office, desk.roads)

    assert refusal.value.error_dict["dissolved_into"][0].code == "kind"
    assert Unit.objects.get(pk=desk.office.pk).dissolved_into is None
    letter.refresh_from_db()
    assert letter.office == desk.office


def test_a_change_of_the_name_moves_nothing(desk):
    letter = desk.forwarded()
    fields = {
        name: getattr(desk.water, name)
        for name in ("kind", "level", "place", "superior", "dissolved_into")
    }

    change_unit(
        desk.water,
        by=AccountFactory(),
        seen=fingerprint(desk.water),
        name="徐州市水利局",
        **fields,
    )

    letter.refresh_from_db()
    assert letter.events.last().step != Step.HAND_ON
