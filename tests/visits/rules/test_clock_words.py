from datetime import date

import pytest
from django.utils import translation

from tests.visits.rules.test_clocks import (
    LAW,
    accepted,
    answered,
    asked,
    by_clock,
    clocks,
    fact,
    handled,
    only,
    received,
    reviewed,
)
from visits.rules.clock_words import article, explain, left
from visits.rules.clocks import Term
from visits.rules.letter_states import Category, Clock, Step

D = date.fromisoformat


@pytest.mark.usefixtures("english")
def test_a_clock_explains_event_article_rest_days_and_safe_day():
    found = by_clock("C1", "2026-09-18")

    assert explain(found, D("2026-09-28")) == (
        "Route (Art. 22): started on 18 Sep 2026, with receipt at the petition "
        "office; 15 days, the start day not counted: by law until 3 Oct 2026. "
        "The last working day before that is 30 Sep 2026: act by then. "
        "Rest days: 1 Oct 2026 to 3 Oct 2026 (National Day). "
        "2 days left."
    )


@pytest.mark.usefixtures("english")
def test_a_clock_of_working_days_names_what_was_skipped_and_made_up():
    found = by_clock("C5", "2026-02-13")

    words = explain(found, D("2026-02-14"))

    assert "5 working days" in words
    assert "Rest days: 15 Feb 2026 (Spring Festival), 16 Feb 2026 (Lunar" in words
    assert "17 Feb 2026 to 23 Feb 2026 (Spring Festival)." in words
    assert "Worked although a weekend: 14 Feb 2026 (make-up day" in words


@pytest.mark.usefixtures("english")
def test_a_provisional_clock_and_a_local_rule_say_so():
    local = Term("C1", 10, False, D("2024-01-01"), area=7)

    words = explain(
        clocks(received("2026-12-24"), terms=[*LAW, local])[0], D("2026-12-25")
    )

    assert "The rule of this area applies, not the national one." in words
    assert "Provisional: the plan of days off is not yet published." in words


@pytest.mark.usefixtures("english")
def test_a_window_of_the_petitioner_says_that_it_rolls_on():
    words = explain(by_clock("C9", "2026-01-30"), D("2026-02-01"))

    assert "by law until 2 Mar 2026" in words
    assert "1 Mar 2026, is a rest day, so it rolls on. Rest days: 1 Mar" in words
    assert "Worked although" not in words
    assert words.endswith("Open for 29 more days.")


@pytest.mark.usefixtures("english")
def test_hearing_days_are_said_to_be_left_out():
    pause = fact(
        Step.PAUSE_FOR_HEARING,
        "2026-03-10",
        hearing_first="2026-03-10",
        hearing_last="2026-03-12",
    )
    asked_on = asked(Step.ASK_REREVIEW, "2026-03-02")

    found = only(clocks(*reviewed("2026-03-02"), asked_on, pause), "C12")

    assert "3 days of the hearing are left out." in explain(found, D("2026-03-20"))


@pytest.mark.usefixtures("english")
def test_a_stopped_clock_says_by_what_and_whether_in_time():
    facts = [received("2026-03-02"), fact(Step.FORWARD, "2026-03-20")]

    words = explain(clocks(*facts)[0], D("2026-04-01"))

    assert words.endswith("Stopped on 20 Mar 2026 by “Forward”. Done, 3 days late.")


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("2026-09-20", "10 days left"),
        ("2026-09-29", "1 day left"),
        ("2026-09-30", "Due today"),
        ("2026-10-01", "Safe day missed; legal limit 3 Oct 2026"),
        ("2026-10-03", "Safe day missed; legal limit 3 Oct 2026"),
        ("2026-10-04", "1 day late"),
        ("2026-10-09", "6 days late"),
    ],
)
def test_what_is_left_of_a_clock(on, words):
    assert left(by_clock("C1", "2026-09-18"), D(on)) == words


@pytest.mark.usefixtures("english")
def test_an_extension_and_a_report_are_told_in_their_own_way():
    extended = clocks(*handled("2026-09-18"), fact(Step.EXTEND, "2026-11-10", days=30))
    assigned = clocks(
        received("2026-03-02"), fact(Step.ASSIGN, "2026-03-03", report_on="2026-04-01")
    )

    ahead = explain(only(extended, "C8"), D("2026-11-11"))
    assert ahead.startswith(
        "Handle, extended (Art. 34): starts on 17 Nov 2026, with the end of the "
        "handling period, and runs for 30 days: by law until 17 Dec 2026."
    )
    assert left(only(extended, "C7"), D("2026-11-11")) == "Extended"
    late = clocks(*handled("2026-09-18"), fact(Step.EXTEND, "2026-11-19", days=30))
    assert left(only(late, "C7"), D("2026-11-20")) == "Done, 2 days late"
    assert "the report is due on 1 Apr 2026" in explain(
        only(assigned, "C6"), D("2026-03-04")
    )


def one_of_each():
    in_full = clocks(
        received("2026-03-02"),
        fact(Step.ASSIGN, "2026-03-03", report_on="2026-05-06"),
        accepted("2026-03-05"),
        fact(Step.EXTEND, "2026-04-20", days=20),
        answered("2026-05-18", "2026-05-19"),
        asked(Step.ASK_REVIEW, "2026-05-20"),
        fact(Step.REVIEW, "2026-06-01", received_on="2026-06-02"),
        asked(Step.ASK_REREVIEW, "2026-06-08"),
        urgent="2026-03-02",
    )
    return [
        *in_full,
        *clocks(received("2026-03-02", target_on="2026-03-09"), direct=True),
        *clocks(
            *handled("2026-03-02", target_on="2026-04-01"),
            fact(Step.REPLY, "2026-03-20"),
            fact(Step.SUPERVISE, "2026-03-25", carry_out_by="2026-04-30"),
            category=Category.SUGGESTION,
        ),
        *clocks(
            *handled("2026-03-02", limit_on="2026-06-01", limit_law="Licensing Law"),
            category=Category.REQUEST_OTHER,
        ),
    ]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_clock_explains_itself_in_both_languages(language):
    with translation.override(language):
        found = one_of_each()
        assert {it.clock for it in found} == set(Clock)
        for it in found:
            words = explain(it, D("2026-06-10"))
            assert str(it.clock.label) in words
            assert article(it) in words
            assert "%" not in words
            has_chinese = any("一" <= c <= "鿿" for c in words)
            assert has_chinese is (language == "zh-hans")


def test_chinese_sentences_follow_each_other_without_a_space():
    with translation.override("zh-hans"):
        words = explain(by_clock("C1", "2026-09-18"), D("2026-09-28"))

    assert words == (
        "转送交办（第22条）：2026年9月18日起算，自信访部门收到之日；期限15日，起算日不计，"
        "法定期限至2026年10月3日。在此之前的最后一个工作日为2026年9月30日，请在该日前办理。"
        "休息日：2026年10月1日至2026年10月3日（国庆节）。还剩2天。"
    )
