import random
from datetime import timedelta

import pytest
from django.utils import timezone

from cadres.models import Account
from cadres.rules.roles import Role
from tests.factories import (
    AccountFactory,
    CadreFactory,
    ContactPointFactory,
    MatterFactory,
    PlaceFactory,
    UnitFactory,
    VisitFactory,
)
from tests.factories.letters import Caseworkers
from visits.models import Letter
from visits.reports.where_to_go import where_to_go
from visits.rules.activities import Activity
from visits.rules.small_counts import Told
from visits.rules.visit_states import Mode

pytestmark = pytest.mark.django_db

FIGURES = ("open_matters", "due", "letters", "townships", "unvisited", "coming", "last")


def ago(days):
    """At nine, so that no visit reaches into another day."""
    day = timezone.localtime() - timedelta(days=days)
    return day.replace(hour=9, minute=0, second=0, microsecond=0)


def asked(reader, place, **more):
    reader = Account.objects.get(pk=reader.pk)
    return where_to_go(reader, place, now=timezone.now(), **more)


def order_of(found):
    return [line.place for line in found.lines]


def line_of(found, place):
    return next(it for it in found.lines if it.place == place and not it.is_itself)


def figures(line, *, names=FIGURES):
    return {name: getattr(line, name) for name in names}


@pytest.fixture
def random_world(js):
    """Visits, matters and letters anywhere, some on counties and cities themselves."""
    chance = random.Random(20261129)
    places = [js.xuzhou, js.gulou, js.tongshan, js.huancheng, js.shitun]
    places += [js.tangzhang, js.liuji, js.village]
    people = Caseworkers(js)
    for _round in range(40):
        place = chance.choice(places)
        visit = VisitFactory(
            held=True,
            places=[place],
            places__activities=chance.sample(Activity.values, chance.randint(1, 3)),
            starts_at=ago(chance.randint(1, 400)),
            hours=1,
            mode=chance.choice([Mode.ANNOUNCED, Mode.UNANNOUNCED]),
        )
        if chance.random() < 0.6:
            due_on = timezone.localdate() + timedelta(days=chance.randint(-40, 60))
            MatterFactory(stop=visit.stops.get(), assigned=True, due_on=due_on)
    for _round in range(5):
        VisitFactory(
            places=[chance.choice(places)], starts_at=ago(-chance.randint(2, 9))
        )
    one = people.letter()
    rows = []
    for _round in range(30):
        letter = Letter.objects.get(pk=one.pk)
        letter.pk, letter._state.adding = None, True
        for name in ("reference", "seal_id", "client_key"):
            setattr(letter, name, None)
        letter.reference = f"L{len(rows):07}"
        letter.seal_id = letter.client_key = _uuid(len(rows))
        letter.settle_at(chance.choice(places))
        rows.append(letter)
    Letter.objects.bulk_create(rows)
    return js


def _uuid(number):
    return f"00000000-0000-0000-0000-{number:012}"


def test_each_row_is_the_total_of_the_page_below(random_world, province_admin):
    js = random_world
    counted = 0
    for place in (js.js, js.xuzhou, js.tongshan, js.tangzhang):
        found = asked(province_admin, place)
        for line in found.lines:
            if line.is_itself:
                continue
            below = asked(province_admin, line.place).total
            names = FIGURES if place == js.js else set(FIGURES) - {"townships"}
            names = [it for it in names if it != "unvisited" or place == js.js]
            assert figures(line, names=names) == figures(below, names=names)
            counted += line.open_matters + line.letters
        for name in ("open_matters", "due", "letters", "townships", "unvisited"):
            parts = sum(getattr(line, name) for line in found.lines)
            assert getattr(found.total, name) == parts
    assert counted > 50


def test_tiles_have_the_figures_of_the_table(random_world, district_admin):
    js = random_world
    same = ("open_matters", "due", "letters", "last", "coming", "contacts")
    table = asked(district_admin, js.xuzhou)
    tiles = asked(district_admin, js.xuzhou, with_tiles=True)

    for group in tiles.groups:
        line = line_of(table, group.whole.place)
        most = same[:-1]
        assert figures(group.whole, names=most) == figures(line, names=most)
        assert len(group.tiles) == line.townships
        below = asked(district_admin, group.whole.place)
        assert [tile.place for tile in group.tiles] == [
            it.place for it in below.lines if not it.is_itself
        ]
        for tile in group.tiles:
            assert figures(tile, names=same) == figures(
                line_of(below, tile.place), names=same
            )


def test_nobody_since_comes_first_then_the_longest_ago(district_admin, js):
    other = PlaceFactory(code="320312107", name="单集镇", parent=js.tongshan)
    VisitFactory(held=True, places=[js.liuji], starts_at=ago(9), hours=1)
    VisitFactory(held=True, places=[js.tangzhang], starts_at=ago(90), hours=1)

    by_need = asked(district_admin, js.tongshan)
    by_code = asked(district_admin, js.tongshan, order="code")

    assert order_of(by_need) == [other, js.tangzhang, js.liuji]
    assert [line.days for line in by_need.lines] == [None, 90, 9]
    assert order_of(by_code) == [js.liuji, js.tangzhang, other]


def test_a_kind_of_work_asks_since_when_it_was_not_there(district_admin, js):
    study, talk = (
        {"places__activities": ["study"]},
        {"places__activities": ["publicity"]},
    )
    VisitFactory(held=True, places=[js.liuji], starts_at=ago(9), hours=1, **study)
    VisitFactory(held=True, places=[js.tangzhang], starts_at=ago(90), hours=1, **talk)

    found = asked(district_admin, js.tongshan, kind="publicity")

    assert order_of(found) == [js.liuji, js.tangzhang]
    assert dict(line_of(found, js.liuji).ages) == {
        "publicity": None,
        "study": 9,
        "reception": None,
        "onsite": None,
    }


def test_a_hidden_visit_is_in_no_figure_but_its_own(district_admin, leader, js):
    without = asked(district_admin, js.tongshan, with_tiles=True)
    hidden = {
        "officials": [leader.cadre],
        "places": [js.liuji],
        "mode": Mode.UNANNOUNCED,
        "hours": 1,
    }
    held = VisitFactory(
        held=True, starts_at=timezone.now() - timedelta(hours=5), **hidden
    )
    MatterFactory(stop=held.stops.get(), assigned=True)
    VisitFactory(starts_at=ago(-3), **hidden)

    seen = asked(district_admin, js.tongshan, with_tiles=True)
    own = asked(leader, js.tongshan)

    assert seen == without
    line = line_of(own, js.liuji)
    assert line.days in (0, 1)
    assert (line.open_matters, line.coming is None) == (1, False)


def test_letters_are_told_in_steps_outside_the_petition_office(
    casework, district_admin, js
):
    for _one in range(3):
        casework.letter()
    casework.letter(complains_about_someone=True, request="反映违规收费")

    outside = line_of(asked(district_admin, js.gulou), js.huancheng)
    inside = line_of(asked(casework.petition, js.gulou), js.huancheng)
    none = line_of(asked(district_admin, js.gulou), js.shitun)

    assert outside.told_letters == none.told_letters == Told(5)
    assert inside.told_letters == Told(5, exactly=3)


def test_contact_points_and_who_goes_there_are_reasons(district_admin, leader, js):
    ContactPointFactory(cadre=leader.cadre, place=js.village)
    visit = VisitFactory(places=[js.village], starts_at=ago(-3))

    line = line_of(asked(district_admin, js.tongshan), js.tangzhang)

    assert (line.contacts, line.coming) == ([leader.cadre.name], visit.starts_on)


@pytest.mark.parametrize("count", [1, 4])
def test_where_to_go_costs_the_same_for_any_number(
    js, xuzhou_office, count, django_assert_num_queries
):
    reader = AccountFactory(
        role=Role.DISTRICT_ADMIN, role__place=js.xuzhou, unit=xuzhou_office
    )
    for n in range(count):
        town = PlaceFactory(code=f"3203121{n + 10}", name=f"镇{n}", parent=js.tongshan)
        visit = VisitFactory(held=True, places=[town], starts_at=ago(n + 2), hours=1)
        MatterFactory(stop=visit.stops.get(), assigned=True)
        cadre = CadreFactory(unit=UnitFactory(place=js.xuzhou))
        ContactPointFactory(cadre=cadre, place=town)
    reader = Account.objects.get(pk=reader.pk)
    reader.grants_today, reader.acts_for_ids(), reader.ties

    with django_assert_num_queries(8):
        where_to_go(reader, js.tongshan, now=timezone.now())
