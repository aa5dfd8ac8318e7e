"""The petitioner's pages: what a receipt tells, and how little to whoever finds one."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.letter_world import LetterWorld
from tests.factories.letters import take
from visits.actions.issue_code import issue_code
from visits.actions.look_up_letter import OF_ADDRESS, OF_REFERENCE
from visits.models import LookupTry, PressureReport, Rating
from visits.models.receipt import hash_of
from visits.reports.letter_progress import progress_of
from visits.rules.letter_states import Category, LetterState, Step
from visits.rules.lookup import PLAIN

pytestmark = pytest.mark.django_db
LOOKUP = reverse("visits:lookup")
MATTER = reverse("visits:lookup_matter")
RATE = reverse("visits:lookup_rate")
PRESSURE = reverse("visits:lookup_pressure")
CODE = "ABCD2345"


@pytest.fixture
def world(js):
    return LetterWorld(js)


def with_code(letter):
    letter.code_hash = hash_of(letter.reference, CODE)
    letter.save(update_fields=["code_hash"])
    return letter


def ask(client, reference, code=CODE, **headers):
    return client.post(LOOKUP, {"reference": reference, "code": code}, **headers)


def opened(client, letter):
    assert ask(client, letter.reference).url == MATTER
    return client.get(MATTER)


def text_of(response):
    return response.content.decode()


def test_a_receipt_shows_state_unit_and_dates_and_neither_content_nor_name(
    client, world, english
):
    letter = with_code(world.answered())
    take(
        letter,
        Step.DELIVER,
        world.head,
        received_on=timezone.localdate(),
        delivered_how="hand",
    )

    page = opened(client, letter)

    progress = page.context["progress"]
    today = timezone.localdate()
    assert (progress.unit, progress.office) == (world.water, world.office)
    assert (progress.received_on, progress.answered_on) == (today, today)
    assert (progress.may_ask, progress.ask_until >= today + timedelta(30)) == (
        "C9",
        True,
    )
    for secret in (letter.request, letter.facts, "李测试", "13800002207", "更换水泵"):
        assert secret not in text_of(page)
    assert "<script" not in text_of(page)


def test_a_supervised_letter_still_tells_the_next_right(world):
    letter = take(world.answered(), Step.SUPERVISE, world.petition)

    progress = progress_of(letter, on=timezone.localdate())

    assert (progress.may_ask, progress.ask_until) == ("C9", None)


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1}-{2}", "{3}"])
def test_number_and_code_are_taken_however_they_are_typed(client, world, typed):
    letter = with_code(world.letter())
    ref = letter.reference
    typed = typed.format(ref, ref[:4], ref[4:], ref.lower())

    assert ask(client, typed, code=" abcd-2345 ").url == MATTER


def test_nothing_of_the_letter_stands_in_an_address(client, world):
    letter = with_code(world.letter())

    response = ask(client, letter.reference)

    assert letter.reference not in response.url
    assert CODE not in response.url
    # Not "no-referrer": with it, browsers send forms from nowhere, and they are refused.
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in response.headers["Cache-Control"]


def test_known_and_unknown_numbers_are_answered_alike(
    client, world, django_assert_num_queries
):
    letter = with_code(world.letter())
    answers = []
    for number, reference in enumerate((letter.reference, "ZZZZ9999")):
        with django_assert_num_queries(4):
            response = ask(
                Client(), reference, code="XXXX2222", REMOTE_ADDR=f"10.0.0.{number}"
            )
        body = text_of(response).replace(reference, "")
        answers.append((response.status_code, len(body)))

    assert answers[0] == answers[1]
    assert answers[0][0] == 422


def test_tries_at_one_number_are_limited_with_the_right_code_as_well(client, world):
    letter = with_code(world.letter())
    for _try in range(OF_REFERENCE):
        ask(client, letter.reference, "XXXX2222")

    refused = ask(client, letter.reference)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    LookupTry.objects.update(since=timezone.now() - timedelta(hours=2))
    assert ask(client, letter.reference).url == MATTER


def test_nobody_locks_a_petitioner_out_from_elsewhere(client, world):
    letter = with_code(world.letter())
    for _try in range(OF_REFERENCE + 1):
        ask(client, letter.reference, "XXXX2222", REMOTE_ADDR="10.0.1.1")

    assert ask(client, letter.reference, REMOTE_ADDR="10.0.2.1").url == MATTER


def test_right_codes_count_for_nothing(client, world):
    letter = with_code(world.letter())

    for _try in range(OF_REFERENCE + 1):
        assert ask(client, letter.reference).url == MATTER

    assert set(LookupTry.objects.values_list("tries", flat=True)) == {0}


def test_behind_a_proxy_the_address_before_it_counts(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    far = {"REMOTE_ADDR": "10.0.0.1"}
    for number in range(OF_ADDRESS + 1):
        ask(
            client,
            f"ZZZZ{number:04}",
            **far,
            # What stands before the proxy's own entry is whatever someone sent.
            HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, 198.51.100.7",
        )

    mine, other = (
        ask(client, "YYYY2222", **far, HTTP_X_FORWARDED_FOR=address).status_code
        for address in ("198.51.100.7", "198.51.100.8")
    )

    assert (mine, other) == (429, 422)


def test_the_picture_on_the_receipt_brings_the_number_never_a_code(client, world):
    letter = with_code(world.letter())

    page = client.get(LOOKUP, {"reference": letter.reference, "code": CODE})

    assert f'value="{letter.reference}"' in text_of(page)
    assert not page.context["form"]["code"].value()


@pytest.mark.parametrize("typed", ["'><script>", "A" * 9, "ＡＢＣＤ２３４５", ""])
def test_an_address_brings_nothing_but_a_number(client, typed):
    page = client.get(LOOKUP, {"reference": typed})

    assert page.context["form"]["reference"].value() == ""


def test_whoever_makes_a_new_code_does_not_rate_with_it(client, world, english):
    letter = with_code(world.answered())
    code = issue_code(letter, by=world.clerk, reason="回执遗失", now=timezone.now())
    client.cookies["django_language"] = "en"
    ask(client, letter.reference, code)

    page = client.get(MATTER)
    answer = client.post(RATE, {"unit_grade": 3})

    assert "staff made a new code" in text_of(page)
    assert RATE not in text_of(page)
    assert answer.status_code == 422
    assert not Rating.objects.exists()


def test_a_week_after_a_new_code_it_can_be_rated(client, world):
    letter = with_code(world.answered())
    week = timezone.now() - timedelta(days=7)
    code = issue_code(letter, by=world.clerk, reason="回执遗失", now=week)
    ask(client, letter.reference, code)

    client.post(RATE, {"unit_grade": 3})

    assert Rating.objects.get().unit_grade == 3


def test_tries_are_limited_for_each_address_whatever_the_number(client):
    for number in range(OF_ADDRESS):
        assert ask(client, f"ZZZZ{number:04}").status_code == 422

    assert ask(client, "YYYY2222").status_code == 429
    assert ask(client, "YYYY2222", REMOTE_ADDR="10.0.0.9").status_code == 422


def test_the_table_of_tries_holds_neither_number_nor_address(client):
    ask(client, "ZZZZ9999", REMOTE_ADDR="10.9.8.7")

    rows = str(list(LookupTry.objects.values()))
    assert "ZZZZ9999" not in rows
    assert "10.9.8.7" not in rows


def test_a_right_code_holds_for_a_quarter_of_an_hour(client, world, monkeypatch):
    letter = with_code(world.answered())
    opened(client, letter)
    monkeypatch.setattr("visits.views.lookup.OPEN_FOR", -1)

    assert client.get(MATTER).url == LOOKUP
    assert client.post(RATE, {"unit_grade": 3}).url == LOOKUP
    page = client.post(PRESSURE, {"text": "被单位约谈"})
    assert page.status_code == 422
    assert "被单位约谈" in text_of(page)
    assert not Rating.objects.exists() and not PressureReport.objects.exists()


def test_leaving_closes_the_page(client, world):
    opened(client, with_code(world.letter()))

    client.post(reverse("visits:lookup_leave"))

    assert client.get(MATTER).url == LOOKUP


def test_a_stolen_receipt_does_not_tell_an_accusation_from_a_lawsuit(world):
    pages = []
    sealed = world.sealed(named_units=[world.water])
    lawsuit = world.letter(category=Category.LITIGATION)
    for letter in (sealed, lawsuit):
        page = text_of(opened(Client(), with_code(letter)))
        assert world.office.name not in page
        assert world.water.name not in page
        page = page.replace(letter.printed_reference, "")
        start = page.index("<main")
        pages.append(page[start : page.index("csrfmiddlewaretoken", start)])

    assert pages[0] == pages[1]
    assert opened(Client(), sealed).context["form"] is None


@pytest.mark.parametrize(
    ("reference", "code"),
    [("", ""), ("x" * 500, "y" * 500), ("\x00", "\x00"), ("𠮷" * 8, "'; --")],
)
def test_bad_input_is_answered_beside_the_field(client, reference, code):
    assert ask(client, reference, code).status_code == 422


def test_every_state_has_plain_words():
    assert set(PLAIN) | {LetterState.SEALED} == set(LetterState)


def test_the_public_page_asks_for_no_login_and_shows_no_way_in(client):
    page = client.get(LOOKUP)

    assert page.status_code == 200
    assert "/accounts/login" not in text_of(page)


# --- Rating --------------------------------------------------------------------------


def test_a_rating_is_kept_once_and_can_be_changed(client, world):
    letter = with_code(world.answered())
    opened(client, letter)

    for grade in (1, 3):
        assert client.post(RATE, {"unit_grade": grade}).url == MATTER

    rating = Rating.objects.get()
    assert (rating.letter, rating.office_grade, rating.unit_grade) == (letter, None, 3)


def test_a_rating_is_refused_before_the_answer_after_the_window_or_empty(client, world):
    waiting, done = with_code(world.at_unit()), with_code(world.answered())
    opened(client, waiting)
    assert client.post(RATE, {"unit_grade": 3}).status_code == 422

    opened(client, done)
    for typed in ({}, {"unit_grade": "9"}, {"unit_grade": "x"}):
        assert client.post(RATE, typed).status_code == 422
    from visits.actions.rate_letter import rate_letter
    from visits.actions.refusals import Refusal

    late = timezone.now() + timedelta(days=31)
    with pytest.raises(Refusal) as refusal:
        rate_letter(done, office_grade=3, unit_grade=None, now=late)
    assert refusal.value.code == "too_late"
    assert not Rating.objects.exists()


# --- Pressure ------------------------------------------------------------------------


def test_a_petitioner_reports_pressure_to_the_organ_above(client, world):
    letter = with_code(world.answered())
    opened(client, letter)

    response = client.post(PRESSURE, {"text": "被村干部威胁撤诉"}, follow=True)

    report = PressureReport.objects.get()
    assert report.reference[:4] in text_of(response)
    assert (report.to_unit, report.source, report.letter) == (
        world.above,
        "petitioner",
        letter,
    )
    assert "威胁" not in str(PressureReport.objects.values().get())
    assert {world.clerk.pk, world.handler.pk, world.head.pk} <= set(report.opened_by)
    assert "威胁" not in text_of(response)


def test_pressure_about_a_sealed_letter_goes_above_whom_it_names(client, world):
    letter = with_code(world.sealed(named_units=[world.discipline]))
    opened(client, letter)

    client.post(PRESSURE, {"text": "被约谈"})

    assert PressureReport.objects.get().to_unit == world.above


def test_without_an_organ_above_the_words_stay_on_the_page(client, world):
    letter = with_code(world.letter())
    world.above.dissolved_into = world.province_office
    world.above.save()
    opened(client, letter)

    for text in ("被约谈", "长" * 2001, ""):
        response = client.post(PRESSURE, {"text": text})
        assert response.status_code == 422
        assert text in text_of(response)
    assert not PressureReport.objects.exists()
