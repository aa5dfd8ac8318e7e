from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.models import CalendarDay
from cadres.rules.roles import Role
from tests.factories import AccountFactory, CadreFactory, UnitFactory, VisitFactory, at
from visits.models import Absence
from visits.rules.calendar_spans import Week

pytestmark = pytest.mark.django_db
CALENDAR = reverse("visits:calendar")


def page(client, query=""):
    response = client.get(f"{CALENDAR}?{query}")
    assert response.status_code == 200
    return response


def cells_of(response, official):
    [row] = [
        row for row, _loads in response.context["rows"] if row.official == official
    ]
    return row.cells


@pytest.mark.parametrize(
    "role", [Role.REPORT_READER, Role.SYSTEM_ADMIN, Role.AUDITOR, Role.SEAL_OFFICER]
)
def test_calendar_is_closed_to_roles_without_visits(client, js, role):
    client.force_login(AccountFactory(role=role, role__place=js.xuzhou))

    assert client.get(CALENDAR).status_code == 403


def test_week_shows_the_visit_on_its_day(client, liaison, leader, js):
    visit = VisitFactory(
        officials=[leader.cadre], places=[js.tangzhang], purpose="设施农业"
    )
    client.force_login(liaison)

    response = page(client, "week=2026-W48")

    cells = cells_of(response, leader.cadre)
    assert [len(cell.entries) for cell in cells] == [0, 0, 1, 0, 0, 0, 0]
    html = response.content.decode()
    assert "09:00–12:00 铜山区 棠张镇" in html
    assert visit.get_absolute_url() in html


@pytest.mark.parametrize(
    "query",
    [
        "week=gestern",
        "week=9999-W99",
        "month=2026-99",
        "view=month&month=x",
        "view=day",
        "after=99999999999999999999",
        "after=1&before=1",
        "view=list&show=nothing&first=x&last=9999-99-99",
        "view=list&older=%25&newer=x",
        "view=list&first=9999-12-31&last=0001-01-01",
    ],
)
def test_calendar_answers_bad_queries(client, liaison, query):
    client.force_login(liaison)

    page(client, query)


@pytest.mark.parametrize("name", ["official", "place", "unit"])
@pytest.mark.parametrize("value", ["0", "x", "99999999999999999999", "-1", "１"])
def test_calendar_of_nobody_is_not_found(client, liaison, name, value):
    client.force_login(liaison)

    assert client.get(CALENDAR, {name: value}).status_code == 404


def test_calendar_of_strangers_is_not_found(client, liaison):
    stranger = CadreFactory()
    client.force_login(liaison)

    for query in ({"official": stranger.pk}, {"unit": stranger.unit_id}):
        assert client.get(CALENDAR, query).status_code == 404


def test_empty_cells_lead_to_a_plan_for_those_one_may_plan_for(
    client, liaison, leader, js
):
    colleague = CadreFactory(unit=leader.cadre.unit)
    today = timezone.localdate()
    client.force_login(liaison)

    html = page(client).content.decode()

    plan = reverse("visits:visit_plan")
    assert f"{plan}?official={leader.cadre.pk}&amp;date={today}" in html
    assert f"{plan}?official={colleague.pk}" not in html


def test_no_plan_starts_on_taken_or_far_off_days(client, liaison, leader, js):
    VisitFactory(officials=[leader.cadre], places=[js.tangzhang])
    client.force_login(liaison)

    taken = cells_of(page(client, "week=2026-W48"), leader.cadre)[2]
    far = cells_of(page(client, "week=2019-W48"), leader.cadre)[2]

    assert (taken.may_add, far.may_add) == (False, False)


def test_rest_days_holidays_make_up_days_and_absences_are_told(
    client, liaison, leader, js
):
    for day, works, name in (
        ("2026-10-01", False, "丰收节"),
        ("2026-10-10", True, "丰收节调休"),
    ):
        CalendarDay.objects.create(date=day, is_workday=works, name=name, source="plan")
    Absence.objects.create(
        cadre=leader.cadre,
        kind="training",
        first="2026-10-06",
        last="2026-10-08",
        recorded_by=liaison,
    )
    client.force_login(liaison)

    holiday = page(client, "week=2026-W40").context["days"]
    made_up = page(client, "week=2026-W41")

    assert [day.is_rest for day in holiday] == [False] * 3 + [True, False, True, True]
    assert holiday[3].label == "丰收节"
    assert [day.is_rest for day in made_up.context["days"]] == [False] * 6 + [True]
    assert made_up.context["days"][5].label
    cells = cells_of(made_up, leader.cadre)
    assert [len(cell.absences) for cell in cells] == [0, 1, 1, 1, 0, 0, 0]


@pytest.mark.parametrize("query", ["week=2026-W48", "month=2026-11"])
def test_what_people_typed_is_text(client, liaison, leader, js, query):
    typed = """<b>"'&</b>"""
    VisitFactory(officials=[leader.cadre], places=[js.tangzhang], purpose=typed)
    leader.cadre.name = typed
    leader.cadre.save()
    client.force_login(liaison)

    html = page(client, query).content.decode()

    assert typed not in html
    assert html.count("&lt;b&gt;&quot;&#x27;&amp;&lt;/b&gt;") > 3


def test_month_of_an_official(client, liaison, leader, js):
    VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=at("2026-11-24 14:00"),
        hours=45,
    )
    client.force_login(liaison)

    response = page(client, f"official={leader.cadre.pk}&month=2026-11")

    taken = [c.day.date.day for c in response.context["cells"] if c.entries]
    assert taken == [24, 25, 26]
    [(_row, loads)] = response.context["rows"]
    assert (loads[0].visits, loads[0].days) == (1, 2)


def test_week_of_a_place(client, county_admin, js):
    there = VisitFactory(places=[js.village])
    VisitFactory(places=[js.shitun])
    client.force_login(county_admin)

    response = page(client, f"place={js.tangzhang.pk}&week=2026-W48")

    cells = response.context["cells"]
    found = [it.going.stop.visit for cell in cells for it in cell.entries]
    assert found == [there.pk]


def test_large_offices_are_paged_by_key(client, liaison, leader):
    for _n in range(22):
        CadreFactory(unit=leader.cadre.unit, rank_band="prefecture_department")
    client.force_login(liaison)

    first = page(client)
    second = client.get(first.context["pager"]["next_url"])
    back = client.get(second.context["pager"]["previous_url"])

    names = [row.official.pk for row, _loads in first.context["rows"]]
    assert len(names) == 20
    assert len(second.context["rows"]) == 3
    assert not set(names) & {row.official.pk for row, _l in second.context["rows"]}
    assert [row.official.pk for row, _loads in back.context["rows"]] == names


def test_another_office_in_reach_may_be_chosen(client, district_admin, js):
    unit = UnitFactory(name="铜山区政府办", place=js.tongshan)
    there = CadreFactory(unit=unit)
    client.force_login(district_admin)

    own, other = page(client), page(client, f"unit={unit.pk}")
    everyone = page(client, "unit=all")

    assert [row.official for row, _l in own.context["rows"]] == []
    assert [row.official for row, _l in other.context["rows"]] == [there]
    assert there in [row.official for row, _l in everyone.context["rows"]]


def test_crowding_is_told_above_the_grid(client, liaison, leader, js):
    day = timezone.now() + timedelta(days=7)
    one = VisitFactory(officials=[leader.cadre], places=[js.tangzhang], starts_at=day)
    other = VisitFactory(
        places=[js.tangzhang],
        starts_at=day + timedelta(days=2),
        unit=leader.cadre.unit,
    )
    client.force_login(liaison)

    response = page(client, f"week={Week.of(one.starts_on).key}")

    [crowd] = response.context["crowded"]
    assert [stop.visit for stop in crowd.stops] == [one, other]
    assert other.get_absolute_url() in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ("week=2026-W48", 15),
        ("month=2026-11", 14),
        ("official={official}&month=2026-11", 15),
        ("place={place}&week=2026-W48", 11),
        ("view=list", 10),
    ],
)
def test_calendar_costs_the_same_for_any_number_of_rows(
    client, liaison, leader, js, count, query, queries, django_assert_num_queries
):
    for n in range(count):
        VisitFactory(
            officials=[leader.cadre, CadreFactory(unit=leader.cadre.unit)],
            places=[js.tangzhang, js.liuji],
            count=2,
            unit=leader.cadre.unit,
            starts_at=at(f"2026-11-{24 + n} 09:00"),
        )
    client.force_login(liaison)
    address = query.format(official=leader.cadre.pk, place=js.xuzhou.pk)

    with django_assert_num_queries(queries):
        page(client, address)


def listed(client, query=""):
    return [v.purpose for v in page(client, f"view=list&{query}").context["visits"]]


def test_list_shows_what_waits(client, liaison, leader, js):
    def visit(purpose, days, **more):
        return VisitFactory(
            purpose=purpose,
            officials=[leader.cadre],
            places=[js.tangzhang],
            starts_at=timezone.now() + timedelta(days=days),
            **more,
        )

    visit("已过", -3)
    visit("已记", -5, held=True)
    visit("将来", 3)
    client.force_login(liaison)

    assert listed(client) == ["将来", "已过", "已记"]
    assert listed(client, "show=log") == ["已过"]
    assert listed(client, "show=planned") == ["将来", "已过"]
    assert listed(client, "show=confirm") == []
    client.force_login(leader)
    assert listed(client, "show=confirm") == ["已记"]


def test_list_keeps_to_its_days(client, liaison, leader, js):
    for day in ("2026-03-01", "2026-03-02", "2026-03-03"):
        VisitFactory(
            purpose=day,
            officials=[leader.cadre],
            places=[js.tangzhang],
            starts_at=at(f"{day} 09:00"),
        )
    client.force_login(liaison)

    assert listed(client, "first=2026-03-02&last=2026-03-02") == ["2026-03-02"]


def test_list_says_what_is_wrong_and_keeps_what_was_typed(client, liaison):
    client.force_login(liaison)

    response = page(client, "view=list&first=2026-03-02&last=2026-03-01")

    assert response.context["form"].errors["last"]
    assert 'value="2026-03-01"' in response.content.decode()


def test_list_goes_on_by_key(client, liaison, leader, js):
    for n in range(30):
        VisitFactory(
            purpose=f"第{n}次",
            officials=[leader.cadre],
            places=[js.tangzhang],
            starts_at=at(f"2026-03-{1 + n // 2:02} {9 + n % 2 * 5:02}:00"),
        )
    client.force_login(liaison)

    first = page(client, "view=list&show=planned")
    older = client.get(first.context["pager"]["next_url"])
    newer = client.get(older.context["pager"]["previous_url"])

    met = [*first.context["visits"], *older.context["visits"]]
    assert [v.purpose for v in met] == [f"第{n}次" for n in reversed(range(30))]
    assert newer.context["visits"] == first.context["visits"]
    assert "show=planned" in older.context["pager"]["previous_url"]


def test_more_than_a_page_can_show_is_said(client, liaison, leader, js, monkeypatch):
    for day in (24, 25, 26):
        VisitFactory(
            officials=[leader.cadre],
            places=[js.tangzhang],
            starts_at=at(f"2026-11-{day} 09:00"),
        )
    client.force_login(liaison)
    whole = page(client, "week=2026-W48")
    monkeypatch.setattr("visits.reports.planner.MOST_ROWS", 2)

    cut = page(client, "week=2026-W48")

    assert (whole.context["is_cut"], cut.context["is_cut"]) == (False, True)
    shown = [len(cell.entries) for cell in cells_of(cut, leader.cadre)]
    assert shown == [0, 1, 1, 0, 0, 0, 0]
