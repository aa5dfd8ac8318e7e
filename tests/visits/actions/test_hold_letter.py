"""Leader-held matters (handbook 7.9): told, listed, warned of, ended with a paper."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cadres.models import Account
from tests.factories.letters import take
from visits.actions.hold_letter import (
    end_hold,
    extend_hold,
    hold_letter,
    note_progress,
)
from visits.actions.recuse import declare_recusal
from visits.actions.warn_of_limits import warn_of_holds
from visits.models import Notice
from visits.reports.letter_worklists import Worklist, letters_of, worklists_of
from visits.rules.letter_states import Step

pytestmark = pytest.mark.django_db
Kind = Notice.Kind


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def hold(desk):
    return held(desk, desk.forwarded())


def held(desk, letter):
    return hold_letter(
        letter,
        by=desk.petition,
        leader=desk.leader_cadre,
        plan="现场协调",
        due_on=in_days(20),
        now=timezone.localtime(),
    )


def told(kind):
    return {it.account for it in Notice.objects.filter(kind=kind)}


def code_of(refused, field=""):
    error = refused.value
    return error.error_dict[field][0].code if field else error.error_list[0].code


def test_the_leader_is_told_and_finds_it_in_a_list(desk, hold):
    leader = Account.objects.get(pk=desk.leader.pk)

    rows = letters_of(leader, Worklist.HELD, on=in_days(0), near=10)

    assert told(Kind.HELD) == {desk.leader}
    assert Worklist.HELD in worklists_of(leader)
    assert list(rows) == [hold.letter]
    assert Worklist.HELD not in worklists_of(desk.handler)


def test_a_leader_who_stepped_back_holds_it_no_more(desk, hold):
    declare_recusal(
        hold.letter, by=desk.leader, ground="亲属", now=timezone.localtime()
    )
    end_hold(hold, by=desk.petition, result="explained", closing="回避", on=in_days(0))

    with pytest.raises(ValidationError) as refused:
        held(desk, hold.letter)

    assert code_of(refused, "leader") == "recused"


def test_the_deadline_is_told_to_the_leader_then_to_the_office_as_well(desk, hold):
    now = timezone.localtime()
    warn_of_holds(now=now)
    assert told(Kind.HOLD_NEAR) == set()

    for day in (12, 12, 20):
        warn_of_holds(now=now + timedelta(days=day))
    near = Notice.objects.filter(kind=Kind.HOLD_NEAR).order_by("pk")
    assert [(it.account, it.days) for it in near] == [
        (desk.leader, 8),
        (desk.leader, 0),
        (desk.petition, 0),
    ]

    warn_of_holds(now=now + timedelta(days=22))
    assert told(Kind.HOLD_LATE) == {desk.leader, desk.petition}


def test_one_that_is_ended_refuses_every_change(desk, hold):
    end_hold(hold, by=desk.petition, result="solved", closing="已通水", on=in_days(0))

    for change in (
        lambda: extend_hold(hold, by=desk.petition, due_on=in_days(60)),
        lambda: note_progress(hold, by=desk.petition, progress="续"),
        lambda: end_hold(
            hold, by=desk.petition, result="solved", closing="再", on=in_days(0)
        ),
    ):
        with pytest.raises(ValidationError) as refused:
            change()
        assert code_of(refused) == "decided"
    hold.refresh_from_db()
    assert (hold.closing, hold.progress) == ("已通水", "")


def test_a_closed_letter_is_neither_held_nor_extended_but_the_hold_can_end(desk, hold):
    letter = take(hold.letter, Step.NOT_ACCEPT, desk.handler)

    for change in (
        lambda: extend_hold(hold, by=desk.petition, due_on=in_days(60)),
        lambda: note_progress(hold, by=desk.petition, progress="续"),
    ):
        with pytest.raises(ValidationError) as refused:
            change()
        assert code_of(refused) == "closed"

    end_hold(hold, by=desk.petition, result="relief", closing="救助", on=in_days(0))
    with pytest.raises(ValidationError) as refused:
        held(desk, letter)
    assert code_of(refused) == "closed"


def test_a_hold_ends_with_a_closing_paper(desk, hold):
    with pytest.raises(ValidationError) as refused:
        end_hold(hold, by=desk.petition, result="solved", closing=" ", on=in_days(0))

    assert code_of(refused, "closing") == "required"


def test_what_was_withdrawn_is_never_counted_as_solved(desk, hold):
    take(hold.letter, Step.WITHDRAW, desk.handler, statement="不再要求")

    with pytest.raises(ValidationError) as refused:
        end_hold(hold, by=desk.petition, result="solved", closing="撤回", on=in_days(0))

    assert code_of(refused, "result") == "withdrawn"
