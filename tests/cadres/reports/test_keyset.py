import pytest
from django.http import QueryDict

from cadres.models import Cadre
from cadres.reports.keyset import page_of
from tests.factories import CadreFactory

pytestmark = pytest.mark.django_db


def walk(query):
    return page_of(Cadre.objects.all(), QueryDict(query.lstrip("?")), "pinyin", size=2)


def names(page):
    return [it.name for it in page]


@pytest.fixture
def five(xuzhou_office):
    # Two of one name: the key decides between them.
    for name, pinyin in zip("edcba", ("e", "c", "c", "b", "a"), strict=True):
        CadreFactory(name=name, pinyin=pinyin, unit=xuzhou_office)


def test_page_of_goes_through_all_and_back(five):
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


def test_page_of_keeps_the_filters(five):
    page = walk("rank=county&after=7")

    assert "rank=county" in page.next_url
    assert page.next_url.count("after=") == 1


@pytest.mark.parametrize(
    "query",
    ["after=abc", "after=99999999999999999999999", "before=-1", "after=", "after=٣"],
)
def test_page_of_begins_at_the_beginning_for_nonsense(five, query):
    assert names(walk(query)) == ["a", "b"]
