import pytest
from django.db.models import F
from django.http import QueryDict

from cadres.models import Account, Cadre
from cadres.reports.keyset import page_asked, page_of, page_with_blanks_last
from tests.factories import AccountFactory, CadreFactory, UnitFactory, VisitFactory
from visits.models import Visit

pytestmark = pytest.mark.django_db
NEWEST = ("-name", "pk")


def walk(query):
    return page_asked(
        Cadre.objects.all(), QueryDict(query.lstrip("?")), "pinyin", "pk", size=2
    )


def names(page):
    return [it.name for it in page]


@pytest.fixture
def five(xuzhou_office):
    # Two of one name: the key decides between them.
    for name, pinyin in zip("edcba", ("e", "c", "c", "b", "a"), strict=True):
        CadreFactory(name=name, pinyin=pinyin, unit=xuzhou_office)


def test_page_asked_goes_through_all_and_back(five):
    first = walk("")
    second = walk(first.next_url)
    third = walk(second.next_url)

    assert [names(it) for it in (first, second, third)] == [
        ["a", "b"],
        ["d", "c"],
        ["e"],
    ]
    assert (first.previous_url, third.next_url) == ("", "")
    assert names(walk(third.previous_url)) == ["d", "c"]
    back = walk(walk(third.previous_url).previous_url)
    assert names(back) == ["a", "b"]
    assert back.previous_url == ""


def test_page_asked_keeps_the_filters(five):
    first = Cadre.objects.get(name="a")
    page = walk(f"rank=county&after={first.pk}")

    assert "rank=county" in page.next_url
    assert page.next_url.count("after=") == 1


@pytest.mark.parametrize(
    "query",
    ["after=abc", "after=99999999999999999999999", "before=-1", "after=", "after=٣"],
)
def test_page_asked_begins_at_the_beginning_for_nonsense(five, query):
    assert names(walk(query)) == ["a", "b"]


def test_page_asked_behind_the_last_row_begins_at_the_beginning(five):
    last = Cadre.objects.order_by("pinyin", "pk").last()

    assert names(walk(f"after={last.pk}")) == ["a", "b"]


@pytest.fixture
def people():
    """Seven officials; names repeat, so that the key must break ties."""
    for name in "abbbcca":
        CadreFactory(name=name)
    return list(Cadre.objects.order_by(*NEWEST))


def test_pages_forwards_meet_every_row_once(people):
    met, page = [], page_of(Cadre.objects.all(), *NEWEST, size=3)
    assert page.before is None
    while True:
        met += page.rows
        if page.after is None:
            break
        page = page_of(Cadre.objects.all(), *NEWEST, size=3, after=page.after)
        assert page.before == page.rows[0]

    assert met == people


def test_page_before_shows_what_lies_before(people):
    page = page_of(Cadre.objects.all(), *NEWEST, size=3, before=people[6])

    assert page.rows == people[3:6]
    assert (page.before, page.after) == (people[3], people[5])


def test_first_page_from_behind_has_nothing_before_it(people):
    page = page_of(Cadre.objects.all(), *NEWEST, size=3, before=people[3])

    assert page.rows == people[:3]
    assert (page.before, page.after) == (None, people[2])


def test_page_of_nothing_is_empty():
    page = page_of(Cadre.objects.all(), *NEWEST, size=3)

    assert (page.rows, page.before, page.after) == ([], None, None)


@pytest.fixture
def accounts():
    """Seven; three of them without a unit, so that the first key is empty."""
    units = [UnitFactory(), UnitFactory()]
    for unit in [units[1], None, units[0], units[0], None, None, units[1]]:
        AccountFactory(unit=unit)
    return list(Account.objects.order_by(F("unit").asc(nulls_last=True), "pk"))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8])
def test_rows_with_an_empty_key_come_last_in_both_directions(accounts, size):
    keys = {"size": size}
    rows = Account.objects.all()
    met, page = [], page_with_blanks_last(rows, "unit_id", "pk", **keys)
    while True:
        met += page.rows
        if page.after is None:
            break
        page = page_with_blanks_last(rows, "unit_id", "pk", after=page.after, **keys)
    back = list(page.rows)
    while page.before is not None:
        page = page_with_blanks_last(rows, "unit_id", "pk", before=page.before, **keys)
        back = [*page.rows, *back]

    assert met == accounts
    assert back == accounts


def test_rows_with_a_random_name_are_paged_by_it(js):
    for _n in range(3):
        VisitFactory(places=[js.gulou])
    rows = Visit.objects.order_by("pk")
    first = page_asked(rows, QueryDict(), "pk", size=2)

    query = QueryDict(first.next_url.lstrip("?"))
    second = page_asked(rows, query, "pk", size=2)

    assert query["after"] == first.rows[-1].reference
    assert [*first, *second] == list(rows)
    by_key = QueryDict(f"after={first.rows[-1].pk}")
    assert page_asked(rows, by_key, "pk", size=2).rows == first.rows
