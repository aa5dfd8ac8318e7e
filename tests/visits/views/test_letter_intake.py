import logging
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import (
    AccountFactory,
    CadreFactory,
    RoleGrantFactory,
    UnitFactory,
    VisitFactory,
)
from tests.factories.intake import register_data, rows
from tests.factories.letters import letter_at, officer, petition_office
from visits.models import Letter, LetterLink, NamedParty, Petitioner
from visits.rules.letter_states import Category

pytestmark = pytest.mark.django_db
REGISTER = "visits:letter_register"
NOBODY = {"name": "", "contact": "", "address": "", "kind": "person"}
MAY_REGISTER = {Role.CLERK, Role.PETITION_OFFICER}


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


def send(desk, office, js, /, **fields):
    data = register_data(office, js.huancheng) | fields
    return desk.post(reverse(REGISTER), data)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    "name",
    [
        REGISTER,
        "visits:letter_reception",
        "visits:letter_hints",
        "visits:letter_official_pick",
    ],
)
def test_only_those_who_register_come_in(client, office, role, name):
    client.force_login(officer(office, role))
    send = client.get if name in (REGISTER, "visits:letter_reception") else client.post

    status = send(reverse(name)).status_code

    assert status == (200 if role in MAY_REGISTER else 403)


def test_a_letter_is_registered_with_who_wrote_it(desk, clerk, office, js):
    response = send(
        desk,
        office,
        js,
        subject="slsw",
        keep_name_secret="on",
        is_oral="on",
        external_ref="GX-1",
    )

    letter = Letter.objects.get()
    assert response.url == reverse(REGISTER)
    assert (letter.place, letter.office, letter.registered_by) == (
        js.huancheng,
        office,
        clerk,
    )
    assert (letter.subject.name, letter.category, letter.external_ref) == (
        "水利水务",
        "",
        "GX-1",
    )
    assert (letter.keep_name_secret, letter.is_oral, letter.is_sealed) == (
        True,
        True,
        False,
    )
    assert letter.petitioners.get().read()["contact"] == "13800002207"


def test_nothing_about_the_person_is_required(desk, office, js):
    send(desk, office, js, facts="", **rows("petitioners", NOBODY))

    assert Letter.objects.count() == 1
    assert not Petitioner.objects.exists()


def test_the_page_then_offers_the_receipt_and_keeps_what_stays(desk, office, js):
    send(desk, office, js, subject="slsw", channel="phone", category=Category.REQUEST)

    shown = desk.get(reverse(REGISTER))
    letter = Letter.objects.get()
    main = shown.context["sheet"].main

    assert (
        reverse("visits:letter_receipt", args=[letter.reference])
        in shown.content.decode()
    )
    assert main["place"].value() == js.huancheng.pk
    assert (main["subject"].value(), main["channel"].value()) == ("水利水务", "phone")
    assert "李测试" not in shown.content.decode()
    assert "saved" not in desk.get(reverse(REGISTER)).context


def test_the_same_form_sent_twice_is_one_letter(desk, office, js):
    data = register_data(office, js.huancheng)

    desk.post(reverse(REGISTER), data)
    desk.post(reverse(REGISTER), data)

    assert Letter.objects.count() == 1


BAD = [
    ({"request": ""}, "request"),
    ({"request": "   "}, "request"),
    ({"request": "水" * 201}, "request"),
    ({"request": "a\x00b"}, "request"),
    ({"request": "身份证320302198001010017"}, "request"),
    ({"facts": "320302 19800101 001X"}, "facts"),
    ({"facts": "水" * 10_001}, "facts"),
    ({"received_on": "2999-01-01"}, "received_on"),
    ({"received_on": "0001-01-01"}, "received_on"),
    ({"received_on": "gestern"}, "received_on"),
    ({"channel": "pigeon"}, "channel"),
    ({"category": "troublesome"}, "category"),
    ({"subject": "没有这个"}, "subject"),
    ({"subject": "z"}, "subject"),
    ({"people": "0"}, "people"),
    ({"people": "9" * 30}, "people"),
    ({"people": "viele"}, "people"),
    ({"office": "999999"}, "office"),
    ({"office": "x"}, "office"),
    ({"stop": "999999999999999999999"}, "stop"),
    ({"is_urgent": "on"}, "urgent_reason"),
    ({"place": "", "place_id": ""}, "place"),
]


@pytest.mark.parametrize(("fields", "field"), BAD)
def test_bad_input_is_refused_beside_its_field(desk, office, js, fields, field):
    response = send(desk, office, js, **fields)

    assert response.status_code == 422
    assert list(response.context["sheet"].main.errors) == [field]
    assert not Letter.objects.exists()


@pytest.mark.parametrize("key", ["", "abc", "0"])
def test_a_form_without_its_key_is_refused(desk, office, js, key):
    assert send(desk, office, js, client_key=key).status_code == 422
    assert not Letter.objects.exists()


@pytest.mark.parametrize("field", ["name", "address", "contact"])
def test_an_identity_number_is_refused_and_the_typed_text_stays(
    desk, office, js, field
):
    response = send(
        desk,
        office,
        js,
        **rows("petitioners", {"kind": "person", field: "320302198001010017"}),
    )

    row = response.context["sheet"].sets["petitioners"].forms[0]
    assert response.status_code == 422
    assert row.errors.as_data()[field][0].code == "identity_number"
    assert row[field].value() == "320302198001010017"
    assert not Letter.objects.exists()


def test_at_most_five_representatives(desk, office, js):
    people = [{"name": f"代表{n}", "kind": "person"} for n in range(6)]

    assert send(desk, office, js, **rows("petitioners", *people)).status_code == 422
    assert (
        send(
            desk, office, js, people=12, **rows("petitioners", *people[:5])
        ).status_code
        == 302
    )

    letter = Letter.objects.get()
    assert (letter.people, letter.petitioners.count()) == (12, 5)


def test_a_row_is_added_without_scripts(desk, office, js):
    response = send(desk, office, js, add_petitioners="1", request="")

    assert response.status_code == 200
    assert len(response.context["sheet"].sets["petitioners"].forms) == 2
    assert not response.context["sheet"].main.errors


def test_hostile_text_is_shown_as_text(desk, office, js):
    send(desk, office, js, request="<script>alert(1)</script>")

    shown = desk.get(reverse(REGISTER)).content.decode()

    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_the_office_of_another_is_refused(desk, js):
    other = petition_office(js.yancheng)

    assert send(desk, other, js).status_code == 422


def test_who_registers_for_several_offices_chooses(client, js):
    first, second = petition_office(js.gulou), petition_office(js.tongshan)
    account = AccountFactory(unit=second, role=Role.CLERK, role__place=js.xuzhou)
    UnitFactory(name="徐州市财政局", place=js.xuzhou)
    client.force_login(account)

    form = client.get(reverse(REGISTER)).context["sheet"].main

    assert set(form.fields["office"].queryset) == {first, second}
    assert form["office"].value() == second.pk
    assert not form.fields["office"].widget.is_hidden


# --- Sealed from the first keystroke -------------------------------------------------


def test_the_tick_seals_and_shuts_out_who_is_named(desk, clerk, office, js):
    cadre = CadreFactory(
        name="钱某某", unit=UnitFactory(name="鼓楼区住建局", place=js.gulou)
    )

    send(
        desk,
        office,
        js,
        request="插扣工程款",
        complains_about_someone="on",
        **rows("named", {"official": "钱某某", "official_id": "", "unit": ""}),
    )

    letter = Letter.objects.get()
    assert letter.is_sealed and letter.keep_name_secret
    assert NamedParty.objects.get().official == cadre
    assert not Letter.objects.visible_to(clerk).exists()
    assert "插扣工程款" not in desk.get(reverse(REGISTER)).content.decode()


@pytest.mark.parametrize(
    "fields", [{"category": Category.ACCUSATION}, {"complains_about_someone": "on"}]
)
def test_accusations_are_sealed_whatever_is_ticked(desk, office, js, fields):
    send(desk, office, js, **fields)

    assert Letter.objects.get().is_sealed


def test_a_name_alone_seals(desk, office, js):
    CadreFactory(name="钱某某", unit=UnitFactory(name="鼓楼区住建局", place=js.gulou))

    send(desk, office, js, **rows("named", {"official": "钱某某", "unit": ""}))

    assert Letter.objects.get().is_sealed


def test_a_mixed_letter_becomes_two(desk, office, js):
    send(
        desk,
        office,
        js,
        **{"second-request": "主任收受红包", "second-complains_about_someone": "on"},
    )

    request, accusation = Letter.objects.order_by("is_sealed")
    assert (request.request, request.is_sealed, request.split_from) == (
        "小区自来水时断时续",
        False,
        None,
    )
    assert (accusation.is_sealed, accusation.split_from) == (True, request)
    assert accusation.read_sealed_text()["request"] == "主任收受红包"
    assert accusation.petitioners.get().read()["name"] == "李测试"


def test_of_two_matters_the_sealed_one_points_to_the_other(desk, office, js):
    send(desk, office, js, complains_about_someone="on", **{"second-request": "修路"})

    request, accusation = Letter.objects.order_by("is_sealed")
    assert (request.request, request.split_from, accusation.split_from) == (
        "修路",
        None,
        request,
    )
    assert not request.named.exists()


def test_a_mixed_letter_is_refused_as_a_whole(desk, office, js):
    response = send(desk, office, js, **{"second-facts": "没有写请求"})

    assert response.status_code == 422
    assert list(response.context["sheet"].second.errors) == ["request"]
    assert not Letter.objects.exists()


def test_a_mixed_letter_sent_twice_stays_two(desk, office, js):
    data = register_data(office, js.huancheng) | {"second-request": "修路"}

    desk.post(reverse(REGISTER), data)
    desk.post(reverse(REGISTER), data)

    assert Letter.objects.count() == 2


def test_nobody_is_named_in_logs_messages_or_addresses(desk, office, js, caplog):
    with caplog.at_level(logging.DEBUG):
        response = send(desk, office, js)
        shown = desk.get(response.url)

    said = [str(message) for message in shown.context["messages"]]
    for secret in ("李测试", "13800002207", "测试小区"):
        assert secret not in caplog.text + response.url + "".join(said)
        assert secret not in str(dict(desk.session))


# --- The visit -----------------------------------------------------------------------


def visit_by(account, *places):
    """A visit of this morning, held by an official for whom `account` acts."""
    now = timezone.localtime()
    return VisitFactory(
        unit=account.unit,
        officials=[CadreFactory(unit=account.unit)],
        starts_at=now - timedelta(days=1),
        places=list(places),
        hours=1,
        held=True,
    )


def test_a_visit_to_that_place_is_linked(client, office, js):
    account = officer(office)
    client.force_login(account)
    there, elsewhere = visit_by(account, js.gulou, js.tongshan).stops.order_by(
        "position"
    )

    assert send(client, office, js, stop=elsewhere.pk).status_code == 422
    assert send(client, office, js, stop=there.pk).status_code == 302
    assert Letter.objects.get().stop == there


def test_an_unannounced_visit_of_others_is_not_offered(client, office, js):
    account = officer(office)
    client.force_login(account)
    now = timezone.localtime()
    hidden = VisitFactory(
        unit=office,
        officials=[CadreFactory(unit=office)],
        starts_at=now - timedelta(minutes=30),
        places=[js.gulou],
        mode="unannounced",
    )

    assert send(client, office, js, stop=hidden.stops.get().pk).status_code == 422
    assert "看望困难群众" not in client.get(reverse(REGISTER)).content.decode()


# --- Hints -----------------------------------------------------------------------------


@pytest.fixture
def petition(office):
    return officer(office)


def hints(client, **fields):
    return client.post(reverse("visits:letter_hints"), fields)


def test_hints_say_why(client, petition, office, js, english):
    subject = {"subject": "slsw"}
    from visits.models import ContentSubject

    water = ContentSubject.objects.get(initials="slsw")
    letter = letter_at(js.huancheng, office=office, by=petition, subject=water)
    client.force_login(petition)
    client.cookies["django_language"] = "en"

    response = hints(
        client, request="自来水时断时续无人管", place_id=js.huancheng.pk, **subject
    )

    [hint] = response.context["likely"]
    assert hint.letter == letter
    assert hint.reasons == ["same township", "same subject", "6 words alike"]
    assert (
        f'href="{letter.get_absolute_url()}" target="_blank"'
        in response.content.decode()
    )


def test_hints_never_know_a_sealed_letter_nor_anothers(client, petition, office, js):
    letter_at(js.huancheng, office=office, by=petition, complains_about_someone=True)
    letter_at(js.huancheng)
    client.force_login(petition)

    assert (
        hints(client, request="小区自来水时断时续", place_id=js.huancheng.pk).context[
            "likely"
        ]
        == []
    )


@pytest.mark.parametrize(
    "fields", [{"complains_about_someone": "on"}, {"category": "accusation"}]
)
def test_hints_of_what_is_sealed_are_not_looked_up(
    client, petition, office, js, fields, django_assert_max_num_queries
):
    letter_at(js.huancheng, office=office, by=petition)
    client.force_login(petition)

    response = hints(
        client, request="小区自来水时断时续", place_id=js.huancheng.pk, **fields
    )

    assert response.context["likely"] == []


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"request": "a\x00b"},
        {"place_id": "9" * 40},
        {"place_id": "x", "subject": "zz"},
        {"request": "%' or 1=1 --水水水水水水"},
    ],
)
def test_hints_bear_any_input(client, petition, fields):
    client.force_login(petition)

    response = hints(client, **fields)

    assert (response.status_code, response.context["likely"]) == (200, [])


def test_same_matter_is_said_by_a_person_with_a_reason(client, petition, office, js):
    earlier = letter_at(js.huancheng, office=office, by=petition)
    client.force_login(petition)
    send(client, office, js)
    shown = client.get(reverse(REGISTER))
    letter = shown.context["saved"][0]["letter"]
    assert [hint.letter for hint in shown.context["saved"][0]["likely"]] == [earlier]
    address = reverse("visits:letter_same_matter", args=[letter.reference])

    client.post(address, {"other": earlier.reference, "kind": "repeated", "reason": ""})
    assert not LetterLink.objects.exists()
    client.post(
        address, {"other": earlier.reference, "kind": "repeated", "reason": "同一小区"}
    )

    link = LetterLink.objects.get()
    assert (link.letter, link.other, link.by) == (letter, earlier, petition)


def test_a_sealed_letter_is_linked_to_nothing_even_by_its_keeper(
    client, petition, office, js
):
    RoleGrantFactory(account=petition, role=Role.SEAL_OFFICER, unit=office)
    letter, sealed = (
        letter_at(
            js.huancheng, office=office, by=petition, complains_about_someone=secret
        )
        for secret in (False, True)
    )
    client.force_login(petition)

    for one, other in ((letter, sealed), (sealed, letter)):
        response = client.post(
            reverse("visits:letter_same_matter", args=[one.reference]),
            {"other": other.reference, "kind": "related", "reason": "同一人"},
        )
        assert response.status_code == 404
    assert not LetterLink.objects.exists()


def test_a_letter_out_of_sight_cannot_be_linked(client, petition, office, js):
    letter = letter_at(js.huancheng, office=office, by=petition)
    hidden = letter_at(
        js.huancheng, office=office, by=petition, complains_about_someone=True
    )
    client.force_login(petition)
    address = reverse("visits:letter_same_matter", args=[letter.reference])

    for other in (hidden.reference, "22222222"):
        response = client.post(
            address, {"other": other, "kind": "related", "reason": "x"}
        )
        assert response.status_code == 404


# --- Pickers -----------------------------------------------------------------------------


def test_whom_a_letter_is_about_is_never_asked_by_address(desk, js):
    CadreFactory(name="钱某某", unit=UnitFactory(name="鼓楼区住建局", place=js.gulou))
    address = reverse("visits:letter_official_pick")

    assert desk.get(f"{address}?q=钱").status_code == 405
    assert "钱某某 · 鼓楼区住建局" in desk.post(address, {"q": "钱"}).content.decode()
    assert desk.post(address, {"q": "\x00" * 500}).status_code == 200
    assert (
        "鼓楼区住建局"
        in desk.post(reverse("visits:letter_unit_pick"), {"q": "住建"}).content.decode()
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_visits(
    client, office, js, count, django_assert_num_queries
):
    account = officer(office)
    visit_by(account, *[js.gulou] * count)
    client.force_login(account)
    client.get(reverse(REGISTER))

    with django_assert_num_queries(8):  # sign-in 3, offices 1, subjects 2, visits 2
        client.get(reverse(REGISTER))


def test_what_an_expired_sign_in_kept_is_shown_and_saves_nothing(desk, office, js):
    page = desk.get(reverse(REGISTER)).content.decode()
    assert 'data-draft=""' in page

    response = send(desk, office, js, restore="1")

    assert response.status_code == 200
    assert "小区自来水时断时续" in response.content.decode()
    assert not Letter.objects.exists()


def test_of_a_child_nothing_shows_until_it_is_opened_with_a_reason(
    desk, office, js, client_of
):
    """Not even a surname or four digits; the guardian's contact stands in its place."""
    child = {
        "name": "李测试", "contact": "13800002207", "address": "测试小区", "kind": "child"
    }  # fmt: skip
    send(desk, office, js, **rows("petitioners", child))
    letter = Letter.objects.get()
    reader = client_of(officer(office))

    page = reader.get(letter.get_absolute_url()).content.decode()
    assert "某某" in page
    assert "监护人" in page
    for piece in ("李某", "138", "2207", "测试小区"):
        assert piece not in page

    url = reverse("visits:letter_open_identity", args=[letter.reference])
    assert (
        "13800002207"
        in reader.post(url, {"reason": "联系监护人"}, follow=True).content.decode()
    )
