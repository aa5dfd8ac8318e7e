"""Sealed letters, identities, recusal, drafts, splitting, leader-held matters."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cadres.models import Account
from cadres.models.encrypted import WrongKey, read_sealed
from cadres.rules.roles import Role
from tests.factories import CadreFactory, RoleGrantFactory, UnitFactory
from tests.factories.letters import letter_at, officer, petition_office, take
from visits.actions.draft_step import approve_draft, draft_step, return_draft
from visits.actions.hold_letter import end_hold, extend_hold, hold_letter
from visits.actions.open_identity import open_identity
from visits.actions.recuse import decide_recusal, declare_recusal
from visits.actions.refusals import Refusal
from visits.actions.seal_transfer import ask_transfer, confirm_transfer
from visits.actions.split_letter import split_letter
from visits.models import Access, Letter, Petitioner
from visits.rules.letter_states import Category, LetterState, Step

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(js):
    class World:
        place = js.huancheng
        office = petition_office(js.xuzhou)
        clerk = officer(office, Role.CLERK)
        petition = officer(office)
        sealers = (
            officer(office, Role.SEAL_OFFICER),
            officer(office, Role.SEAL_OFFICER),
        )
        water = UnitFactory(name="徐州市水务局", place=js.xuzhou)
        pumps = UnitFactory(name="供水管理处", place=js.xuzhou, superior=water)
        handler = officer(water, Role.HANDLER)
        head = officer(water, Role.UNIT_HEAD)
        discipline = UnitFactory(name="徐州市纪委", place=js.xuzhou, kind="discipline")
        inspector = officer(discipline, Role.SEAL_OFFICER)

        def letter(self, **fields):
            return letter_at(self.place, office=self.office, by=self.clerk, **fields)

        def at_unit(self, **fields):
            letter = self.letter(**fields)
            return take(letter, Step.FORWARD, self.petition, to_unit=self.water)

    return World()


def sees(account, letter):
    account = Account.objects.get(pk=account.pk)
    return Letter.objects.visible_to(account).filter(pk=letter.pk).exists()


def test_a_sealed_letter_exists_for_seal_officers_alone(world):
    letter = world.letter(complains_about_someone=True, request="反映违规收费")

    assert letter.is_sealed
    assert letter.read_sealed_text()["request"] == "反映违规收费"
    row = Letter.objects.filter(pk=letter.pk).values().get()
    assert "违规收费" not in str(row)
    others = [world.clerk, world.petition, world.handler, world.head]
    assert [sees(who, letter) for who in others] == [False] * 4
    assert [sees(who, letter) for who in world.sealers] == [True, True]


def test_who_is_named_or_acts_for_someone_named_is_shut_out(world):
    named = CadreFactory(unit=world.water)
    secretary = officer(world.office, Role.SEAL_OFFICER, acts_for=[named])
    letter = world.letter(named_officials=[named])

    assert letter.is_sealed
    assert not sees(secretary, letter)
    assert sees(world.sealers[0], letter)


def test_a_transfer_needs_two_and_never_goes_to_the_accused(world):
    letter = world.letter(named_units=[world.water])
    asker, other = world.sealers
    now = timezone.localtime()

    with pytest.raises(ValidationError) as refusal:
        ask_transfer(letter, by=asker, to_unit=world.pumps, reasons="x", now=now)
    assert refusal.value.error_dict["to_unit"][0].code == "named"
    transfer = ask_transfer(
        letter, by=asker, to_unit=world.discipline, reasons="属其管辖", now=now
    )
    with pytest.raises(Refusal) as refusal:
        confirm_transfer(transfer, by=asker, now=now)
    assert refusal.value.code == "same_person"

    letter = confirm_transfer(transfer, by=other, now=now)

    assert letter.state == LetterState.SEALED
    event = letter.events.get(step=Step.SEAL)
    assert (event.by, event.drafted_by, event.record) == (other, asker, {})


def test_an_identity_is_encrypted_and_opened_with_a_reason_alone(world):
    letter = world.letter()
    row = Petitioner.objects.get(letter=letter)

    assert "李测试" not in str(bytes(row.identity))
    assert row.masked()["name"] == "李某"
    with pytest.raises(WrongKey):
        read_sealed(row.identity, purpose="petitioner", seal_id=letter.seal_id)
    now = timezone.localtime()
    with pytest.raises(Refusal):
        open_identity(letter, by=world.petition, reason=" ", now=now)
    assert not Access.objects.exists()

    [identity] = open_identity(letter, by=world.petition, reason="电话核实", now=now)

    assert identity["name"] == "李测试"
    look = Access.objects.get()
    assert (look.by, look.letter, look.reason) == (world.petition, letter, "电话核实")


def test_a_unit_does_not_open_a_name_kept_secret(world):
    letter = world.at_unit(keep_name_secret=True)

    with pytest.raises(Refusal) as refusal:
        open_identity(letter, by=world.handler, reason="核实", now=timezone.localtime())

    assert refusal.value.code == "kept_secret"
    assert not Access.objects.exists()


def test_stepping_back_ends_access_at_once_and_refusal_brings_it_back(world):
    letter = world.at_unit()
    now = timezone.localtime()

    recusal = declare_recusal(letter, by=world.handler, ground="亲属", now=now)
    assert not sees(world.handler, letter)
    with pytest.raises(Refusal):
        decide_recusal(recusal, by=world.handler, is_granted=False, now=now)
    decide_recusal(recusal, by=world.head, is_granted=False, now=now)

    assert sees(world.handler, letter)


def test_a_handler_drafts_and_the_head_decides(world):
    letter = take(world.at_unit(), Step.ACCEPT, world.handler)
    letter = take(letter, Step.INQUIRE, world.handler)
    now = timezone.localtime()
    record = {"days": 10, "reasons": "需检测", "told_on": now.date()}
    arguments = {"step": Step.EXTEND, "version": letter.version, "now": now}

    draft = draft_step(letter, by=world.handler, record=record, **arguments)
    with pytest.raises(ValidationError):
        draft_step(letter, by=world.handler, record=record, **arguments)
    return_draft(draft, by=world.head, note="说明理由", now=now)
    again = draft_step(letter, by=world.handler, record=record, **arguments)
    letter = approve_draft(again, by=world.head, now=now)

    event = letter.events.get(step=Step.EXTEND)
    assert (event.by, event.drafted_by) == (world.head, world.handler)
    assert letter.state == LetterState.EXTENDED
    with pytest.raises(Refusal) as refusal:
        approve_draft(again, by=world.head, now=now)
    assert refusal.value.code == "decided"


def test_what_is_split_off_and_sealed_leaves_no_word_behind(world):
    letter = world.letter()

    second = split_letter(
        letter,
        by=world.petition,
        version=letter.version,
        request="反映村干部",
        facts="",
        category=Category.ACCUSATION,
        complains_about_someone=True,
        now=timezone.localtime(),
        client_key=uuid.uuid4(),
    ).letter

    letter.refresh_from_db()
    assert second.is_sealed and second.split_from == letter
    assert second.petitioners.get().read()["name"] == "李测试"
    assert letter.version == 1
    assert [event.step for event in letter.events.all()] == [Step.RECEIVE]


def test_a_letter_sorted_as_accusation_is_sealed_with_it(world):
    letter = take(world.letter(), Step.SORT, world.petition, category="accusation")

    assert letter.is_sealed and letter.request == "" and letter.search_text == ""
    assert not sees(world.petition, letter)


def test_a_leader_sees_what_they_hold_while_they_hold_it(world, leader):
    letter = world.letter()
    now = timezone.localtime()
    day = now.date()

    hold = hold_letter(
        letter,
        by=world.petition,
        leader=leader.cadre,
        plan="现场协调",
        due_on=day + timedelta(days=10),
        now=now,
    )
    assert sees(leader, letter)
    hold = extend_hold(hold, by=world.petition, due_on=day + timedelta(days=20))
    assert hold.first_due_on == day + timedelta(days=10)
    end_hold(hold, by=world.petition, result="solved", closing="已通水", on=day)

    assert not sees(leader, letter)


def test_a_handler_loses_a_letter_with_its_transfer_and_its_end(world):
    letter = world.at_unit()
    assert sees(world.handler, letter)

    letter = take(letter, Step.OBJECT, world.handler)
    letter = take(letter, Step.AGREE, world.petition)

    assert not sees(world.handler, letter)
    assert sees(world.petition, letter)


def test_a_clerk_sees_it_until_it_is_routed(world):
    letter = world.letter()
    assert sees(world.clerk, letter)

    letter = take(letter, Step.FORWARD, world.petition, to_unit=world.water)

    assert not sees(world.clerk, letter)
    assert letter in Letter.objects.status_of(world.clerk)


def test_roles_without_business_see_nothing(world, district_admin, reader):
    letter = world.at_unit()
    auditor = officer(world.office, Role.AUDITOR)
    elsewhere = officer(UnitFactory(place=world.place), Role.HANDLER)
    RoleGrantFactory(account=elsewhere, role=Role.UNIT_HEAD, unit=world.pumps)

    for who in (district_admin, reader, auditor, elsewhere):
        assert not sees(who, letter)
