"""Requests about data: from the petitioner's page to the office's answer."""

import pytest
from django.urls import reverse

from tests.factories.letter_world import LetterWorld
from tests.factories.letters import officer, petition_office
from visits.models import Access, DataRequest, Letter, Notice
from visits.models.receipt import hash_of

pytestmark = pytest.mark.django_db
CODE = "ABCD2345"
ASK = reverse("visits:lookup_data")
LIST = reverse("visits:data_request_list")
WORDS = "门牌号应为十二号"


@pytest.fixture
def world(js):
    return LetterWorld(js)


@pytest.fixture
def petitioner(client):
    """A browser without sign-in in which number and code of a letter were given."""

    def of(letter):
        letter.code_hash = hash_of(letter.reference, CODE)
        Letter.objects.filter(pk=letter.pk).update(code_hash=letter.code_hash)
        sent = {"reference": letter.reference, "code": CODE}
        client.post(reverse("visits:lookup"), sent)
        return client

    return of


@pytest.fixture
def asked(world, petitioner):
    """Asked by the petitioner of a letter of the petition office."""
    sent = {"kind": "correct", "asker": "self", "text": WORDS}
    assert petitioner(world.letter()).post(ASK, sent).status_code == 302
    return DataRequest.objects.get()


def answer_url(found):
    return reverse("visits:data_request_answer", args=[found.reference])


def test_what_was_asked_is_kept_encrypted_and_the_office_hears_of_it(world, asked):
    assert WORDS not in str(DataRequest.objects.values().get())
    assert WORDS.encode() not in bytes(asked.sealed_text)
    told = Notice.objects.filter(key=f"decision:data:{asked.pk}")
    assert {it.account for it in told} == {world.petition}


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"kind": "x", "asker": "self"},
        {"kind": "see", "asker": "\x00"},
        {"kind": "delete", "asker": "self", "text": "  "},
        {"kind": "correct", "asker": "self", "text": "长" * 501},
    ],
)
def test_bad_input_is_answered_beside_the_field(world, petitioner, sent):
    page = petitioner(world.letter()).post(ASK, sent)

    assert page.status_code == (400 if "\x00" in str(sent.values()) else 422)
    assert not DataRequest.objects.exists()


def test_the_same_is_asked_once_until_it_is_answered(asked, client):
    sent = {"kind": "correct", "asker": "self", "text": "再次"}
    page = client.post(ASK, sent)
    assert page.status_code == 422
    assert "再次" in page.content.decode()

    assert client.post(ASK, {**sent, "kind": "see"}).status_code == 302
    assert DataRequest.objects.count() == 2


def test_without_number_and_code_nothing_is_asked_and_the_words_stay(client, world):
    assert client.get(ASK).url == reverse("visits:lookup")
    page = client.post(ASK, {"kind": "see", "asker": "self", "text": WORDS})
    assert page.status_code == 422
    assert WORDS in page.content.decode()


def test_only_the_office_of_the_letter_knows_of_it(world, asked, client_of, js):
    far = officer(petition_office(js.nanjing))
    for account, status in (
        (world.petition, 200), (world.clerk, 404), (world.handler, 404),
        (world.head, 404), (world.sealer, 404), (far, 404),
    ):  # fmt: skip
        browser = client_of(account)
        assert browser.get(asked.get_absolute_url()).status_code == status
        sent = {"outcome": "granted", "reasons": "已改"}
        if status == 404:
            assert browser.post(answer_url(asked), sent).status_code == 404
    assert client_of(world.clerk).get(LIST).status_code == 404
    assert (
        asked.get_absolute_url() in client_of(world.petition).get(LIST).content.decode()
    )


def test_each_reading_needs_a_reason_and_is_a_look(world, asked, client_of):
    browser = client_of(world.petition)
    url = asked.get_absolute_url()
    assert WORDS not in browser.get(url).content.decode()
    assert browser.post(url, {"reason": " "}).status_code == 422
    assert not Access.objects.exists()

    page = browser.post(url, {"reason": "核对地址"})

    assert WORDS in page.content.decode()
    look = Access.objects.get()
    assert (look.letter, look.by, look.kind) == (
        asked.letter,
        world.petition,
        "identity",
    )


def test_the_answer_stands_on_the_petitioners_page_and_is_given_once(
    world, asked, client, client_of
):
    browser = client_of(world.petition)
    assert browser.post(answer_url(asked), {"outcome": "partly"}).status_code == 422
    sent = {"outcome": "partly", "reasons": "地址已更正，电话无法核实"}
    assert browser.post(answer_url(asked), sent).status_code == 302
    again = browser.post(answer_url(asked), {"outcome": "refused", "reasons": "不"})

    assert again.status_code == 422
    asked.refresh_from_db()
    assert (asked.outcome, asked.answered_by) == ("partly", world.petition)
    assert "地址已更正，电话无法核实" in client.get(ASK).content.decode()


def test_of_a_sealed_letter_only_the_seal_officer_hears(world, petitioner, client_of):
    letter = world.sealed(named_units=[world.discipline])
    petitioner(letter).post(ASK, {"kind": "see", "asker": "self"})
    found = DataRequest.objects.get()

    assert DataRequest.objects.visible_to(world.petition).count() == 0
    assert not Notice.objects.filter(key__startswith="decision:data:").exists()
    seers = [
        account
        for account in (world.sealer, world.second, world.petition, world.clerk)
        if Letter.objects.visible_to(account).filter(pk=letter.pk).exists()
    ]
    assert seers
    for account in seers:
        page = client_of(account).get(found.get_absolute_url())
        assert page.status_code == 200


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_costs_the_same_for_any_number(
    world, client_of, count, django_assert_max_num_queries
):
    for _n in range(count):
        request = DataRequest(letter=world.letter(), kind="see", asker="self")
        request.write("")
        request.save()
    browser = client_of(world.petition)
    browser.get(LIST)
    with django_assert_max_num_queries(14):
        assert len(browser.get(LIST).context["rows"]) == count
