from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import (
    AbsenceFactory,
    AccountFactory,
    CadreFactory,
    PostFactory,
    UnitFactory,
    VisitFactory,
    at,
)
from tests.factories.letters import officer
from visits.models import Target
from visits.reports.targets import may_see_targets, target_lines

pytestmark = pytest.mark.django_db
LIST = reverse("visits:target_list")
DAY = date(2026, 7, 1)


def target(official=None, **more):
    given = {
        "official": official,
        "indicator": "visits",
        "period": "year",
        "minimum": 12,
        "basis": "市委2026年通知",
        "valid_from": date(2020, 1, 1),
        "set_by": AccountFactory(),
    }
    return Target.objects.create(**(given | more))


def typed(js, **more):
    return {
        "rank_band": "prefecture",
        "place": js.xuzhou.path,
        "place_id": js.xuzhou.pk,
        "indicator": "visits",
        "minimum": 12,
        "period": "year",
        "basis": "市委2026年通知",
        "valid_from": "2026-01-01",
    } | more


def lines(leader, reader=None, on=DAY):
    found = target_lines(leader.cadre, reader or leader, on=on)
    return [(it.target.indicator, it.goal, it.done) for it in found]


def test_nothing_is_due_by_default(leader):
    assert lines(leader) == []


def test_the_goal_shrinks_with_absences_and_the_next_is_named(leader, js):
    target(leader.cadre)
    AbsenceFactory(cadre=leader.cadre, first=date(2026, 1, 1), last=date(2026, 3, 31))
    VisitFactory(
        officials=[leader.cadre],
        places=[js.shitun],
        held=True,
        starts_at=at("2026-05-06 09:00"),
    )

    [line] = target_lines(leader.cadre, leader, on=DAY)

    assert (line.goal, line.done, line.left) == (9, 1, 8)
    assert line.is_prorated
    assert date(2026, 5, 25) < line.next_due < date(2026, 6, 10)


def test_who_arrived_in_mid_year_owes_half(leader):
    target(leader.cadre)
    PostFactory(cadre=leader.cadre, first=date(2026, 7, 1))

    assert lines(leader) == [("visits", 6, 0)]


def test_a_rank_has_it_in_its_area_alone_and_a_person_before_their_rank(leader, js):
    target(rank_band="prefecture", place=js.js, minimum=4)
    target(rank_band="prefecture", place=js.nanjing, minimum=50)
    target(rank_band="county", place=js.js, minimum=40)
    assert lines(leader) == [("visits", 4, 0)]

    target(rank_band="prefecture", place=js.xuzhou, minimum=6)
    assert lines(leader) == [("visits", 6, 0)]
    target(leader.cadre, minimum=8)
    assert lines(leader) == [("visits", 8, 0)]


def test_what_has_ended_or_not_begun_is_not_due(leader):
    target(leader.cadre, valid_until=DAY - timedelta(days=1))
    target(leader.cadre, valid_from=DAY + timedelta(days=1))

    assert lines(leader) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"rank_band": "county"},
        {"official": None},
        {"minimum": 0},
        {"indicator": "petitions"},
        {"valid_until": date(2019, 1, 1)},
    ],
)
def test_the_database_refuses_what_is_no_target(leader, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        target(**({"official": leader.cadre} | wrong))


def test_the_official_their_deputies_and_the_head_of_their_unit_see_it(
    leader, liaison, xuzhou_office
):
    head = officer(xuzhou_office, Role.UNIT_HEAD)

    assert all(may_see_targets(it, leader.cadre) for it in (leader, liaison, head))


# Those who read of officials here or above are asked always, the others in the long run.
NEAR = (Role.UNIT_HEAD, Role.LEADER, Role.LIAISON, Role.DISTRICT_ADMIN)


@pytest.mark.parametrize(
    "role",
    [it if it in NEAR else pytest.param(it, marks=pytest.mark.long) for it in Role],
)
def test_nobody_else_sees_how_they_stand(client, leader, xuzhou_office, js, role):
    """Not the colleague beside them either, nor who sets targets for the whole city."""
    target(leader.cadre, basis="只给本人")
    url = leader.cadre.get_absolute_url()
    accounts = [
        AccountFactory(role=role, role__place=js.xuzhou, unit=xuzhou_office),
        AccountFactory(
            role=role,
            role__place=js.js,
            cadre=None if role == Role.SECURITY_ADMIN else CadreFactory(),
        ),
        AccountFactory(role=role, role__unit=UnitFactory(place=js.xuzhou)),
    ]
    if role != Role.UNIT_HEAD:
        accounts.append(officer(xuzhou_office, role))

    for account in accounts:
        client.force_login(account)
        for page in (url, reverse("visits:today"), reverse("visits:report_officials")):
            response = client.get(page, follow=True)
            assert "只给本人" not in response.content.decode()
            assert not response.context.get("targets")
    client.force_login(leader)
    assert "只给本人" in client.get(url).content.decode()
    assert client.get(reverse("visits:today")).context["targets"]
    assert "只给本人" in client.get(reverse("visits:record")).content.decode()


def test_a_district_administrator_sets_lists_and_ends(client, district_admin, js):
    client.force_login(district_admin)

    assert client.post(LIST, typed(js)).url == LIST
    assert client.post(LIST, typed(js)).url == LIST  # sent twice
    [made] = client.get(LIST).context["targets"]
    assert (made.rank_band, made.place, made.minimum) == ("prefecture", js.xuzhou, 12)

    client.post(reverse("visits:target_end", args=[made.pk]))
    made.refresh_from_db()
    assert (made.valid_until, made.ended_by) == (timezone.localdate(), district_admin)


def test_for_one_official_it_begins_on_their_page(client, district_admin, leader, js):
    client.force_login(district_admin)
    url = f"{LIST}?official={leader.cadre.pk}"
    assert url in client.get(leader.cadre.get_absolute_url()).content.decode()

    client.post(url, typed(js))

    assert Target.objects.get().official == leader.cadre


def test_one_sets_nothing_beyond_ones_area(client, county_admin, leader, js):
    client.force_login(county_admin)

    answer = client.post(LIST, typed(js))
    assert list(answer.context["form"].errors) == ["place"]
    url = f"{LIST}?official={leader.cadre.pk}"
    assert client.post(url, typed(js)).status_code == 404
    made = target(rank_band="prefecture", place=js.xuzhou)
    end = reverse("visits:target_end", args=[made.pk])
    assert client.post(end).status_code == 404
    assert list(client.get(LIST).context["targets"]) == []


def test_what_has_not_begun_is_taken_back(client, district_admin, js):
    made = target(
        rank_band="county",
        place=js.xuzhou,
        valid_from=timezone.localdate() + timedelta(days=3),
    )
    client.force_login(district_admin)

    client.post(reverse("visits:target_end", args=[made.pk]))

    assert not Target.objects.exists()


@pytest.mark.parametrize("bad", ["\x00", "9" * 30, "-1", "abc", "²"])
def test_bad_input_is_said_beside_its_field(client, district_admin, js, bad):
    client.force_login(district_admin)
    data = dict.fromkeys(typed(js), bad)

    answer = client.post(LIST, data)

    assert answer.status_code == 422
    assert client.get(LIST, {"official": bad.strip("\x00")}).status_code in (200, 404)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(
    client, district_admin, js, count, django_assert_num_queries
):
    for n in range(count):
        target(rank_band="county", place=js.xuzhou, minimum=n + 1)
    client.force_login(district_admin)

    with django_assert_num_queries(4):
        client.get(LIST)
