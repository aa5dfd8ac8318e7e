from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import (
    AbsenceFactory,
    AccountFactory,
    CadreFactory,
    VisitFactory,
)
from visits.models import Absence
from visits.rules.visit_states import Mode

pytestmark = pytest.mark.django_db
LIST = reverse("visits:absence_list")
CREATE = reverse("visits:absence_create")


def ahead(days):
    return timezone.localdate() + timedelta(days=days)


def typed(cadre, /, **other):
    given = {
        "cadre": str(cadre.pk),
        "kind": "leave",
        "first": ahead(7).isoformat(),
        "last": ahead(9).isoformat(),
    }
    return given | other


@pytest.fixture
def absence(leader):
    return AbsenceFactory(cadre=leader.cadre, first=ahead(7))


@pytest.fixture
def stranger(js):
    """Plans elsewhere."""
    return AccountFactory(role=Role.LIAISON, acts_for=[CadreFactory()])


@pytest.mark.parametrize("count", [1, 3])
def test_absence_list_costs_the_same_for_any_number(
    client, liaison, leader, count, django_assert_num_queries
):
    for n in range(count):
        AbsenceFactory(cadre=leader.cadre, first=ahead(10 * n))
    client.force_login(liaison)

    with django_assert_num_queries(5):  # sign-in (2), roles, mandates, absences
        response = client.get(LIST)

    assert len(response.context["absences"]) == count


def test_absence_list_shows_those_to_come_first_and_past_ones_apart(
    client, liaison, leader
):
    later = AbsenceFactory(cadre=leader.cadre, first=ahead(20))
    now = AbsenceFactory(cadre=leader.cadre, first=ahead(-1))
    past = AbsenceFactory(cadre=leader.cadre, first=ahead(-20))
    client.force_login(liaison)

    assert client.get(LIST).context["absences"] == [now, later]
    assert client.get(LIST, {"show": "past"}).context["absences"] == [past]


def test_absence_list_goes_on_page_by_page(client, liaison, leader):
    rows = [AbsenceFactory(cadre=leader.cadre, first=ahead(3 * n)) for n in range(52)]
    client.force_login(liaison)

    first = client.get(LIST)
    second = client.get(LIST + first.context["pager"].next_url)
    back = client.get(LIST + second.context["pager"].previous_url)

    assert second.context["absences"] == rows[50:]
    assert second.context["pager"].next_url == ""
    assert back.context["absences"] == rows[:50]


@pytest.mark.parametrize("edge", ["abc", "0", "9" * 30, "-1", "１", ""])
def test_absence_list_passes_over_bad_page_edges(client, liaison, absence, edge):
    client.force_login(liaison)

    response = client.get(LIST, {"after": edge})

    assert response.context["absences"] == [absence]


def test_absence_list_is_empty_for_those_who_plan_for_others(client, stranger, absence):
    client.force_login(stranger)

    response = client.get(LIST)

    assert response.context["absences"] == []
    assert absence.cadre.name not in response.content.decode()


def test_absences_are_not_for_those_who_do_not_record_them(client, reader, absence):
    client.force_login(reader)

    for address in (LIST, CREATE):
        assert client.get(address).status_code == 403
    for name in ("absence_change", "absence_remove"):
        address = reverse(f"visits:{name}", args=[absence.pk])
        assert client.get(address).status_code == 403
        assert client.post(address).status_code == 403


@pytest.mark.parametrize("name", ["absence_change", "absence_remove"])
def test_an_absence_of_a_stranger_is_not_found(client, stranger, absence, name):
    client.force_login(stranger)

    address = reverse(f"visits:{name}", args=[absence.pk])
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    assert Absence.objects.filter(pk=absence.pk).exists()


@pytest.mark.parametrize("pk", [0, 99_999_999_999_999_999_999])
@pytest.mark.parametrize("name", ["absence_change", "absence_remove"])
def test_an_unknown_absence_is_not_found(client, liaison, name, pk):
    client.force_login(liaison)

    assert client.get(reverse(f"visits:{name}", args=[pk])).status_code == 404


def test_absence_create_records_and_says_so(client, liaison, leader):
    client.force_login(liaison)

    response = client.post(CREATE, typed(leader.cadre), follow=True)

    absence = Absence.objects.get()
    assert (absence.first, absence.recorded_by) == (ahead(7), liaison)
    page = response.content.decode()
    assert leader.cadre.name in page
    assert liaison.name in page


def test_absence_create_sent_twice_is_one_absence(client, liaison, leader):
    client.force_login(liaison)

    for _n in range(2):
        assert client.post(CREATE, typed(leader.cadre)).url == LIST

    assert Absence.objects.count() == 1


def test_absence_create_offers_only_those_one_plans_for(client, liaison, leader):
    other = CadreFactory(name="外人", unit=leader.cadre.unit)
    client.force_login(liaison)

    page = client.get(CREATE).content.decode()
    response = client.post(CREATE, typed(other))

    assert "外人" not in page
    assert "cadre" in response.context["form"].errors
    assert not Absence.objects.exists()


def test_absence_create_names_the_visit_in_the_way_and_keeps_what_was_typed(
    client, liaison, leader, js
):
    visit = VisitFactory(
        officials=[leader.cadre], unit=leader.cadre.unit, places=[js.tangzhang],
        starts_at=timezone.now() + timedelta(days=8),
    )  # fmt: skip
    client.force_login(liaison)

    response = client.post(CREATE, typed(leader.cadre, kind="training"))

    assert response.status_code == 422
    page = response.content.decode()
    assert visit.get_absolute_url() in page
    assert response.context["form"]["kind"].value() == "training"
    assert not Absence.objects.exists()


def test_absence_create_does_not_tell_of_a_hidden_visit(
    client, district_admin, leader, js
):
    visit = VisitFactory(
        officials=[leader.cadre], unit=leader.cadre.unit, places=[js.tangzhang],
        starts_at=timezone.now() + timedelta(days=8), mode=Mode.UNANNOUNCED,
        purpose="突击检查",
    )  # fmt: skip
    client.force_login(district_admin)

    response = client.post(CREATE, typed(leader.cadre))

    assert response.status_code == 422
    page = response.content.decode()
    assert "突击检查" not in page
    assert visit.reference not in page
    assert js.tangzhang.name not in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cadre", ""),
        ("cadre", "x"),
        ("cadre", "9" * 30),
        ("cadre", "\x00"),
        ("kind", "holiday"),
        ("kind", "长" * 10_000),
        ("first", "0001-01-01"),
        ("first", "9999-12-31"),
        ("first", "gestern"),
        ("first", "\x00"),
        ("first", "2026-02-30"),
        ("last", "0001-01-01"),
        ("last", "9999-12-31"),
        ("last", ""),
    ],
)
def test_absence_create_answers_bad_input_beside_the_field(
    client, liaison, leader, field, value
):
    client.force_login(liaison)

    response = client.post(CREATE, typed(leader.cadre, **{field: value}))

    assert response.status_code == 422
    assert response.context["form"].errors
    assert not Absence.objects.exists()


def test_absence_create_says_when_the_end_lies_before_the_beginning(
    client, liaison, leader
):
    client.force_login(liaison)

    response = client.post(CREATE, typed(leader.cadre, last=ahead(6).isoformat()))

    assert list(response.context["form"].errors) == ["last"]


@pytest.mark.parametrize("value", ["abc", "9" * 40, "0001-01-01", "<b>"])
def test_absence_create_survives_a_bad_address(client, liaison, leader, value):
    client.force_login(liaison)

    response = client.get(CREATE, {"official": value, "date": value})

    assert response.status_code == 200
    assert "<b>" not in response.content.decode()


def change_form(absence, **other):
    given = {
        "kind": absence.kind,
        "first": absence.first.isoformat(),
        "last": absence.last.isoformat(),
        "seen": f"{absence.recorded_at:%Y-%m-%dT%H:%M:%S.%f%z}",
    }
    return given | other


def test_absence_change_carries_what_stands_and_saves_what_is_typed(
    client, liaison, absence
):
    client.force_login(liaison)
    address = reverse("visits:absence_change", args=[absence.pk])

    form = client.get(address).context["form"]
    assert form["seen"].value() == change_form(absence)["seen"]
    response = client.post(address, change_form(absence, last=ahead(12).isoformat()))

    absence.refresh_from_db()
    assert (response.url, absence.last) == (LIST, ahead(12))


def test_absence_change_shows_both_when_someone_else_was_first(
    client, liaison, absence
):
    client.force_login(liaison)
    address = reverse("visits:absence_change", args=[absence.pk])
    stale = change_form(absence, kind="training")
    Absence.objects.update(kind="other", recorded_at=timezone.now())

    refused = client.post(address, stale)
    again = client.post(
        address, stale | {"seen": refused.context["form"]["seen"].value()}
    )

    assert refused.status_code == 422
    assert refused.context["is_stale"]
    assert refused.context["form"]["kind"].value() == "training"
    assert refused.context["absence"].kind == "other"
    absence.refresh_from_db()
    assert (again.status_code, absence.kind) == (302, "training")


@pytest.mark.parametrize("seen", ["", "x", "\x00", "9999-99-99T00:00:00.0+0000"])
def test_absence_change_answers_a_broken_token(client, liaison, absence, seen):
    client.force_login(liaison)
    address = reverse("visits:absence_change", args=[absence.pk])

    response = client.post(address, change_form(absence, kind="training", seen=seen))

    assert response.status_code == 422


def test_absence_remove_asks_first(client, liaison, absence):
    client.force_login(liaison)
    address = reverse("visits:absence_remove", args=[absence.pk])

    assert absence.cadre.name in client.get(address).content.decode()
    assert Absence.objects.exists()

    assert client.post(address).url == LIST
    assert not Absence.objects.exists()
    assert client.post(address).status_code == 404


def test_a_leader_records_their_own_absence(client, leader):
    client.force_login(leader)

    client.post(CREATE, typed(leader.cadre))

    assert Absence.objects.get().recorded_by == leader


def test_the_list_says_who_is_away_now(client, liaison, leader):
    AbsenceFactory(cadre=leader.cadre, first=ahead(0))
    client.force_login(liaison)

    client.cookies["django_language"] = "en"

    assert "Away now" in client.get(LIST).content.decode()
