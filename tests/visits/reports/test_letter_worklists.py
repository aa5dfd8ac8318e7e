"""What waits for whom after the answer: deliveries, closing, archiving, recusals."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cadres.models import Account
from cadres.rules.roles import Role
from tests.factories.letters import officer, take
from visits.actions.recuse import ask_recusal
from visits.actions.warn_of_limits import remind_of_ends, warn_of_limits
from visits.models import Notice
from visits.reports.letter_worklists import (
    Worklist,
    letters_of,
    waiting_letters,
    worklists_of,
)
from visits.rules.letter_states import Category, Step

pytestmark = pytest.mark.django_db


def day(number=0):
    return timezone.localdate() + timedelta(days=number)


def waiting(account, on=None):
    account = Account.objects.get(pk=account.pk)
    return list(waiting_letters(account, on=on or day()))


def told(kind):
    return {it.account for it in Notice.objects.filter(kind=kind)}


def given_to(desk, letter):
    return take(letter, Step.NAME_HANDLER, desk.head, handler=desk.handler)


def test_an_answered_letter_waits_until_its_delivery_is_proven(desk):
    letter = given_to(desk, desk.answered())
    assert waiting(desk.handler) == [letter]

    take(letter, Step.DELIVER, desk.handler, received_on=day(), delivered_how="hand")

    assert waiting(desk.handler) == []
    assert waiting(desk.handler, day(45)) == [letter]  # the window is over


def test_without_a_handler_it_waits_for_all_in_the_unit(desk):
    letter = desk.answered()

    assert waiting(desk.handler) == waiting(desk.head) == [letter]
    assert waiting(desk.roads_handler) == []


def test_a_supervised_letter_waits_for_the_unit_which_is_told(desk):
    letter = desk.answered(received_on=day())
    take(letter, Step.SUPERVISE, desk.petition)

    assert waiting(desk.handler) == [letter]
    assert told("supervised") == {desk.handler, desk.head}
    letter.refresh_from_db()
    assert (letter.due_clock, letter.due_legal_on) == ("T3", day(30))


def test_a_target_that_is_near_is_not_called_a_legal_limit(desk):
    letter = desk.answered(received_on=day())
    take(letter, Step.SUPERVISE, desk.petition)

    warn_of_limits(now=timezone.localtime() + timedelta(days=25))
    assert told("target_near") == {desk.head, desk.petition}
    warn_of_limits(now=timezone.localtime() + timedelta(days=40))
    # Without a handler the head acts, and the unit above is told.
    assert told("target_late") == {desk.head, desk.petition, desk.superior}
    assert told("near_limit") == told("late") == set()


def test_an_opinion_changed_by_the_review_can_be_supervised(desk):
    letter = desk.handling()
    letter = take(letter, Step.ANSWER, desk.head, outcome="not_supported")
    letter = take(
        letter, Step.ASK_REVIEW, desk.petition, to_unit=desk.above, requested_on=day()
    )
    letter = take(letter, Step.REVIEW, desk.reviewer, result="changed")

    assert told("opinion") == {desk.handler, desk.head, desk.petition}
    assert letter in waiting(desk.handler)
    assert take(letter, Step.SUPERVISE, desk.petition).state == "supervised"


def test_the_office_is_told_of_a_report(desk):
    take(desk.accepted(), Step.REPORT_BACK, desk.handler, report="已办")

    assert told("reported") == {desk.petition}


def test_what_is_over_stands_in_the_offices_list_to_archive(desk):
    letter = take(desk.forwarded(), Step.NOT_ACCEPT, desk.handler)
    desk.letter()
    office = Account.objects.get(pk=desk.petition.pk)

    rows = letters_of(office, Worklist.ARCHIVE, on=day(), near=10)

    assert list(rows) == [letter]
    assert Worklist.ARCHIVE in worklists_of(office)
    assert Worklist.ARCHIVE not in worklists_of(desk.handler)


def test_who_is_asked_to_step_back_waits_for_a_decision_of_another(desk):
    letter = given_to(desk, desk.accepted())
    second = officer(desk.office)
    ask_recusal(
        letter,
        by=desk.petition,
        account=desk.handler,
        ground="亲属",
        now=timezone.localtime(),
    )

    assert letter in waiting(second)
    assert letter not in waiting(desk.petition)
    # Nothing changes for the handler before the decision (Art. 28).
    assert letter in waiting(desk.handler)


def test_the_unit_is_reminded_of_a_delivery_then_of_closing_once_each(desk):
    letter = given_to(desk, desk.answered())
    now = timezone.localtime()
    for number in (9, 10, 11):
        remind_of_ends(now=now + timedelta(days=number))
    assert [it.account for it in Notice.objects.filter(kind="unproven")] == [
        desk.handler
    ]

    take(letter, Step.DELIVER, desk.handler, received_on=day(), delivered_how="hand")
    remind_of_ends(now=now + timedelta(days=25))
    assert told("to_close") == set()
    for number in (40, 41):
        remind_of_ends(now=now + timedelta(days=number))
    assert [it.account for it in Notice.objects.filter(kind="to_close")] == [
        desk.handler
    ]


def test_a_waived_delivery_is_not_asked_for(desk):
    take(desk.handling(), Step.ANSWER, desk.head, delivered_how="waived")

    remind_of_ends(now=timezone.localtime() + timedelta(days=12))

    assert told("unproven") == set()


def test_a_suggestion_has_the_offices_own_target(desk):
    letter = desk.forwarded(category=Category.SUGGESTION)

    letter = take(letter, Step.ACCEPT, desk.handler, route="study")

    clock = letter.clocks.get(clock="T1")
    assert clock.legal_on == day(30)
    assert (letter.due_clock, letter.due_legal_on) == ("T1", day(30))


def test_another_laws_limit_is_entered_with_its_name(desk):
    letter = desk.forwarded(category=Category.REQUEST_OTHER)
    law = "《行政许可法》第42条"

    letter = take(
        letter,
        Step.ACCEPT,
        desk.handler,
        route="administrative",
        limit_on=day(20),
        limit_law=law,
    )

    assert letter.clocks.get(clock="T2").legal_on == day(20)
    assert letter.due_clock == "T2"
    warn_of_limits(now=timezone.localtime() + timedelta(days=12))
    assert told("near_limit") == {desk.head}


def test_leaders_see_no_lists_of_officers(desk):
    leader = officer(desk.office, Role.LEADER)

    assert {Worklist.CALL, Worklist.ARCHIVE}.isdisjoint(worklists_of(leader))
