"""A withdrawal is called about by someone else; danger is marked when it is seen."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cadres.models import Account
from tests.factories.letters import officer, take
from visits.models import Notice
from visits.reports.letter_worklists import Worklist, letters_of, waiting_letters
from visits.rules.letter_states import Step

pytestmark = pytest.mark.django_db
CALL = {"free_will": "free", "call_words": "确是自愿撤回"}


def code_of(refused):
    error = refused.value
    return getattr(error, "code", None) or error.error_list[0].code


def called(letter, by):
    return take(letter, Step.CALL_BACK, by, called_on=timezone.localdate(), **CALL)


def lists(account):
    account, on = Account.objects.get(pk=account.pk), timezone.localdate()
    rows = letters_of(account, Worklist.CALL, on=on, near=10)
    return set(rows), set(waiting_letters(account, on=on))


@pytest.fixture
def withdrawn(desk):
    return take(desk.accepted(), Step.WITHDRAW, desk.handler, statement="不再要求")


def test_the_call_waits_for_everyone_but_who_recorded_the_withdrawal(desk, withdrawn):
    for account in (desk.head, desk.petition):
        assert lists(account) == ({withdrawn}, {withdrawn})
    assert withdrawn not in lists(desk.handler)[0]
    told = Notice.objects.filter(kind=Notice.Kind.CALL).values_list(
        "account", flat=True
    )
    assert set(told) == {desk.head.pk, desk.petition.pk}


def test_who_recorded_the_withdrawal_does_not_call_nor_their_second_account(
    desk, withdrawn
):
    second = officer(desk.water, "handler", name=desk.handler.name)
    for account in (desk.handler, second):
        with pytest.raises(ValidationError) as refused:
            called(withdrawn, account)
        assert code_of(refused) == "same_person"

    letter = called(withdrawn, desk.head)

    assert letter.withdrawal_by is None
    assert lists(desk.head)[0] == set()


def test_it_is_neither_closed_nor_archived_before_the_call(desk, withdrawn):
    letter = take(withdrawn, Step.INQUIRE, desk.handler)
    letter = take(letter, Step.ANSWER, desk.head)
    letter.category = "suggestion"  # no window stands in the way
    letter.save()

    with pytest.raises(ValidationError) as refused:
        take(letter, Step.CLOSE, desk.head)
    assert code_of(refused) == "call_due"

    called(letter, desk.head)
    letter = take(letter, Step.CLOSE, desk.head)
    assert letter.state == "closed"


def test_one_that_ended_without_the_call_is_not_archived(desk):
    letter = take(desk.forwarded(), Step.WITHDRAW, desk.handler, statement="不要求了")
    letter = take(letter, Step.NOT_ACCEPT, desk.handler)

    with pytest.raises(ValidationError) as refused:
        take(letter, Step.ARCHIVE, desk.petition)
    assert code_of(refused) == "call_due"

    called(letter, desk.petition)
    assert take(letter, Step.ARCHIVE, desk.petition).state == "archived"


def test_without_a_withdrawal_there_is_nothing_to_call_about(desk):
    with pytest.raises(ValidationError) as refused:
        called(desk.accepted(), desk.head)

    assert code_of(refused) == "no_withdrawal"


def test_danger_seen_later_starts_the_urgent_clock_on_that_day(desk):
    letter = desk.accepted()

    letter = take(
        letter,
        Step.MARK_URGENT,
        desk.handler,
        danger="shelter",
        urgent_reason="墙体开裂",
    )

    assert (letter.is_urgent, letter.urgent_reason) == (True, "墙体开裂")
    clock = letter.clocks.get(clock="C2")
    assert (clock.started_on, clock.legal_on) == (timezone.localdate(),) * 2
    told = Notice.objects.filter(kind=Notice.Kind.URGENT, letter=letter)
    assert {it.account for it in told} == {desk.head, desk.petition}
    with pytest.raises(ValidationError) as refused:
        take(letter, Step.MARK_URGENT, desk.head, danger="life", urgent_reason="同上")
    assert code_of(refused) == "urgent_already"


def test_nothing_but_danger_makes_it_urgent(desk):
    with pytest.raises(ValidationError) as refused:
        take(
            desk.accepted(),
            Step.MARK_URGENT,
            desk.handler,
            danger="influence",
            urgent_reason="领导关注",
        )

    assert "danger" in refused.value.error_dict


def test_one_urgent_from_the_start_keeps_its_first_day(desk):
    letter = desk.letter(is_urgent=True, urgent_reason="断水")

    assert letter.clocks.get(clock="C2").started_on == timezone.localdate()
