"""The traps of the domain handbook, section 2.3, on the list that is shipped."""

import lzma
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cadres.management.commands.load_places import SHIPPED
from cadres.models import District
from cadres.reports.place_search import find_places, named_exactly
from cadres.rules.levels import Level
from tests.factories import UnitFactory, VisitFactory, at

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def django_db_setup_places(django_db_setup, django_db_blocker):
    """The shipped list, once for all tests of this module."""
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        out = StringIO()
        call_command("load_places", stdout=out)
        connection.check_constraints()  # else each test checks all links anew
        yield out.getvalue()
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def shipped(django_db_setup_places, db):
    return django_db_setup_places


def now(code):
    return District.objects.valid(on=TODAY).get(code=code)


def test_the_list_is_loaded_whole_and_once(shipped):
    with lzma.open(SHIPPED, "rt", encoding="utf-8") as lines:
        count = sum(1 for _line in lines) - 1
    assert f"{count} added, 0 changed, 0 as before, 0 refused" in shipped

    again = StringIO()
    call_command("load_places", stdout=again)
    assert f"0 added, 0 changed, {count} as before, 0 refused" in again.getvalue()


@pytest.mark.parametrize(
    ("code", "cities", "townships", "villages"),
    [("32", 13, 1487, 21_958), ("3509", 1, 130, 2_368)],
)
def test_the_list_has_every_village_of_jiangsu_and_ningde(
    code, cities, townships, villages
):
    inside = District.objects.real().valid(on=TODAY).within(now(code))

    assert inside.filter(level=Level.PREFECTURE).count() == cities
    assert inside.filter(level=Level.TOWNSHIP).count() == townships
    assert inside.filter(level=Level.VILLAGE).count() == villages


def test_the_list_has_the_whole_country_to_townships():
    valid = District.objects.valid(on=TODAY)

    assert valid.filter(level=Level.TOWNSHIP).count() == 41_352
    assert valid.real().filter(level=Level.PREFECTURE).count() == 333
    assert valid.filter(level=Level.PREFECTURE, is_virtual=True).count() == 9


def test_trap_1_names_repeat_and_paths_tell_them_apart():
    found = named_exactly("鼓楼区", on=TODAY)

    assert [place.code for place in found] == ["320106", "320302", "350102", "410204"]
    assert len({place.path for place in found}) == 4
    assert now("320302").path == "江苏 / 徐州 / 鼓楼区"


def test_trap_2_a_code_is_used_again_but_one_at_a_time():
    mine, jiuli = District.objects.filter(code="320304").order_by("valid_from")

    assert (mine.name, jiuli.name) == ("矿区", "九里区")
    assert jiuli.valid_to.year == 2010
    assert [place.code for place in jiuli.successors.order_by("code")] == [
        "320302",
        "320311",
        "320312",
    ]
    assert not District.objects.valid(on=TODAY).filter(code="320304").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        District.objects.filter(pk=mine.pk).update(valid_to=date(2000, 1, 1))


def test_trap_3_land_moves_without_a_new_code_of_the_county():
    before = District.objects.valid(on=date(2021, 2, 28)).get(name="拾屯街道")
    after = now("320302008")

    assert before.path == "江苏 / 徐州 / 铜山区 / 拾屯街道"
    assert after.path == "江苏 / 徐州 / 鼓楼区 / 拾屯街道"
    assert (after.valid_from, list(before.successors.all())) == (
        date(2021, 3, 1),
        [after],
    )
    assert before.prefecture == after.prefecture
    assert before.county.code == "320312"


@pytest.mark.parametrize(
    ("code", "parent", "path"),
    [
        ("110101", "1101", "北京 / 东城区"),
        ("500229", "5002", "重庆 / 城口县"),
        ("419001", "4190", "河南 / 济源市"),
        ("429004", "4290", "湖北 / 仙桃市"),
        ("469001", "4690", "海南 / 五指山市"),
        ("659001", "6590", "新疆 / 石河子市"),
    ],
)
def test_trap_4_dummy_rows_are_kept_and_hidden(code, parent, path):
    place = now(code)

    assert (place.parent.code, place.parent.is_virtual) == (parent, True)
    assert place.path == path
    assert place in District.objects.valid(on=TODAY).right_below(place.province)


def test_trap_4_the_prefix_is_not_the_parent():
    island = now("460321451")

    assert island.county.code == "460302"
    assert island.path == "海南 / 三沙 / 西沙区 / 永兴"


@pytest.mark.parametrize("code", ["4419", "4420", "4604", "6202"])
def test_trap_5_a_city_without_counties_is_its_own(code):
    city = now(code)
    townships = District.objects.within(city).filter(level=Level.TOWNSHIP)

    assert city.is_countyless_city
    assert townships.exists()
    assert not townships.exclude(county=city, parent=city).exists()
    assert not District.objects.filter(level=Level.COUNTY).within(city).exists()


def test_trap_6_zones_are_no_districts_in_law():
    zones = District.objects.filter(level=Level.COUNTY, code__regex=r"7[1-9]$")

    assert zones.count() == 124
    assert not zones.filter(is_zone=False).exists()
    assert not zones.filter(managed_by=None).exists()
    zone = now("321171")
    assert (zone.name, zone.parent.code, zone.kind) == ("镇江新区", "3211", "zone")


def test_trap_7_county_level_follows_civil_affairs():
    counties = District.objects.valid(on=TODAY).filter(level=Level.COUNTY)

    assert counties.filter(source_list="civil").count() == 2_846
    assert not counties.filter(source_list="statistics", is_zone=False).exists()
    assert now("460302").name == "西沙区"
    assert not counties.filter(code__in=["460321", "441900", "620201"]).exists()


@pytest.mark.parametrize(("code", "name"), [("653228", "和康县"), ("653229", "和安县")])
def test_trap_8_new_counties_are_there_from_their_list_on(code, name):
    place = now(code)

    assert (place.name, place.valid_from) == (name, date(2024, 12, 31))
    assert place.path == f"新疆 / 和田 / {name}"


def test_trap_9_a_visit_keeps_the_place_as_it_was():
    before = District.objects.get(code="320312008")
    visit = VisitFactory(
        places=[before],
        unit=UnitFactory(place=now("3203")),
        starts_at=at("2021-02-01 09:00"),
        held=True,
    )

    assert visit.stops.get().county.code == "320312"
    assert [it.county.code for it in before.successors.all()] == ["320302"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("鼓", "320106"),
        ("拾屯", "320302008"),
        ("拾", "320302008"),
        ("徐州 鼓楼", "320302"),
        ("徐州 gl", "320302"),
        ("xuzhou gulou", "320302"),
        ("xuzhoushi", "3203"),
        ("gulouqu", "320106"),
        ("320302008", "320302008"),
        ("321183", "321183"),
        ("江苏 / 徐州 / 鼓楼区", "320302"),
        ("北京 东城区", "110101"),
    ],
)
def test_find_places_by_name_pinyin_and_code(typed, first):
    assert find_places(typed, on=TODAY)[0].code == first


def test_find_places_offers_neither_closed_nor_dummy_ones():
    assert "九里区" not in [it.name for it in find_places("九里", on=TODAY)]
    assert not [it for it in find_places("市辖区", on=TODAY) if it.is_virtual]


def test_find_places_reads_little_whatever_is_typed():
    """No statement reads the table whole: each word is answered by an index."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cadres_district")
    for typed in ("鼓", "鼓楼", "徐州 鼓楼", "徐州 gl", "glq", "3203", "没有这个"):
        with CaptureQueriesContext(connection) as queries:
            find_places(typed, on=TODAY)
        for query in queries.captured_queries:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {query['sql']}")
                plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan" not in plan, f"{typed}\n{plan}"
