import json
import time

import pytest
from django.urls import reverse

from cadres.models import Session
from cadres.rules.roles import Role
from tests.factories import UnitFactory
from tests.factories.intake import reception_data, register_data
from tests.factories.letters import letter_at, officer, petition_office, take
from visits.models import Access, Letter
from visits.models.receipt import is_code
from visits.rules.letter_states import Category, Step
from visits.views import fresh_codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(js):
    return petition_office(js.xuzhou)


@pytest.fixture
def clerk(office):
    return officer(office, Role.CLERK)


@pytest.fixture
def desk(client, clerk):
    client.force_login(clerk)
    return client


def register(desk, office, js, **fields):
    desk.post(
        reverse("visits:letter_register"), register_data(office, js.huancheng) | fields
    )
    return Letter.objects.order_by("-pk")[0]


def receipt(desk, letter, **query):
    return desk.get(reverse("visits:letter_receipt", args=[letter.reference]), query)


def new_code(desk, letter, reason="回执遗失"):
    address = reverse("visits:letter_new_code", args=[letter.reference])
    return desk.post(address, {"reason": reason})


def test_the_code_is_shown_once_and_the_look_is_written_down(desk, clerk, office, js):
    letter = register(desk, office, js)

    first, second = receipt(desk, letter), receipt(desk, letter)

    code = first.context["code"]
    assert is_code(letter.reference, code, letter.code_hash)
    assert f"{code[:4]}-{code[4:]}" in first.content.decode()
    assert second.status_code == 200 and second.context["code"] == ""
    assert code[:4] not in second.content.decode()
    [look] = Access.objects.all()
    assert (look.letter, look.by, look.kind) == (letter, clerk, Access.Kind.PRINTED)


def test_only_the_masked_name_is_printed_and_only_with_the_code(desk, office, js):
    letter = register(desk, office, js)

    first, second = (
        receipt(desk, letter).content.decode(),
        receipt(desk, letter).content.decode(),
    )

    assert "李某" in first and "李某" not in second
    for secret in ("李测试", "13800002207", "测试小区3号楼"):
        assert secret not in first + second


def test_if_the_look_cannot_be_written_nothing_is_shown(desk, office, js, monkeypatch):
    letter = register(desk, office, js)

    def full_disk(**fields):
        raise OSError("disk full")

    monkeypatch.setattr(Access.objects, "create", full_disk)
    with pytest.raises(OSError):
        receipt(desk, letter)


def test_the_code_is_nowhere_in_clear(desk, office, js):
    letter = register(desk, office, js)
    kept = json.dumps([session.get_decoded() for session in Session.objects.all()])

    code = receipt(desk, letter).context["code"]

    assert code not in kept
    assert not Letter.objects.filter(code_hash__contains=code).exists()
    response = receipt(desk, letter)
    assert code not in response.request["QUERY_STRING"] + response.request["PATH_INFO"]


def test_the_picture_leads_to_the_look_up_page_without_the_code(
    desk, office, js, monkeypatch
):
    made = []
    from visits.reports import receipt as report

    real = report.segno.make
    monkeypatch.setattr(
        report.segno, "make", lambda text, **how: made.append(text) or real(text, **how)
    )
    letter = register(desk, office, js)

    page = receipt(desk, letter)

    assert made == [f"http://testserver/lookup/?reference={letter.reference}"]
    assert 'src="data:image/svg+xml' in page.content.decode()


def test_after_a_quarter_of_an_hour_the_code_is_gone(desk, office, js, monkeypatch):
    letter = register(desk, office, js)
    later = time.time() + fresh_codes.SECONDS + 1
    monkeypatch.setattr(fresh_codes.time, "time", lambda: later)

    assert receipt(desk, letter).context["code"] == ""


def test_a_new_code_ends_the_old_one(desk, clerk, office, js):
    letter = register(desk, office, js)
    old = receipt(desk, letter).context["code"]

    response = new_code(desk, letter, reason="回执遗失，本人到场")
    new = receipt(desk, letter).context["code"]

    letter.refresh_from_db()
    assert response.url == reverse("visits:letter_receipt", args=[letter.reference])
    assert is_code(letter.reference, new, letter.code_hash)
    assert not is_code(letter.reference, old, letter.code_hash)
    [look] = Access.objects.filter(kind=Access.Kind.NEW_CODE)
    assert (look.by, look.reason) == (clerk, "回执遗失，本人到场")


def test_a_new_code_needs_a_reason(desk, office, js):
    letter = register(desk, office, js)

    response = new_code(desk, letter, reason=" ")

    assert response.status_code == 422
    assert response.context["form"].errors["reason"]
    assert is_code(letter.reference, response.context["code"], letter.code_hash)
    assert not Access.objects.filter(kind=Access.Kind.NEW_CODE).exists()


def test_a_sealed_letter_has_its_receipt_and_is_gone_then(
    desk, office, js, monkeypatch
):
    letter = register(desk, office, js, complains_about_someone="on")

    page = receipt(desk, letter)
    assert page.context["code"]
    assert "自来水" not in page.content.decode()
    again = new_code(desk, letter)
    assert again.status_code == 302

    later = time.time() + fresh_codes.SECONDS + 1
    monkeypatch.setattr(fresh_codes.time, "time", lambda: later)
    assert receipt(desk, letter).status_code == 404
    assert new_code(desk, letter).status_code == 404


def test_others_find_no_receipt(desk, client_of, office, js):
    sealed = register(desk, office, js, complains_about_someone="on")
    letter = letter_at(js.gulou)
    colleague = client_of(officer(office, Role.CLERK))

    for other in (sealed, letter):
        assert receipt(colleague, other).status_code == 404
    assert receipt(desk, letter).status_code == 404
    assert receipt(client_of(officer(office)), sealed).status_code == 404


@pytest.mark.parametrize("role", Role)
def test_receipts_are_of_those_who_register(client, office, js, role):
    letter = letter_at(js.huancheng, office=office)
    client.force_login(officer(office, role))

    found = receipt(client, letter).status_code

    expected = {Role.PETITION_OFFICER: 200, Role.CLERK: 404}
    assert found == expected.get(role, 403)


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("petition", {}, "Within 15 days of receiving it, that unit tells you"),
        ("petition", {"category": Category.LITIGATION}, "by its own rules"),
        ("petition", {"complains_about_someone": True}, "by its own rules"),
        ("department", {}, "whether the matter is accepted"),
    ],
)
def test_the_next_step_stands_there_in_plain_words(js, english, kind, fields, words):
    from visits.reports.receipt import receipt_of

    office = UnitFactory(name="来信的机关", place=js.xuzhou, kind=kind)
    letter = letter_at(js.huancheng, office=office, **fields)

    found = receipt_of(letter)

    assert words in found.next_step
    assert (found.by - letter.received_on).days == 15


def test_after_forwarding_the_receipt_speaks_of_the_unit(js, english):
    from visits.reports.receipt import receipt_of

    office = petition_office(js.xuzhou)
    letter = letter_at(js.huancheng, office=office)
    letter = take(
        letter, Step.FORWARD, officer(office), to_unit=UnitFactory(place=js.xuzhou)
    )

    assert (
        receipt_of(letter).next_step
        == "You are told in writing whether the matter is accepted."
    )


@pytest.mark.parametrize("paper", ["a6", "a5", "'><script>", ""])
def test_the_paper_is_one_of_two(desk, clerk, office, js, paper):
    desk.post(
        reverse("visits:letter_reception_row"), reception_data(clerk, office, js.gulou)
    )

    page = receipt(desk, Letter.objects.get(), paper=paper)

    assert page.context["paper"] == (paper if paper == "a6" else "a5")
    assert page.context["code"]
