"""What the law asks of single steps, beyond the table: days, organs, one's own case."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from cadres.models import Account
from cadres.rules.roles import Role
from tests.factories import AccountFactory, RoleGrantFactory, UnitFactory
from tests.factories.letters import letter_at, officer, take
from tests.factories.places import PlaceFactory
from tests.factories.visits import at
from visits.actions.draft_step import approve_draft, draft_step
from visits.actions.refusals import Refusal
from visits.models import Letter, LetterDraft
from visits.reports.letter_steps import actors, steps_for
from visits.rules.letter_records import Delivery
from visits.rules.letter_states import Actor, Category, LetterState, Step

pytestmark = pytest.mark.django_db
S = LetterState
START = at("2026-03-02 10:00")  # a Monday
DAY = START.date()


def days(n):
    return START + timedelta(days=n)


def code_of(refusal, field=None):
    error = refusal.value
    return error.error_dict[field][0].code if field else error.code


def refused(field, letter, step, by, now=None, **record):
    """The code with which the step is refused, beside `field` or as a whole."""
    with pytest.raises(ValidationError) as refusal:
        take(letter, step, by, now, **record)
    return code_of(refusal, field)


def accepted(desk, **fields):
    letter = desk.letter(now=START, **fields)
    letter = take(letter, Step.FORWARD, desk.petition, START, to_unit=desk.water)
    return take(letter, Step.ACCEPT, desk.handler, START, accepted_on=DAY)


def handled(desk, **fields):
    return take(accepted(desk, **fields), Step.INQUIRE, desk.handler, START)


def answered(desk, *, received=True, **record):
    letter = handled(desk)
    day = DAY if received else None
    return take(letter, Step.ANSWER, desk.head, START, received_on=day, **record)


def asked(desk, now=START, **record):
    arguments = {"to_unit": desk.above, "requested_on": now.date()} | record
    return take(answered(desk), Step.ASK_REVIEW, desk.petition, now, **arguments)


def again(account):
    return Account.objects.get(pk=account.pk)


# --- Delivery ------------------------------------------------------------------------


def test_an_opinion_is_received_on_the_day_it_is_issued_or_later(desk):
    letter = handled(desk)

    code = refused(
        "received_on", letter, Step.ANSWER, desk.head, days(40), received_on=DAY
    )

    assert code == "too_early"
    letter = take(letter, Step.ANSWER, desk.head, days(40))
    for received, expected in ((39, "too_early"), (42, "future")):
        record = {"received_on": days(received).date(), "delivered_how": "hand"}
        code = refused(
            "received_on", letter, Step.DELIVER, desk.head, days(41), **record
        )
        assert code == expected


def test_a_review_opinion_is_not_received_before_it_is_given(desk):
    letter = asked(desk)

    code = refused(
        "received_on", letter, Step.REVIEW, desk.reviewer, days(20), received_on=DAY
    )

    assert code == "too_early"


def test_a_waived_delivery_has_no_day_and_closes_with_reasons(desk):
    letter = handled(desk)
    waived = {"delivered_how": Delivery.WAIVED}
    assert (
        refused(
            "received_on", letter, Step.ANSWER, desk.head, START, received_on=DAY, **waived
        )
        == "waived"
    )  # fmt: skip
    letter = take(letter, Step.ANSWER, desk.head, START, **waived)

    assert refused("reasons", letter, Step.CLOSE, desk.head, START) == "waived"
    letter = take(letter, Step.CLOSE, desk.head, START, reasons="匿名来信，无法送达")

    assert letter.state == S.CLOSED
    assert not letter.clocks.filter(clock="C9").exists()


def test_a_delivery_that_proves_impossible_is_recorded_as_waived(desk):
    letter = answered(desk, received=False)
    assert refused(None, letter, Step.CLOSE, desk.head, START, reasons="x") == (
        "window_open"
    )
    missing = refused(
        "received_on", letter, Step.DELIVER, desk.head, START, delivered_how="post"
    )

    letter = take(letter, Step.DELIVER, desk.head, START, delivered_how="waived")

    assert missing == "required"
    assert not letter.clocks.filter(clock="C9").exists()
    letter = take(letter, Step.CLOSE, desk.head, START, reasons="查无此址")
    assert letter.state == S.CLOSED


def test_who_wants_no_phone_calls_is_not_told_by_phone(desk):
    letter = accepted(desk, no_phone_calls=True)
    letter = take(letter, Step.INQUIRE, desk.handler, START)

    code = refused(
        "delivered_how", letter, Step.ANSWER, desk.head, START, delivered_how="phone"
    )

    assert code == "no_phone_calls"


# --- Requests for review -------------------------------------------------------------


def test_a_late_request_is_taken_up_with_reasons_even_after_closing(desk):
    letter = take(answered(desk), Step.CLOSE, desk.head, days(31))
    late = {"to_unit": desk.above, "requested_on": days(40).date()}
    assert letter.ended_on
    code = refused("reasons", letter, Step.ASK_REVIEW, desk.petition, days(40), **late)

    letter = take(
        letter, Step.ASK_REVIEW, desk.petition, days(40), reasons="住院未能按期", **late
    )  # fmt: skip

    assert code == "late"
    assert (letter.state, letter.ended_on) == (S.UNDER_REVIEW, None)
    assert letter.clocks.running().filter(clock="C10").exists()
    event = letter.events.get(step=Step.ASK_REVIEW)
    assert event.record["reasons"] == "住院未能按期"


def test_a_request_in_time_needs_no_reasons_though_it_is_recorded_late(desk):
    letter = take(answered(desk), Step.CLOSE, desk.head, days(31))

    letter = take(
        letter,
        Step.ASK_REVIEW,
        desk.petition,
        days(40),
        to_unit=desk.above,
        requested_on=days(29).date(),
    )

    assert letter.state == S.UNDER_REVIEW


def test_only_a_late_request_may_not_be_taken_up(desk):
    letter = answered(desk)
    record = {"reasons": "逾期且无正当理由"}

    code = refused(
        "requested_on",
        letter,
        Step.NOT_TAKE_UP,
        desk.petition,
        days(40),
        requested_on=days(30).date(),
        **record,
    )
    letter = take(
        letter,
        Step.NOT_TAKE_UP,
        desk.petition,
        days(40),
        requested_on=days(40).date(),
        **record,
    )

    assert code == "in_time"
    assert letter.state == S.ANSWERED
    assert letter.events.filter(step=Step.NOT_TAKE_UP).exists()


def test_a_late_re_review_is_asked_for_after_closing(desk):
    letter = take(asked(desk), Step.REVIEW, desk.reviewer, START, received_on=DAY)
    letter = take(letter, Step.CLOSE, desk.head, days(31))
    late = {"requested_on": days(33).date(), "reasons": "另有新证据"}
    assert (
        refused(
            None, letter, Step.ASK_REVIEW, desk.petition, days(33), to_unit=desk.above, **late
        )
        == "reviewed"
    )  # fmt: skip

    letter = take(
        letter, Step.ASK_REREVIEW, desk.petition, days(33), to_unit=desk.top, **late
    )

    assert letter.state == S.UNDER_REREVIEW


def test_the_organ_above_takes_a_request_itself_and_then_reviews(desk):
    letter = answered(desk)
    far = officer(
        UnitFactory(name="福建省水利厅", place=PlaceFactory(code="35")),
        Role.REVIEW_OFFICER,
    )
    assert actors(letter, desk.reviewer) == {Actor.ABOVE}
    assert actors(letter, far) == set()

    letter = take(
        letter, Step.ASK_REVIEW, desk.reviewer, START, to_unit=desk.above, requested_on=DAY
    )  # fmt: skip

    assert letter.events.get(step=Step.ASK_REVIEW).acted_as == Actor.ABOVE
    letter = take(letter, Step.REVIEW, desk.reviewer, START, received_on=DAY)
    letter = take(
        letter, Step.ASK_REREVIEW, desk.rereviewer, START, to_unit=desk.top, requested_on=DAY
    )  # fmt: skip
    assert take(letter, Step.REREVIEW, desk.rereviewer, START).state == S.ENDED


def test_reviewers_above_know_nothing_of_what_is_not_answered(desk):
    letter = handled(desk)

    assert letter not in Letter.objects.visible_to(desk.reviewer)


@pytest.mark.parametrize(
    ("name", "is_above"),
    [
        ("above", True),  # its own superior
        ("government", True),  # one level above, in whose area it lies
        ("far", False),  # another province
        ("county", False),  # a level below
        ("roads", False),  # the same level
    ],
)
def test_the_organ_of_a_review_stands_one_level_above(desk, name, is_above):
    units = {
        "county": UnitFactory(name="鼓楼区人民政府", place=desk.js.gulou),
        "government": UnitFactory(name="江苏省人民政府", place=desk.js.js),
        "far": UnitFactory(name="福建省水利厅", place=PlaceFactory(code="35")),
    }
    unit = units.get(name) or getattr(desk, name)
    letter = answered(desk)
    arguments = {"to_unit": unit, "requested_on": DAY}

    if is_above:
        letter = take(letter, Step.ASK_REVIEW, desk.petition, START, **arguments)
        assert letter.review_unit == unit
        return
    code = refused(
        "to_unit", letter, Step.ASK_REVIEW, desk.petition, START, **arguments
    )
    assert code == "not_above"


def test_a_dissolved_organ_neither_reviews_nor_takes_a_disputed_matter(desk):
    new = UnitFactory(name="江苏省水务厅", place=desk.js.js)
    letter = answered(desk)
    disputed = take(accepted(desk), Step.DISPUTE, desk.handler, START, reasons="交叉")
    for unit in (desk.above, desk.roads):
        unit.dissolved_into = new
        unit.save()

    arguments = {"to_unit": desk.above, "requested_on": DAY}
    asked = refused(
        "to_unit", letter, Step.ASK_REVIEW, desk.petition, START, **arguments
    )
    named = refused(
        "to_unit",
        disputed,
        Step.NAME_UNIT,
        desk.petition,
        START,
        to_unit=desk.roads,
        decision="由其办理",
    )

    assert asked == named == "dissolved"


# --- Nobody reviews what they have handled -------------------------------------------


def as_reviewer(account, unit):
    RoleGrantFactory(account=account, role=Role.REVIEW_OFFICER, unit=unit)
    return again(account)


def test_the_history_names_the_handler_who_then_never_reviews(desk):
    named = officer(desk.water, Role.HANDLER)
    letter = handled(desk)
    for handler in (named, desk.handler):
        letter = take(letter, Step.NAME_HANDLER, desk.head, START, handler=handler)
    letter = take(letter, Step.ANSWER, desk.head, START, received_on=DAY)
    letter = take(
        letter, Step.ASK_REVIEW, desk.petition, START, to_unit=desk.above, requested_on=DAY
    )  # fmt: skip

    events = letter.events.filter(step=Step.NAME_HANDLER).order_by("pk")
    assert [event.handler for event in events] == [named, desk.handler]
    assert letter in Letter.objects.visible_to(desk.reviewer)
    assert letter not in Letter.objects.visible_to(as_reviewer(named, desk.above))


def test_who_drafted_or_decided_for_the_office_never_reviews(desk):
    letter = handled(desk)
    drafter = officer(desk.water, Role.HANDLER)
    draft_step(
        letter,
        by=drafter,
        step=Step.EXTEND,
        record={"days": 5, "reasons": "需检测", "told_on": DAY},
        version=letter.version,
        now=START,
    )
    letter = take(letter, Step.ANSWER, desk.head, START, received_on=DAY)
    letter = take(
        letter, Step.ASK_REVIEW, desk.petition, START, to_unit=desk.above, requested_on=DAY
    )  # fmt: skip

    for person in (drafter, desk.petition):
        reviewer = as_reviewer(person, desk.above)
        assert Actor.REVIEWER not in actors(letter, reviewer)


def test_a_second_account_of_who_handled_never_reviews(desk):
    letter = asked(desk)
    same = AccountFactory(name=desk.handler.name, unit=desk.water)
    Account.objects.filter(pk=desk.handler.pk).update(unit=desk.water)
    same = as_reviewer(same, desk.above)

    assert Actor.REVIEWER not in actors(letter, same)
    assert letter not in Letter.objects.visible_to(same)


# --- Objections, extensions, hearings ------------------------------------------------


def test_an_objection_comes_within_five_working_days(desk):
    letter = desk.letter(now=START)
    letter = take(letter, Step.FORWARD, desk.petition, START, to_unit=desk.water)

    assert refused(None, letter, Step.OBJECT, desk.handler, days(8)) == "too_late"
    assert take(letter, Step.OBJECT, desk.handler, days(7)).state == S.OBJECTION


def test_a_refused_objection_is_not_repeated(desk):
    letter = desk.letter(now=START)
    letter = take(letter, Step.FORWARD, desk.petition, START, to_unit=desk.water)
    letter = take(letter, Step.OBJECT, desk.handler, START)
    letter = take(letter, Step.REFUSE, desk.petition, START)

    assert refused(None, letter, Step.OBJECT, desk.handler, START) == "refused_already"


def test_what_has_run_out_is_not_extended_and_nothing_is_extended_twice(desk):
    letter = handled(desk)
    record = {"days": 10, "told_on": DAY}
    late = refused(None, letter, Step.EXTEND, desk.head, days(61), **record)

    letter = take(letter, Step.EXTEND, desk.head, days(60), **record)

    assert late == "too_late"
    code = refused(None, letter, Step.EXTEND, desk.head, days(60), **record)
    assert code == "move_not_allowed"


def hearing(first, last):
    return {"hearing_first": days(first).date(), "hearing_last": days(last).date()}


def test_hearing_days_are_past_days_of_this_re_review_each_once(desk):
    letter = take(asked(desk), Step.REVIEW, desk.reviewer, START, received_on=DAY)
    letter = take(
        letter,
        Step.ASK_REREVIEW,
        desk.petition,
        days(5),
        to_unit=desk.top,
        requested_on=days(5).date(),
    )
    pause, by = Step.PAUSE_FOR_HEARING, desk.rereviewer

    assert refused("hearing_last", letter, pause, by, days(12), **hearing(10, 13)) == (
        "future"
    )
    assert refused("hearing_first", letter, pause, by, days(12), **hearing(4, 11)) == (
        "too_early"
    )
    letter = take(letter, pause, by, days(12), **hearing(10, 12))
    for first, last in ((8, 10), (11, 11), (12, 14)):
        code = refused(
            "hearing_first", letter, pause, by, days(20), **hearing(first, last)
        )
        assert code == "overlaps"
    letter = take(letter, pause, by, days(20), **hearing(13, 14))
    assert letter.clocks.get(clock="C12").legal_on == days(5 + 30 + 5).date()


# --- What an organ receives itself ---------------------------------------------------


@pytest.fixture
def direct(desk):
    """A letter that 徐州市水务局 has received itself."""
    clerk = officer(desk.water, Role.CLERK)
    return letter_at(desk.place, office=desk.water, by=clerk, now=START)


def test_a_letter_received_directly_is_accepted_and_the_notice_clock_stops(
    desk, direct
):
    assert direct.unit == desk.water
    assert [clock.clock for clock in direct.clocks.running()] == ["C3"]

    letter = take(direct, Step.ACCEPT, desk.handler, START, accepted_on=DAY)

    assert letter.state == S.ACCEPTED
    assert [clock.clock for clock in letter.clocks.running()] == ["C7"]


def test_a_letter_received_directly_comes_back_when_the_objection_is_agreed(
    desk, direct
):
    router = AccountFactory(role=Role.PETITION_OFFICER, role__place=desk.js.xuzhou)
    letter = take(direct, Step.FORWARD, router, START, to_unit=desk.roads)
    letter = take(letter, Step.OBJECT, desk.roads_handler, START)

    letter = take(letter, Step.AGREE, router, START)

    assert (letter.state, letter.unit) == (S.REGISTERED, desk.water)
    assert [clock.clock for clock in letter.clocks.running()] == ["C3"]
    letter = take(letter, Step.ACCEPT, desk.handler, START, accepted_on=DAY)
    assert letter.state == S.ACCEPTED


def test_the_leaderships_decision_stops_the_notice_clock_of_a_direct_letter(
    desk, direct
):
    router = AccountFactory(role=Role.PETITION_OFFICER, role__place=desk.js.xuzhou)
    letter = take(direct, Step.PROPOSE, router, START, proposal="请批示")
    letter = take(
        letter, Step.DECIDE, router, START, to_unit=desk.roads, decision="由交通局办理"
    )

    running = {clock.clock for clock in letter.clocks.running()}
    assert running == {"C4", "C5"}


# --- Reports that are owed, help, withdrawal -----------------------------------------


def test_what_is_owed_is_reported_before_the_end(desk):
    letter = desk.letter(now=START, is_urgent=True, urgent_reason="断水")
    report_on = days(50).date()
    letter = take(
        letter,
        Step.ASSIGN,
        desk.petition,
        START,
        to_unit=desk.water,
        report_on=report_on,
    )
    letter = take(letter, Step.ACCEPT, desk.handler, START, accepted_on=DAY)
    letter = take(letter, Step.INQUIRE, desk.handler, START)
    letter = take(letter, Step.ANSWER, desk.head, START, received_on=DAY)

    assert refused(None, letter, Step.CLOSE, desk.head, days(31)) == "owed"
    letter = take(
        letter, Step.REPORT_URGENT, desk.petition, days(31), reported_to="市委"
    )
    assert refused(None, letter, Step.CLOSE, desk.head, days(31)) == "owed"
    letter = take(letter, Step.REPORT_BACK, desk.handler, days(31), report="已办结")

    assert take(letter, Step.CLOSE, desk.head, days(31)).state == S.CLOSED


def test_a_report_is_recorded_while_others_review_and_before_the_archive(desk):
    letter = desk.letter(now=START)
    letter = take(
        letter,
        Step.ASSIGN,
        desk.petition,
        START,
        to_unit=desk.water,
        report_on=days(50).date(),
    )
    letter = take(letter, Step.ACCEPT, desk.handler, START, accepted_on=DAY)
    letter = take(letter, Step.INQUIRE, desk.handler, START)
    letter = take(letter, Step.ANSWER, desk.head, START, received_on=DAY)
    for step, by, unit in (
        (Step.ASK_REVIEW, desk.petition, desk.above),
        (Step.REVIEW, desk.reviewer, None),
        (Step.ASK_REREVIEW, desk.petition, desk.top),
    ):
        record = {"to_unit": unit, "requested_on": DAY} if unit else {}
        letter = take(letter, step, by, START, **record)
        if letter.state in (S.UNDER_REVIEW, S.UNDER_REREVIEW):
            offered = {move.step for move in steps_for(letter, desk.petition)}
            assert Step.REPORT_BACK in offered
    letter = take(letter, Step.REREVIEW, desk.rereviewer, START)

    assert refused(None, letter, Step.ARCHIVE, desk.petition, START) == "owed"
    letter = take(letter, Step.REPORT_BACK, desk.handler, START, report="已办结")
    assert take(letter, Step.ARCHIVE, desk.petition, START).state == S.ARCHIVED


def test_urgency_is_reported_in_every_state_that_goes_on(desk):
    letter = desk.letter(now=START, is_urgent=True, urgent_reason="断水")
    letter = take(letter, Step.GUIDE, desk.petition, START)
    assert refused(None, letter, Step.ARCHIVE, desk.petition, START) == "owed"

    letter = take(letter, Step.REPORT_URGENT, desk.petition, START, reported_to="市委")

    assert not letter.clocks.running().filter(clock="C2").exists()


def test_the_unit_helps_after_closing_until_it_is_archived(desk):
    letter = take(answered(desk), Step.CLOSE, desk.head, days(31))
    assert actors(letter, desk.handler) == actors(letter, desk.head) == {Actor.FORMER}
    letter = take(letter, Step.HELP, desk.handler, days(31), help_given="介绍社会救助")
    assert letter.state == S.CLOSED

    letter = take(letter, Step.ARCHIVE, desk.petition, days(31))

    assert letter not in Letter.objects.visible_to(desk.handler)


def test_a_withdrawn_letter_is_neither_solved_nor_closed_by_it(desk):
    letter = handled(desk)
    before = letter.due_on

    letter = take(letter, Step.WITHDRAW, desk.handler, START, statement="我不要求了")

    assert (letter.state, letter.outcome, letter.ended_on) == (S.HANDLING, "", None)
    assert letter.due_on == before


# --- Drafts ---------------------------------------------------------------------------


def draft(desk, letter, step=Step.EXTEND, **record):
    given = {"days": 5, "reasons": "需检测", "told_on": DAY} | record
    return draft_step(
        letter,
        by=desk.handler,
        step=step,
        record=given,
        version=letter.version,
        now=START,
    )


def test_a_draft_lapses_when_a_step_overtakes_it(desk):
    letter = handled(desk)
    waiting = draft(desk, letter)

    letter = take(letter, Step.INQUIRE, desk.handler, START)
    waiting.refresh_from_db()
    assert waiting.state == LetterDraft.State.PENDING
    letter = take(letter, Step.ANSWER, desk.head, START)

    waiting.refresh_from_db()
    assert waiting.state == LetterDraft.State.LAPSED
    with pytest.raises(Refusal) as refusal:
        approve_draft(waiting, by=desk.head, now=START)
    assert refusal.value.code == "decided"


def test_an_approved_draft_stays_approved(desk):
    letter = handled(desk)
    waiting = draft(desk, letter)

    approve_draft(waiting, by=desk.head, now=START)

    waiting.refresh_from_db()
    assert waiting.state == LetterDraft.State.APPROVED


def test_a_draft_is_checked_as_the_step_itself(desk):
    letter = handled(desk)

    with pytest.raises(ValidationError) as refusal:
        draft(desk, letter, told_on=days(1).date())

    assert code_of(refusal, "told_on") == "future"


def test_litigation_has_no_days_for_an_objection_but_one_refusal(desk):
    letter = desk.letter(now=START, category=Category.LITIGATION)
    letter = take(letter, Step.FORWARD, desk.petition, START, to_unit=desk.water)
    letter = take(letter, Step.OBJECT, desk.handler, days(20))
    letter = take(letter, Step.REFUSE, desk.petition, days(20))

    code = refused(None, letter, Step.OBJECT, desk.handler, days(20))

    assert code == "refused_already"
