import functools
import operator
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.models import Setting
from cadres.rules.roles import Role
from tests.factories import (
    AccountFactory,
    ActionFactory,
    CadreFactory,
    MatterFactory,
    VisitFactory,
)
from visits.rules.visit_states import Mode

pytestmark = pytest.mark.django_db

MAY_READ_DISTRICTS = {Role.DISTRICT_ADMIN, Role.REPORT_READER}
MAY_READ_OFFICIALS = {Role.LEADER, Role.LIAISON, Role.UNIT_HEAD, Role.DISTRICT_ADMIN}


def recently(days=1):
    """A morning some days ago."""
    now = timezone.localtime() - timedelta(days=days)
    return now.replace(hour=9, minute=0, second=0, microsecond=0)


def held(places, days=1, **more):
    return VisitFactory(held=True, places=places, starts_at=recently(days), **more)


@pytest.fixture
def year():
    """A period with both today and yesterday in it, on any day."""
    return f"period={recently().year}"


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("report_districts", MAY_READ_DISTRICTS),
        ("report_officials", MAY_READ_OFFICIALS),
    ],
)
def test_a_report_opens_for_its_roles_alone(client, js, role, name, allowed):
    client.force_login(AccountFactory(role=role, role__place=js.xuzhou))

    response = client.get(reverse(f"visits:{name}"))

    assert response.status_code == (200 if role in allowed else 403)


@pytest.mark.parametrize("role", Role)
def test_rows_behind_a_district_open_for_its_administrator_alone(client, js, role):
    client.force_login(AccountFactory(role=role, role__place=js.xuzhou))

    response = client.get(reverse("visits:report_rows"), {"figure": "visits"})

    assert response.status_code == (200 if role == Role.DISTRICT_ADMIN else 403)


def test_a_report_reader_sees_figures_without_links_to_rows(client, reader, js, year):
    held([js.tangzhang])
    client.force_login(reader)

    page = client.get(f"{reverse('visits:report_districts')}?{year}").content.decode()

    assert js.tongshan.name in page
    assert reverse("visits:report_rows") not in page


def test_two_roles_do_not_add_up_to_rows_of_the_wider_place(client, reader, js, leader):
    """An official who may read Xuzhou's report opens only their own rows."""
    reader.grants.create(role=Role.LEADER)
    client.force_login(reader)

    response = client.get(reverse("visits:report_rows"), {"figure": "visits"})

    assert response.status_code == 403


def test_report_districts_shows_rows_total_and_drills_down(
    client, district_admin, js, year
):
    visit = held([js.tangzhang, js.huancheng])
    client.force_login(district_admin)

    response = client.get(f"{reverse('visits:report_districts')}?{year}")

    table = response.context["tables"][0]
    assert [line.cells[0].text for line in table.lines] == ["1", "1", "0"]
    assert next(line.cells[0].text for line in table.footers) == "1"
    rows = client.get(table.lines[1].cells[0].url)
    assert [row.visits for row in rows.context["rows"].rows] == [[visit]]
    assert visit.get_absolute_url() in rows.content.decode()


@pytest.mark.parametrize("place", ["320000000000000000000", "x", "-1", "0", ""])
def test_report_districts_of_an_unknown_place_is_not_found(
    client, district_admin, place
):
    client.force_login(district_admin)

    response = client.get(reverse("visits:report_districts"), {"place": place})

    assert response.status_code == 404


@pytest.mark.parametrize("name", ["report_districts", "report_rows"])
def test_a_place_outside_ones_own_is_not_found(client, county_admin, js, name):
    client.force_login(county_admin)

    for place in (js.xuzhou, js.gulou):
        response = client.get(
            reverse(f"visits:{name}"), {"place": place.pk, "figure": "visits"}
        )
        assert response.status_code == 404


@pytest.mark.parametrize("name", ["report_districts", "report_officials"])
@pytest.mark.parametrize(
    "query",
    [
        "period=x",
        "period=2026-W60",
        "period=9999999999",
        "action=x",
        "after=x",
        "before=99999999999999999999",
        "after=5",
        "period=",
        "page=abc",
        "action=",
    ],
)
def test_bad_values_give_the_current_quarter(client, district_admin, name, query):
    client.force_login(district_admin)

    response = client.get(f"{reverse(f'visits:{name}')}?{query}")

    assert response.status_code == 200
    assert response.context["asked"].period.contains(timezone.localdate())
    assert response.context["asked"].period.kind == "quarter"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "figure=x",
        "figure=visits&row=x",
        "figure=visits&row=99999999999999999999",
        "figure=visits&official=x",
        "figure=townships_unvisited&official=1",
        "figure=days&official=99999999999",
    ],
)
def test_report_rows_of_nothing_are_not_found(client, district_admin, query):
    client.force_login(district_admin)

    assert client.get(f"{reverse('visits:report_rows')}?{query}").status_code == 404


@pytest.mark.parametrize(
    "after", ["x", "20261131.1", "20261101", "20261101.1.2", "9.9"]
)
def test_report_rows_ignore_a_broken_cursor(client, district_admin, js, year, after):
    held([js.gulou])
    client.force_login(district_admin)

    response = client.get(
        f"{reverse('visits:report_rows')}?{year}&figure=visits&after={after}"
    )

    assert len(response.context["rows"].rows) == 1


def hidden(js, **more):
    """Held a moment ago, unannounced: its team alone may know of it."""
    now = timezone.localtime()
    return VisitFactory(
        held=True,
        mode=Mode.UNANNOUNCED,
        places=[js.tangzhang],
        starts_at=now - timedelta(hours=2),
        hours=1,
        action=ActionFactory(),
        **more,
    )


@pytest.mark.parametrize("name", ["report_districts", "report_officials"])
def test_a_hidden_visit_changes_nothing_for_those_who_may_not_know(
    client, district_admin, js, name
):
    official = CadreFactory(unit=district_admin.unit)
    held([js.huancheng], officials=[official])
    client.force_login(district_admin)
    address = f"{reverse(f'visits:{name}')}?period={timezone.localdate().year}"
    before = shown(client.get(address))

    visit = hidden(js, officials=[official])
    MatterFactory(stop=visit.stops.get())

    assert shown(client.get(address)) == before


def shown(response):
    """The page without what is new in every answer."""
    lines = response.content.decode().splitlines()
    noise = ("X-CSRFToken", "csrfmiddlewaretoken", "生成时间", "Made", "制表")
    return [line for line in lines if not any(word in line for word in noise)]


def test_a_hidden_visit_counts_for_its_own_official(client, leader, js):
    hidden(js, officials=[leader.cadre])
    client.force_login(leader)

    page = client.get(
        reverse("visits:report_official", args=[leader.cadre.pk]),
        {"period": timezone.localdate().year},
    )

    assert len(page.context["rows"].rows) == 1


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"),
    # What was touched since the last fold is a question more.
    [("report_districts", 14), ("report_officials", 10), ("report_rows", 12)],
)
def test_reports_cost_the_same_for_any_number(
    client,
    district_admin,
    js,
    year,
    count,
    name,
    queries,
    django_assert_max_num_queries,
):
    for number in range(count):
        held([js.tangzhang], days=number, unit=district_admin.unit)
    client.force_login(district_admin)

    with django_assert_max_num_queries(queries):
        response = client.get(f"{reverse(f'visits:{name}')}?{year}&figure=visits")

    assert response.status_code == 200


def test_report_officials_are_ordered_by_unit_and_name_and_paged_by_key(
    client, district_admin, monkeypatch
):
    monkeypatch.setattr("visits.reports.official_report.PAGE", 2)
    for name in "丙甲乙丁戊":
        CadreFactory(name=name, unit=district_admin.unit)
    client.force_login(district_admin)
    address, pages = reverse("visits:report_officials"), []
    query = "?"
    while query:
        response = client.get(address + query)
        pages.append([official.name for official in response.context["officials"]])
        query = response.context["page"]["next_url"]

    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(functools.reduce(operator.iadd, pages, [])) == sorted("丙甲乙丁戊")
    back = client.get(address + response.context["page"]["previous_url"])
    assert [official.name for official in back.context["officials"]] == pages[1]
    first = client.get(address + back.context["page"]["previous_url"])
    assert [official.name for official in first.context["officials"]] == pages[0]
    assert not first.context["page"]["previous_url"]


def test_report_official_of_a_stranger_is_not_found(client, leader):
    client.force_login(leader)

    address = reverse("visits:report_official", args=[CadreFactory().pk])

    assert client.get(address).status_code == 404
    rows = {"figure": "visits", "official": CadreFactory().pk}
    assert client.get(reverse("visits:report_rows"), rows).status_code == 404


@pytest.mark.parametrize(("base", "has_percent"), [(2, True), (3, False)])
def test_a_percentage_needs_its_base(
    client, district_admin, js, year, base, has_percent
):
    Setting.objects.create(name="report.min_base", value=base)
    stop = held([js.gulou]).stops.get()
    MatterFactory(stop=stop)
    MatterFactory(stop=stop, assigned=True)
    client.force_login(district_admin)

    cards = client.get(f"{reverse('visits:report_districts')}?{year}").context["cards"]

    assert any("50%" in card["line"] for card in cards) == has_percent


def test_a_role_without_a_place_reads_why_the_report_is_empty(client):
    client.force_login(AccountFactory(role=Role.REPORT_READER))

    response = client.get(reverse("visits:report_districts"))

    assert response.status_code == 200
    assert 'class="empty"' in response.content.decode()
    assert client.get(reverse("visits:report_export")).status_code == 404


def test_an_action_can_be_chosen_where_one_of_its_visits_counts(
    client, district_admin, county_admin, js
):
    action = ActionFactory(name="冬访行动")
    held([js.huancheng], action=action)
    query = {"action": action.reference}
    client.force_login(district_admin)

    page = client.get(reverse("visits:report_districts"), query)

    assert page.context["asked"].action == action
    assert page.context["tables"][0].footers[0].cells[0].text == "1"
    client.force_login(county_admin)
    other = client.get(reverse("visits:report_districts"), query)
    assert other.context["asked"].action is None
    assert "冬访行动" not in other.content.decode()
