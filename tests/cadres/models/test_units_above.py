"""Which unit stands one level above which: it reviews what the other decides."""

import pytest

from cadres.models import Unit
from cadres.rules.levels import Level
from tests.factories import UnitFactory
from tests.factories.places import PlaceFactory

pytestmark = pytest.mark.django_db


def reviews(above, unit):
    return Unit.objects.one_below([above.pk]).filter(pk=unit.pk).exists()


def test_the_superior_and_the_level_above_in_the_area_review(js):
    province = UnitFactory(place=js.js)
    city = UnitFactory(place=js.xuzhou)
    county = UnitFactory(place=js.gulou)
    line = UnitFactory(place=js.nanjing)
    led = UnitFactory(place=js.xuzhou, superior=line)

    assert reviews(city, county)
    assert reviews(province, city)
    assert reviews(line, led)
    assert not reviews(province, county)
    assert not reviews(line, county)
    assert not reviews(county, city)
    assert not reviews(city, city)


def test_a_level_that_is_not_there_is_not_counted():
    """Districts of a municipality; townships of a city without counties."""
    chongqing = PlaceFactory(code="50", name="重庆市")
    listed = PlaceFactory(code="5001", name="市辖区", parent=chongqing, is_virtual=True)
    district = PlaceFactory(code="500103", name="渝中区", parent=listed)
    guangdong = PlaceFactory(code="44", name="广东省")
    dongguan = PlaceFactory(code="4419", name="东莞市", parent=guangdong)
    dongguan.county = dongguan
    dongguan.save()
    town = PlaceFactory(code="441900101", name="石碣镇", parent=dongguan)

    assert reviews(UnitFactory(place=chongqing), UnitFactory(place=district))
    in_town = UnitFactory(place=town)
    assert in_town.level == Level.TOWNSHIP
    assert reviews(UnitFactory(place=dongguan), in_town)
    assert not reviews(UnitFactory(place=guangdong), in_town)
