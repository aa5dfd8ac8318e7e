"""Each record says who changed what when, to those who may change it."""

from datetime import date

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from cadres.actions.enter_cadre import change_cadre, mark_of
from cadres.actions.set_calendar_day import add_calendar_day, remove_calendar_day
from cadres.rules.official import PostHeld
from tests.factories import AbsenceFactory, CadreFactory, PostFactory, UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(client, district_admin):
    client.force_login(district_admin)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    def read(url):
        found = client.get(url).context["history"]
        return [(row.act, [it.in_words for it in row.changes]) for row in found]

    return read


def test_an_official_keeps_what_stays_and_tells_what_changed(shown, district_admin, js):
    cadre = CadreFactory(name="王一", unit=district_admin.unit, remit="水利")
    held = PostFactory(cadre=cadre, title="副市长", unit=cadre.unit)
    change_cadre(
        cadre,
        seen=mark_of(cadre),
        name="王一",
        rank_band=cadre.rank_band,
        unit=cadre.unit,
        remit="农业",
        posts=[
            PostHeld(held.title, held.unit, held.first, held.last),
            PostHeld("局长", cadre.unit, date(2025, 1, 1), None),
        ],
        home_places=[js.huancheng],
    )

    told = shown(reverse("cadres:cadre_change", args=[cadre.pk]))

    assert [act for act, _changes in told] == [
        "Home place: Entered", "Post: Entered", "Changed", "Post: Entered", "Entered",
    ]  # fmt: skip
    assert told[0][1][0].endswith(js.huancheng.path)
    assert "Post: 局长" in told[1][1]
    assert told[2][1] == ["Remit: 水利 → 农业"]
    cadre.posts.get(title="副市长")


def test_units_absences_and_calendar_days_tell_theirs(shown, district_admin, js):
    unit = UnitFactory(name="甲", place=js.xuzhou, level=js.xuzhou.level)
    unit.name = "乙"
    unit.save()
    absence = AbsenceFactory(cadre=CadreFactory(unit=district_admin.unit))
    day = add_calendar_day(
        by=district_admin,
        now=timezone.now(),
        region=js.xuzhou.code,
        date=date(2026, 5, 5),
        is_workday=False,
        name="地方节日",
        source="local",
    )

    assert shown(reverse("cadres:unit_change", args=[unit.pk]))[0] == (
        "Changed", ["Name: 甲 → 乙"],
    )  # fmt: skip
    absent = shown(reverse("visits:absence_change", args=[absence.pk]))
    assert [act for act, _changes in absent] == ["Entered"]
    change = reverse("visits:calendar_day_change", args=[day.pk])
    assert "Name: 地方节日" in shown(change)[0][1]


def test_the_calendar_tells_what_was_taken_out_and_by_whom(
    shown, client, district_admin, js
):
    day = add_calendar_day(
        by=district_admin,
        now=timezone.now(),
        region=js.xuzhou.code,
        date=date(2026, 5, 5),
        is_workday=False,
        name="地方节日",
        source="local",
    )
    client.force_login(district_admin)

    client.post(reverse("visits:calendar_day_remove", args=[day.pk]))

    row = client.get(reverse("cadres:calendar_days")).context["history"][0]
    assert (row.act, row.entry.account) == ("Taken out", district_admin)
    with pytest.raises(Exception, match="taken this day out"):
        remove_calendar_day(day)
