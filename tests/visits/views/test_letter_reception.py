import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import CadreFactory, UnitFactory
from tests.factories.intake import reception_data
from tests.factories.letters import letter_at, officer, petition_office
from visits.models import Letter
from visits.views.letter_reception import GIVEN

RECEPTION = "visits:letter_reception"
ROW = "visits:letter_reception_row"


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


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_only_those_who_register_send_rows(client, office, js, role):
    account = officer(office, role)
    client.force_login(account)

    response = client.post(reverse(ROW), reception_data(account, office, js.gulou))

    assert response.status_code == (
        201 if role in (Role.CLERK, Role.PETITION_OFFICER) else 403
    )


@pytest.mark.django_db
def test_the_page_works_without_scripts(desk, clerk, office, js):
    response = desk.post(
        reverse(RECEPTION),
        reception_data(clerk, office, js.gulou, queue_number=7, category="request"),
    )

    letter = Letter.objects.get()
    assert response.url == reverse(RECEPTION)
    assert (letter.channel, letter.queue_number, letter.subject.name) == (
        "visit",
        7,
        "水利水务",
    )
    form = desk.get(reverse(RECEPTION)).context["form"]
    assert (form["place"].value(), form["queue_number"].value()) == (js.gulou.pk, 8)
    assert (form["category"].value(), form["name"].value()) == ("request", None)


@pytest.mark.django_db
def test_what_is_wrong_is_said_beside_it_and_the_text_stays(desk, clerk, office, js):
    data = reception_data(clerk, office, js.gulou, contact="320302198001010017")

    response = desk.post(reverse(RECEPTION), data)

    assert response.status_code == 422
    assert (
        response.context["form"].errors.as_data()["contact"][0].code
        == "identity_number"
    )
    assert "小区自来水时断时续" in response.content.decode()


@pytest.mark.django_db
def test_a_group_is_one_matter_with_its_representatives(desk, clerk, office, js):
    data = reception_data(
        clerk,
        office,
        js.gulou,
        people=12,
        representatives="王芳 13800000001；赵强；孙丽 13800000003",
    )

    assert desk.post(reverse(ROW), data).status_code == 201

    letter = Letter.objects.get()
    people = [row.read() for row in letter.petitioners.order_by("position")]
    assert letter.people == 12
    assert [one["name"] for one in people] == ["李测试", "王芳", "赵强", "孙丽"]
    assert people[1]["contact"] == "13800000001"


@pytest.mark.django_db
def test_a_child_is_marked_in_the_row_and_the_adults_beside_it_are_not(
    desk, clerk, office, js
):
    data = reception_data(
        clerk, office, js.gulou, is_child="on", representatives="王芳 13800000001"
    )

    assert desk.post(reverse(ROW), data).status_code == 201

    rows = Letter.objects.get().petitioners.order_by("position")
    assert [row.kind for row in rows] == ["child", "person"]


@pytest.mark.django_db
def test_more_than_five_representatives_are_refused(desk, clerk, office, js, english):
    desk.cookies["django_language"] = "en"
    data = reception_data(clerk, office, js.gulou, representatives="甲;乙;丙;丁;戊")

    response = desk.post(reverse(ROW), data)

    assert response.status_code == 422
    assert response.json()["errors"] == {
        "Further representatives": ["At most five representatives (Art. 20)."]
    }


@pytest.mark.django_db
def test_a_row_of_someone_else_is_not_taken(desk, office, js):
    other = officer(office, Role.CLERK)

    response = desk.post(reverse(ROW), reception_data(other, office, js.gulou))

    assert response.status_code == 409
    assert not Letter.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("typed_by", ["", "x", "9" * 40, "\x00"])
def test_a_row_that_does_not_say_whose_it_is_is_not_taken(
    desk, clerk, office, js, typed_by
):
    data = reception_data(clerk, office, js.gulou) | {"typed_by": typed_by}

    assert desk.post(reverse(ROW), data).status_code == 409


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"request": "\x00"},
        {"queue_number": "-1"},
        {"queue_number": "9" * 30},
        {"people": "1e9"},
        {"client_key": "x"},
        {"stop": "abc"},
        {"representatives": "一二三四五六七八九十" * 6},
    ],
)
def test_bad_rows_come_back_with_their_errors(desk, clerk, office, js, fields):
    response = desk.post(reverse(ROW), reception_data(clerk, office, js.gulou) | fields)

    assert response.status_code == 422
    assert len(response.json()["errors"]) == 1
    assert not Letter.objects.exists()


@pytest.mark.django_db
def test_a_sealed_row_says_nothing_of_itself(desk, clerk, office, js):
    CadreFactory(name="钱某某", unit=UnitFactory(name="鼓楼区住建局", place=js.gulou))
    data = reception_data(clerk, office, js.gulou, official="钱某某")

    row = desk.post(reverse(ROW), data).json()["row"]

    letter = Letter.objects.get()
    assert letter.is_sealed
    assert letter.printed_reference in row
    for secret in ("自来水", "钱某某", "李测试"):
        assert secret not in row + desk.get(reverse(RECEPTION)).content.decode()


@pytest.mark.django_db
def test_rows_of_others_are_not_shown(desk, clerk, office, js):
    mine = letter_at(js.gulou, office=office, by=clerk)
    letter_at(js.gulou, office=office)

    shown = desk.get(reverse(RECEPTION)).context["rows"]

    assert [row["letter"] for row in shown] == [mine]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_rows(
    desk, clerk, office, js, count, django_assert_num_queries
):
    for _n in range(count):
        letter_at(js.gulou, office=office, by=clerk)

    with django_assert_num_queries(13):
        desk.get(reverse(RECEPTION))


@pytest.mark.django_db(transaction=True)
def test_one_row_sent_six_times_at_once_is_one_letter(office, clerk, js, client_of):
    data = reception_data(clerk, office, js.gulou)
    desks = [client_of(clerk) for _n in range(6)]
    answers = []

    def send(desk):
        try:
            answers.append(desk.post(reverse(ROW), data).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[desk]) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [201] * 6
    assert Letter.objects.count() == 1
    assert Letter.objects.get().petitioners.count() == 1


@pytest.mark.django_db
def test_what_is_rare_is_kept_when_it_is_typed(desk, clerk, office, js):
    data = reception_data(
        clerk,
        office,
        js.gulou,
        is_oral="on",
        is_read_back="on",
        external_ref="GX-2",
        identity_document="card",
    )

    assert desk.post(reverse(ROW), data).status_code == 201

    letter = Letter.objects.get()
    assert (letter.is_oral, letter.is_read_back, letter.external_ref) == (
        True,
        True,
        "GX-2",
    )
    assert (letter.identity_document, letter.identity_checked_by) == ("card", clerk)


@pytest.mark.django_db
def test_an_identity_that_nobody_checked_has_no_checker(desk, clerk, office, js):
    desk.post(reverse(ROW), reception_data(clerk, office, js.gulou))

    letter = Letter.objects.get()
    assert (letter.identity_document, letter.identity_checked_by) == ("", None)


@pytest.mark.django_db
def test_day_and_queue_begin_anew_each_day(desk, clerk, office, js):
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    data = reception_data(clerk, office, js.gulou, queue_number=7, channel="phone")
    desk.post(reverse(RECEPTION), data | {"received_on": yesterday})
    form = desk.get(reverse(RECEPTION)).context["form"]
    assert (str(form["received_on"].value()), form["queue_number"].value()) == (
        yesterday,
        8,
    )

    session = desk.session
    session[GIVEN] |= {"typed_on": yesterday}
    session.save()

    form = desk.get(reverse(RECEPTION)).context["form"]
    assert form["received_on"].value() == timezone.localdate()
    assert form["queue_number"].value() is None
    assert form["channel"].value() == "phone"
