"""Stepping back: from when it holds, who decides, who is told."""

import pytest
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories.letter_world import LetterWorld, sees
from tests.factories.letters import officer, take
from visits.actions.recuse import ask_recusal, decide_recusal, declare_recusal
from visits.actions.refusals import Refusal
from visits.models import Notice
from visits.reports.recusals import deciders_of, waiting_for
from visits.rules.letter_states import Step

pytestmark = pytest.mark.django_db
NOW = timezone.localtime


@pytest.fixture
def world(js):
    return LetterWorld(js)


def ask(letter, by, account):
    return ask_recusal(letter, by=by, account=account, ground="亲属", now=NOW())


def declare(letter, by):
    return declare_recusal(letter, by=by, ground="亲属", now=NOW())


def decide(recusal, by, is_granted=True):
    return decide_recusal(recusal, by=by, is_granted=is_granted, now=NOW())


def refused(recusal, by):
    with pytest.raises(Refusal) as refusal:
        decide(recusal, by)
    return refusal.value.code


def told(account):
    rows = Notice.objects.visible_to(account).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def test_a_request_holds_once_it_is_granted(world):
    letter = world.at_unit()
    letter.handler = world.handler
    letter.save()

    recusal = ask(letter, world.petition, world.handler)
    before = sees(world.handler, letter)
    decide(recusal, world.head)

    letter.refresh_from_db()
    assert (before, sees(world.handler, letter), letter.handler) == (True, False, None)


def test_whom_a_request_concerns_may_declare_it_themself(world):
    letter = world.at_unit()
    ask(letter, world.petition, world.handler)

    declare(letter, world.handler)

    assert not sees(world.handler, letter)


def test_a_second_account_of_the_same_person_is_out_as_well(world):
    letter = world.at_unit()
    second = officer(world.water, Role.HANDLER, name=world.handler.name)
    assert sees(second, letter)

    declare(letter, world.handler)

    assert not sees(second, letter)


def test_neither_who_is_concerned_nor_who_wrote_it_down_decides(world):
    letter = world.at_unit()
    other = officer(world.water, Role.UNIT_HEAD)
    second = officer(world.water, Role.UNIT_HEAD, name=world.head.name)
    recusal = ask(letter, world.head, world.handler)

    for account in (world.head, second, world.handler, world.petition):
        assert refused(recusal, account) == "not_yours"
    assert deciders_of(recusal) == [other]
    decide(recusal, other)
    assert refused(recusal, other) == "decided"


def test_of_a_head_the_head_of_the_organ_above_decides(world):
    above = officer(world.government, Role.UNIT_HEAD)
    world.water.superior = world.government
    world.water.save()
    officer(world.water, Role.UNIT_HEAD)  # a second head does not judge the first
    recusal = declare(world.at_unit(), world.head)

    assert deciders_of(recusal) == [above]
    assert waiting_for(above) == [recusal]
    assert not sees(above, recusal.letter)


def test_an_officer_of_the_petition_office_is_decided_on_by_its_head(world):
    head = officer(world.office, Role.UNIT_HEAD)
    colleague = officer(world.office)
    recusal = ask(world.letter(), colleague, world.petition)

    assert deciders_of(recusal) == [head]
    assert refused(recusal, officer(world.office)) == "not_yours"
    assert waiting_for(head) == [recusal]


def test_a_reviewer_is_decided_on_by_the_head_of_the_reviewing_organ(world):
    world.water.superior = world.government
    world.water.save()
    head = officer(world.government, Role.UNIT_HEAD)
    reviewer, colleague = (
        officer(world.government, Role.REVIEW_OFFICER) for _n in (1, 2)
    )
    letter = take(
        world.answered(),
        Step.ASK_REVIEW,
        world.petition,
        to_unit=world.government,
        requested_on=timezone.localdate(),
    )

    recusal = ask(letter, colleague, reviewer)

    assert deciders_of(recusal) == [head]
    decide(recusal, head)
    assert not sees(reviewer, letter)
    assert sees(colleague, letter)


def test_of_a_sealed_letter_another_keeper_decides(world):
    letter = world.sealed()
    third = officer(world.office, Role.SEAL_OFFICER)
    officer(world.office, Role.UNIT_HEAD)  # for whom it does not exist

    recusal = ask(letter, world.sealer, world.second)

    assert deciders_of(recusal) == [third]
    assert waiting_for(third) == [recusal]
    decide(recusal, third)
    assert not sees(world.second, letter)


def test_who_is_named_in_the_letter_decides_nothing_of_it(world):
    letter = world.at_unit()
    recusal = declare(letter, world.handler)
    letter.named.create(unit=world.water, added_by=world.sealer)

    assert refused(recusal, world.head) == "not_yours"


def test_the_head_is_told_that_it_waits_and_that_someone_takes_over(world):
    letter = world.at_unit()
    Notice.objects.all().delete()

    asked = ask(letter, world.petition, world.handler)
    first = told(world.head)
    decide(asked, world.head)

    assert first == ["recusal"]
    assert told(world.head) == ["recusal", "vacant"]
    assert told(world.handler) == []
    assert Notice.objects.get(kind="vacant").letter == letter
    assert Notice.objects.get(kind="recusal").letter is None


def test_of_a_sealed_letter_none_but_its_keepers_are_told(world):
    letter = world.sealed()
    third = officer(world.office, Role.SEAL_OFFICER)
    officer(world.office, Role.UNIT_HEAD)
    Notice.objects.all().delete()

    decide(ask(letter, world.sealer, world.second), third)

    assert list(Notice.objects.values_list("account", "kind")) == [
        (third.pk, "recusal")
    ]
