from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories.intake import rows
from visits.rules.letter_states import Step

pytestmark = pytest.mark.django_db


def address(letter, name="letter_correct"):
    return reverse(f"visits:{name}", args=[letter.reference])


def data(letter, **fields):
    return {
        "version": letter.version,
        "received_on": letter.received_on.isoformat(),
        "channel": letter.channel,
        "place": letter.place.path,
        "place_id": letter.place_id,
        "request": letter.request,
        "facts": letter.facts,
        "people": letter.people,
        "reasons": "登记有误",
    } | fields


@pytest.mark.parametrize(
    ("who", "status"),
    [("clerk", 200), ("petition", 200), ("far", 404), ("handler", 403)],
)
def test_who_sees_the_page(client, casework, who, status):
    client.force_login(getattr(casework, who))

    assert client.get(address(casework.letter())).status_code == status


def test_after_routing_it_is_gone_for_the_clerk(client, casework):
    letter = casework.forwarded()
    client.force_login(casework.clerk)

    assert client.get(address(letter)).status_code == 404


def test_a_slip_is_corrected_and_shows_in_the_course(client, casework):
    letter = casework.letter()
    client.force_login(casework.clerk)
    page = client.get(address(letter))
    assert "小区自来水时断时续" in page.content.decode()

    response = client.post(address(letter), data(letter, request="小区电梯停运"))

    assert response.url == letter.get_absolute_url()
    shown = client.get(response.url).content.decode()
    assert "小区电梯停运" in shown
    assert "小区自来水时断时续" in shown
    assert address(letter) in shown


@pytest.mark.parametrize(
    "fields",
    [
        {"received_on": "9999-12-31"},
        {"received_on": "0001-01-01"},
        {"request": ""},
        {"reasons": ""},
        {"version": "x"},
        {"place": "\x00"},
        {"people": "0"},
        {"identity_document": "320302198001010017"},
        {"facts": "身份证320302198001010017"},
        {},
    ],
)
def test_what_is_wrong_comes_back(client, casework, fields):
    letter = casework.letter()
    client.force_login(casework.clerk)

    response = client.post(address(letter), data(letter) | fields)

    assert response.status_code == 422
    assert not letter.events.filter(step=Step.CORRECT).exists()


def test_after_someone_else_acted_the_next_save_counts(client, casework):
    letter = casework.letter()
    client.force_login(casework.petition)

    sent = data(letter, version=letter.version + 5, request="小区电梯停运")
    response = client.post(address(letter), sent)

    assert response.status_code == 422
    assert response.context["form"]["version"].value() == str(letter.version)


def test_names_show_only_behind_a_look(client, casework):
    letter = casework.letter()
    client.force_login(casework.clerk)
    assert "13800002207" not in client.get(address(letter)).content.decode()

    look = address(letter, "letter_correct_look")
    assert client.post(look, {"reason": ""}).status_code == 422
    assert client.post(look, {"reason": "来电更正"}).url == address(letter)

    assert "13800002207" in client.get(address(letter)).content.decode()


def person(**fields):
    row = {
        "name": "李测试",
        "contact": "13800002207",
        "address": "环城街道测试小区3号楼",
        "kind": "person",
    } | fields
    return rows("petitioners", row) | {"reasons": "电话记错"}


def test_a_wrong_number_is_put_right(client, casework):
    letter = casework.letter()
    client.force_login(casework.petition)
    client.post(address(letter, "letter_correct_look"), {"reason": "来电更正"})
    url = address(letter, "letter_correct_people")

    sent = person(contact="13800002208") | {"version": letter.version}
    response = client.post(url, sent)

    assert response.url == address(letter)
    assert letter.petitioners.get().read()["contact"] == "13800002208"
    page = client.get(letter.get_absolute_url()).content.decode()
    assert "13800002207" in page  # what stood there, while the look holds
    moved = timezone.now() - timedelta(hours=1)
    assert letter.events.get(step=Step.CORRECT_PEOPLE).at > moved


def test_without_a_look_nothing_of_it_comes_back(client, casework):
    letter = casework.letter()
    client.force_login(casework.petition)
    url = address(letter, "letter_correct_people")

    response = client.post(url, person(name="王") | {"version": letter.version})

    assert response.status_code == 422
    assert "13800002207" not in response.content.decode()
    assert letter.petitioners.get().read()["name"] == "李测试"


def test_a_row_more_saves_nothing(client, casework):
    letter = casework.letter()
    client.force_login(casework.petition)
    client.post(address(letter, "letter_correct_look"), {"reason": "来电更正"})
    url = address(letter, "letter_correct_people")

    response = client.post(url, person() | {"version": 1, "add_petitioners": "1"})

    assert response.status_code == 200
    assert len(response.context["sheet"].sets["petitioners"].forms) == 2
