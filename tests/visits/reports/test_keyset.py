import pytest

from cadres.models import Cadre
from tests.factories import CadreFactory
from visits.reports.keyset import page_of

pytestmark = pytest.mark.django_db
KEYS = ("-name", "pk")


@pytest.fixture
def people():
    """Seven officials; names repeat, so that the key must break ties."""
    for name in "abbbcca":
        CadreFactory(name=name)
    return list(Cadre.objects.order_by(*KEYS))


def test_pages_forwards_meet_every_row_once(people):
    met, page = [], page_of(Cadre.objects.all(), *KEYS, size=3)
    assert page.before is None
    while True:
        met += page.rows
        if page.after is None:
            break
        page = page_of(Cadre.objects.all(), *KEYS, size=3, after=page.after)
        assert page.before == page.rows[0]

    assert met == people


def test_page_before_shows_what_lies_before(people):
    page = page_of(Cadre.objects.all(), *KEYS, size=3, before=people[6])

    assert page.rows == people[3:6]
    assert (page.before, page.after) == (people[3], people[5])


def test_first_page_from_behind_has_nothing_before_it(people):
    page = page_of(Cadre.objects.all(), *KEYS, size=3, before=people[3])

    assert page.rows == people[:3]
    assert (page.before, page.after) == (None, people[2])


def test_page_of_nothing_is_empty():
    page = page_of(Cadre.objects.all(), *KEYS, size=3)

    assert (page.rows, page.before, page.after) == ([], None, None)
