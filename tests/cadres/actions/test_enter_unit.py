from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from cadres.actions.enter_unit import change_unit, enter_unit
from cadres.models import Unit
from cadres.reports.fingerprint import fingerprint
from cadres.rules.levels import Level
from tests.factories import AccountFactory, UnitFactory, small_jiangsu

pytestmark = pytest.mark.django_db


def values(unit, **more):
    names = ("name", "kind", "level", "place", "superior", "dissolved_into")
    known = {name: getattr(unit, name) for name in names}
    return known | {"by": AccountFactory(), "seen": fingerprint(unit)} | more


def test_enter_unit_once_per_place(js):
    fields = {"name": "信访局", "kind": "petition", "level": 2, "place": js.xuzhou}
    enter_unit(**fields)

    with pytest.raises(ValidationError):
        enter_unit(**fields)
    enter_unit(**fields | {"place": js.yancheng})


def test_change_unit_refuses_a_circle(js):
    top = UnitFactory(place=js.xuzhou)
    middle = UnitFactory(place=js.xuzhou, superior=top)
    low = UnitFactory(place=js.xuzhou, superior=middle)

    for superior in (top, middle, low):
        with pytest.raises(ValidationError) as refusal:
            change_unit(top, **values(top, superior=superior))
        assert refusal.value.error_dict["superior"][0].code == "cycle"
    with pytest.raises(ValidationError) as refusal:
        change_unit(low, **values(low, dissolved_into=low))
    assert refusal.value.error_dict["dissolved_into"][0].code == "cycle"


def test_change_unit_refuses_a_superior_of_lower_level(js):
    city = UnitFactory(place=js.xuzhou)
    county = UnitFactory(place=js.tongshan)

    with pytest.raises(ValidationError) as refusal:
        change_unit(city, **values(city, superior=county))

    assert refusal.value.error_dict["superior"][0].code == "lower"


def test_change_unit_refuses_a_stale_form(js):
    unit = UnitFactory(place=js.xuzhou)
    mine, theirs = values(unit, name="我"), values(unit, name="他")
    change_unit(unit, **theirs)

    with pytest.raises(ValidationError) as refusal:
        change_unit(unit, **mine)

    assert refusal.value.code == "stale"


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_close_no_circle():
    js = small_jiangsu()
    one, other = UnitFactory(place=js.xuzhou), UnitFactory(place=js.xuzhou)
    start, refused = Barrier(2), []

    def work(unit, superior):
        try:
            arguments = values(unit, superior=superior)
            start.wait()
            change_unit(unit, **arguments)
        except ValidationError as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [
        Thread(target=work, args=(one, other)),
        Thread(target=work, args=(other, one)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert Unit.objects.filter(superior__isnull=False).count() == 1
    assert one.level == Level.PREFECTURE
