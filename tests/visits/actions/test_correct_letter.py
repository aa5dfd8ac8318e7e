from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.factories.letters import take
from visits.actions.correct_letter import (
    correct_letter,
    correct_people,
    look_to_correct,
)
from visits.actions.register_letter import Identity
from visits.models import Access
from visits.rules.letter_records import CORRECTED, in_words
from visits.rules.letter_states import Step

pytestmark = pytest.mark.django_db
NOW = timezone.localtime
WROTE = Identity("李测试", "环城街道测试小区3号楼", "13800002207")


def correct(letter, by, *, version=None, reasons="登记有误", **fields):
    letter.refresh_from_db()
    stands = {name: getattr(letter, name) for name in CORRECTED}
    return correct_letter(
        letter,
        by=by,
        version=letter.version if version is None else version,
        reasons=reasons,
        now=NOW(),
        **stands | fields,
    )


def test_what_stood_there_is_kept_in_the_history(casework):
    letter = casework.letter()

    correct(letter, casework.clerk, request="小区电梯停运", channel="visit")
    correct(letter, casework.clerk, request="小区电梯长期停运", is_oral=True)

    letter.refresh_from_db()
    assert (letter.request, letter.channel, letter.is_oral, letter.version) == (
        "小区电梯长期停运",
        "visit",
        True,
        3,
    )
    first, second = letter.events.filter(step=Step.CORRECT).order_by("pk")
    assert (first.by, first.acted_as, first.from_state, first.to_state) == (
        casework.clerk,
        "clerk",
        "registered",
        "registered",
    )
    assert first.record == {
        "reasons": "登记有误",
        "was_request": "小区自来水时断时续",
        "was_channel": "letter",
    }
    assert second.record["was_request"] == "小区电梯停运"
    assert second.record["was_is_oral"] is False


def test_what_stood_there_is_told_in_words(casework, english):
    letter = casework.letter(external_ref="")
    today = timezone.localdate()

    correct(
        letter,
        casework.clerk,
        external_ref="GX-1",
        no_phone_calls=True,
        received_on=today - timedelta(days=1),
        channel="fax",
    )

    record = letter.events.get(step=Step.CORRECT).record
    assert [(str(label), value) for label, value in in_words(record)] == [
        ("Reasons", "登记有误"),
        ("Before: Received on", today),
        ("Before: Channel", "Letter"),
        ("Before: No phone calls", "no"),
        ("Before: Number in the official system", "—"),
    ]


def test_another_day_of_receipt_counts_the_clocks_anew(casework):
    letter = casework.letter()
    before = letter.clocks.get(clock="C1").legal_on

    correct(
        letter,
        casework.clerk,
        received_on=timezone.localdate() - timedelta(days=3),
    )

    letter.refresh_from_db()
    assert letter.clocks.get(clock="C1").legal_on == before - timedelta(days=3)
    assert letter.due_legal_on == before - timedelta(days=3)


def test_search_finds_the_new_words_and_keeps_what_came_later(casework):
    letter = casework.handled()
    take(letter, Step.ANSWER, casework.head)

    correct(letter, casework.petition, facts="四号楼")

    letter.refresh_from_db()
    assert letter.search_text.startswith("小区自来水时断时续\n四号楼\n")
    assert "更换水泵" in letter.search_text
    assert "三号楼" not in letter.search_text


def test_another_place_settles_the_letter_there(casework, js):
    letter = casework.letter()

    correct(letter, casework.clerk, place=js.gulou)

    letter.refresh_from_db()
    assert (letter.place, letter.county_id) == (js.gulou, js.gulou.county_id)
    assert letter.events.get(step=Step.CORRECT).record["was_place"] == (
        js.huancheng.path
    )


def test_who_checked_an_identity_is_who_corrected_it(casework):
    letter = casework.letter()

    correct(letter, casework.petition, identity_document="card")

    letter.refresh_from_db()
    assert letter.identity_checked_by == casework.petition


@pytest.mark.parametrize(
    ("who", "at", "may"),
    [
        ("clerk", "letter", True),
        ("petition", "letter", True),
        ("petition", "handled", True),
        ("clerk", "forwarded", False),
        ("handler", "handled", False),
        ("head", "handled", False),
        ("far", "letter", False),
        ("sealer", "letter", False),
    ],
)
def test_only_clerk_until_it_is_routed_and_the_office_correct(casework, who, at, may):
    letter = getattr(casework, at)()
    by = getattr(casework, who)

    if may:
        correct(letter, by, request="路灯不亮")
        return
    with pytest.raises(ValidationError) as refusal:
        correct(letter, by, request="路灯不亮")
    assert refusal.value.code == "not_yours"


def test_a_sealed_letter_is_not_corrected_here(casework):
    letter = casework.letter(complains_about_someone=True)

    with pytest.raises(ValidationError) as refusal:
        correct(letter, casework.petition, request="路灯不亮")

    assert refusal.value.code == "not_yours"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"version": 7}, "stale"),
        ({"reasons": " "}, "no_reason"),
        ({}, "nothing_changed"),
    ],
)
def test_corrections_that_are_refused(casework, fields, code):
    letter = casework.letter()

    with pytest.raises(ValidationError) as refusal:
        correct(letter, casework.clerk, **fields)

    assert refusal.value.code == code
    assert not letter.events.filter(step=Step.CORRECT).exists()


def test_a_letter_cannot_have_come_after_it_was_accepted(casework):
    yesterday = timezone.localdate() - timedelta(days=1)
    letter = casework.forwarded(received_on=yesterday)
    take(letter, Step.ACCEPT, casework.handler, accepted_on=yesterday)

    with pytest.raises(ValidationError) as refusal:
        correct(letter, casework.petition, received_on=timezone.localdate())

    assert refusal.value.error_dict["received_on"][0].code == "too_late"


def people(letter, by, *persons, **more):
    letter.refresh_from_db()
    return correct_people(
        letter,
        by=by,
        people=persons,
        now=NOW(),
        **{"version": letter.version, "reasons": "电话记错"} | more,
    )


def test_who_wrote_is_corrected_behind_a_look(casework):
    letter = casework.letter()
    right = Identity("李测试", "环城街道测试小区3号楼", "13800002208")

    look_to_correct(letter, by=casework.clerk, reason="来电更正", now=NOW())
    people(letter, casework.clerk, right)

    [row] = letter.petitioners.all()
    assert row.read()["contact"] == "13800002208"
    look = Access.objects.get(letter=letter)
    assert (look.by, look.kind, look.reason) == (
        casework.clerk,
        Access.Kind.IDENTITY,
        "来电更正",
    )
    event = letter.events.get(step=Step.CORRECT_PEOPLE)
    assert event.record == {}
    assert b"13800002207" not in bytes(event.sealed_record)


def test_who_wrote_is_deleted_on_request(casework):
    letter = casework.letter()
    look_to_correct(letter, by=casework.petition, reason="要求删除", now=NOW())

    people(letter, casework.petition)

    assert not letter.petitioners.exists()


@pytest.mark.parametrize(
    ("persons", "more", "code"),
    [
        ((WROTE,), {}, "nothing_changed"),
        ([Identity(name=it) for it in "甲乙丙丁戊己"], {}, "too_many_representatives"),
        ((), {"version": 7}, "stale"),
        ((), {"reasons": ""}, "no_reason"),
    ],
)
def test_people_that_are_refused(casework, persons, more, code):
    letter = casework.letter()
    look_to_correct(letter, by=casework.clerk, reason="来电更正", now=NOW())

    with pytest.raises(ValidationError) as refusal:
        people(letter, casework.clerk, *persons, **more)

    assert refusal.value.code == code


def test_nobody_corrects_who_wrote_without_a_look(casework):
    letter = casework.letter()

    with pytest.raises(ValidationError) as refusal:
        people(letter, casework.clerk)

    assert refusal.value.code == "not_open"


def test_nobody_else_looks_to_correct(casework):
    letter = casework.forwarded()

    for by in (casework.clerk, casework.handler, casework.far):
        with pytest.raises(ValidationError) as refusal:
            look_to_correct(letter, by=by, reason="来电更正", now=NOW())
        assert refusal.value.code == "not_yours"
    assert not Access.objects.exists()
