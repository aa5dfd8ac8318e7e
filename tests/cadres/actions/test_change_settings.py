import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from cadres.actions.change_settings import change_settings
from cadres.models import Setting, SettingChange
from tests.factories import at

pytestmark = pytest.mark.django_db
NOW = at("2026-11-24 10:00")


def change(by, **values):
    values = {name.replace("__", "."): value for name, value in values.items()}
    return change_settings(by=by, now=NOW, values=values)


def recorded():
    return list(
        SettingChange.objects.order_by("pk").values_list("name", "before", "after")
    )


def test_change_settings_sets_and_records(district_admin):
    change(district_admin, crowd__county_days=14)

    assert Setting.objects.as_dict()["crowd.county_days"] == 14
    assert recorded() == [("crowd.county_days", None, 14)]
    row = SettingChange.objects.get()
    assert (row.by, row.at) == (district_admin, NOW)


def test_change_settings_back_to_the_default(district_admin):
    change(district_admin, crowd__county_days=14)
    change(district_admin, crowd__county_days=None)

    assert not Setting.objects.exists()
    assert Setting.objects.as_dict()["crowd.county_days"] == 7
    assert recorded()[1] == ("crowd.county_days", 14, None)


def test_change_settings_twice_is_one_change(district_admin):
    change(district_admin, crowd__county_days=14, vehicles__max=3)
    again = change(district_admin, crowd__county_days=14, vehicles__max=3)

    assert again == []
    assert SettingChange.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("crowd__county_days", 367),
        ("crowd__county_days", -1),
        ("onsite__deadline_days", 0),
        ("hidden__delay_hours", 721),
        ("nuclear__button", 1),
    ],
)
def test_change_settings_refuses_what_is_out_of_bounds(district_admin, name, value):
    with pytest.raises(ValidationError) as refusal:
        change(district_admin, vehicles__max=3, **{name: value})

    assert set(refusal.value.error_dict) == {name.replace("__", ".")}
    assert not Setting.objects.exists()
    assert recorded() == []


@pytest.mark.parametrize(
    "tamper",
    [
        lambda rows: rows.update(after=99),
        lambda rows: rows.delete(),
    ],
)
def test_what_is_recorded_stays(district_admin, tamper):
    change(district_admin, vehicles__max=3)

    with pytest.raises(DatabaseError), transaction.atomic():
        tamper(SettingChange.objects.all())

    assert recorded() == [("vehicles.max", None, 3)]
