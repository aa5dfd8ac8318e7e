from datetime import date

import pytest
from django.core.exceptions import ValidationError

from cadres.actions.enter_cadre import change_cadre, enter_cadre, mark_of
from cadres.actions.refusals import RowRefusal
from cadres.models import Cadre
from cadres.rules.official import Contact, PostHeld

pytestmark = pytest.mark.django_db

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


@pytest.fixture
def known(xuzhou_office, js):
    return {
        "name": "辛志强",
        "rank_band": "prefecture",
        "unit": xuzhou_office,
        "remit": "农业农村",
        "posts": [PostHeld("副市长", xuzhou_office, MAY)],
        "contact_points": [Contact(js.tangzhang, MAY, JUNE)],
        "home_places": [js.yancheng],
    }


def test_enter_cadre_saves_all_and_computes_pinyin(known, js):
    cadre = enter_cadre(**known)

    assert (cadre.pinyin, cadre.initials) == ("xinzhiqiang", "xzq")
    assert cadre.posts.get().title == "副市长"
    assert cadre.contact_points.get().place == js.tangzhang
    assert list(cadre.home_places.all()) == [js.yancheng]


def test_change_cadre_replaces_rows(known, xuzhou_office):
    cadre = enter_cadre(**known)
    more = [
        PostHeld("副市长", xuzhou_office, MAY, MAY),
        PostHeld("市长", xuzhou_office, JUNE),
    ]

    change_cadre(
        cadre, seen=mark_of(cadre), **known | {"posts": more, "home_places": []}
    )

    assert [it.title for it in cadre.posts.order_by("first")] == ["副市长", "市长"]
    assert not cadre.home_places.exists()


def test_change_cadre_refuses_a_stale_form_for_rows_too(known, xuzhou_office):
    cadre = enter_cadre(**known)
    seen = mark_of(cadre)
    change_cadre(cadre, seen=seen, **known | {"posts": []})

    with pytest.raises(ValidationError) as refusal:
        change_cadre(cadre, seen=seen, **known)

    assert refusal.value.code == "stale"
    assert not cadre.posts.exists()


def test_enter_cadre_says_which_row_is_wrong(known, xuzhou_office, js):
    known |= {
        "posts": [PostHeld("局长", xuzhou_office, JUNE, MAY)],
        "home_places": [js.yancheng, js.yancheng],
    }

    with pytest.raises(RowRefusal) as refusal:
        enter_cadre(**known)

    found = {
        name: [f.row for f in faults] for name, faults in refusal.value.faults.items()
    }
    assert found == {"posts": [0], "contact_points": [], "home_places": [1]}
    assert not Cadre.objects.exists()
