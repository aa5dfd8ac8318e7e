import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.models import Setting, SettingChange
from cadres.rules.settings import OFFICE
from tests.factories import AccountFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("cadres:settings")


@pytest.fixture(autouse=True)
def in_english(client):
    client.cookies["django_language"] = "en"


def typed(own=None, **values):
    """What the page sends: every field, and what each showed at first."""
    own = own or {}
    data = {name: str(own.get(name, "")) for name in OFFICE}
    data |= {f"initial-{name}": str(own.get(name, "")) for name in OFFICE}
    return data | {name.replace("__", "."): it for name, it in values.items()}


def test_settings_are_for_those_who_edit_them(client, liaison, reader):
    for account in (liaison, reader, AccountFactory()):
        client.force_login(account)
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, typed(vehicles__max="3")).status_code == 403
        assert (
            f'href="{PAGE}"'
            not in client.get(reverse("visits:feedback")).content.decode()
        )
    assert not Setting.objects.exists()


def test_settings_show_every_setting_with_default_and_basis(client, district_admin):
    Setting.objects.create(name="vehicles.max", value=3)
    client.force_login(district_admin)

    response = client.get(PAGE)

    text = response.content.decode()
    for choice in OFFICE.values():
        assert str(choice.label) in text
    assert [row["own"] for row in response.context["rows"] if row["own"]] == [3]
    assert PAGE in client.get(reverse("visits:feedback")).content.decode()


def test_settings_save_what_was_changed_and_record_it(client, district_admin):
    client.force_login(district_admin)

    response = client.post(PAGE, typed(vehicles__max="3"), follow=True)

    assert dict(Setting.objects.values_list("name", "value")) == {"vehicles.max": 3}
    change = SettingChange.objects.get()
    assert (change.before, change.after, change.by) == (None, 3, district_admin)
    text = response.content.decode()
    assert "Changed: Vehicles before a warning." in text
    assert district_admin.name in text


def test_settings_leave_alone_what_a_colleague_changed_meanwhile(
    client, district_admin
):
    client.force_login(district_admin)
    Setting.objects.create(name="press.max", value=9)

    client.post(PAGE, typed(vehicles__max="3"))

    assert Setting.objects.as_dict()["press.max"] == 9


@pytest.mark.parametrize("how", [{"reset": "vehicles.max"}, {"vehicles.max": ""}])
def test_settings_go_back_to_the_default(client, district_admin, how):
    Setting.objects.create(name="vehicles.max", value=3)
    client.force_login(district_admin)

    client.post(PAGE, typed({"vehicles.max": 3}) | how)

    assert not Setting.objects.exists()
    change = SettingChange.objects.get()
    assert (change.before, change.after) == (3, None)


def test_settings_sent_twice_are_one_change(client, district_admin):
    client.force_login(district_admin)

    for _n in range(2):
        client.post(PAGE, typed(vehicles__max="3"))

    assert SettingChange.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vehicles.max", "100"),
        ("vehicles.max", "-1"),
        ("vehicles.max", "9" * 10_000),
        ("vehicles.max", "2.5"),
        ("vehicles.max", "zwei"),
        ("vehicles.max", "\x00"),
        ("onsite.deadline_days", "0"),
        ("hidden.delay_hours", "721"),
    ],
)
def test_settings_answer_bad_values_beside_the_field(
    client, district_admin, name, value
):
    client.force_login(district_admin)

    response = client.post(PAGE, typed() | {name: value, "press.max": "5"})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [name]
    assert response.context["form"]["press.max"].value() == "5"
    assert not Setting.objects.exists()


def test_settings_survive_a_forged_form(client, district_admin):
    client.force_login(district_admin)

    response = client.post(
        PAGE, {"reset": "nuclear.button", "initial-vehicles.max": "\x00x"}
    )

    assert response.status_code in (302, 422)
    assert not Setting.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_settings_cost_the_same_for_any_number_of_changes(
    client, district_admin, count, django_assert_num_queries
):
    for n in range(count):
        SettingChange.objects.create(
            name="press.max", after=n, by=AccountFactory(), at=timezone.now()
        )
    client.force_login(district_admin)

    with django_assert_num_queries(5):  # sign-in (2), roles, settings, changes
        response = client.get(PAGE)

    assert len(response.context["changes"]) == count


def test_a_change_of_a_setting_that_is_no_more_is_still_shown(client, district_admin):
    SettingChange.objects.create(name="old.one", after=1, by=district_admin)
    client.force_login(district_admin)

    assert "old.one" in client.get(PAGE).content.decode()
