from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import (
    AccountFactory,
    ContactPointFactory,
    PostFactory,
    VisitFactory,
)
from visits.models import Absence
from visits.rules.visit_states import Mode

pytestmark = pytest.mark.django_db


def in_days(days):
    """At nine, so that no visit reaches into another day."""
    day = timezone.localtime() + timedelta(days=days)
    return day.replace(hour=9, minute=0, second=0, microsecond=0)


def page_of(client, official):
    return client.get(official.get_absolute_url())


def test_cadre_detail_shows_the_person_and_the_visits(client, liaison, leader, js):
    official = leader.cadre
    PostFactory(cadre=official, title="副市长")
    ContactPointFactory(cadre=official, place=js.tangzhang)
    Absence.objects.create(
        cadre=official,
        kind="leave",
        first=timezone.localdate(),
        last=timezone.localdate(),
        recorded_by=leader,
    )
    coming = VisitFactory(
        officials=[official], places=[js.shitun], starts_at=in_days(5)
    )
    recent = VisitFactory(
        officials=[official], places=[js.shitun], starts_at=in_days(-5), held=True
    )
    client.force_login(liaison)

    response = page_of(client, official)

    page = response.content.decode()
    assert list(response.context["coming"]) == [coming]
    assert list(response.context["recent"]) == [recent]
    assert len(response.context["absences"]) == 1
    assert "副市长" in page
    assert js.tangzhang.path in page
    assert f"{reverse('visits:visit_plan')}?official={official.pk}" in page
    assert f"{reverse('visits:calendar')}?official={official.pk}" in page


def test_cadre_detail_hides_an_unannounced_visit(
    client, liaison, leader, district_admin, js
):
    VisitFactory(
        officials=[leader.cadre],
        places=[js.shitun],
        starts_at=in_days(5),
        mode=Mode.UNANNOUNCED,
        purpose="暗访",
    )

    client.force_login(district_admin)
    assert "暗访" not in page_of(client, leader.cadre).content.decode()
    client.force_login(liaison)
    assert "暗访" in page_of(client, leader.cadre).content.decode()


def test_cadre_detail_of_a_stranger_is_not_found(client, county_admin, leader):
    client.force_login(county_admin)

    assert page_of(client, leader.cadre).status_code == 404


@pytest.mark.parametrize("who", ["reader", "sysadmin", "secadmin", "auditor"])
def test_cadre_detail_is_not_for_those_without_people(client, request, leader, who):
    client.force_login(request.getfixturevalue(who))

    assert page_of(client, leader.cadre).status_code == 403


def test_cadre_detail_offers_only_what_one_may(client, leader, js, xuzhou_office):
    clerk = AccountFactory(role=Role.CLERK, role__place=js.xuzhou)
    reviewer = AccountFactory(role=Role.REVIEW_OFFICER, role__place=js.xuzhou)
    client.force_login(clerk)
    seen = page_of(client, leader.cadre).context
    assert (seen["may_plan"], seen["may_edit"], seen["shows_visits"]) == (
        False,
        False,
        True,
    )

    client.force_login(reviewer)
    seen = page_of(client, leader.cadre).context
    assert (seen["shows_visits"], len(seen["coming"])) == (False, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_cadre_detail_costs_the_same_for_any_number(
    client, liaison, leader, js, count, django_assert_num_queries
):
    for day in range(count):
        VisitFactory(
            officials=[leader.cadre], places=[js.shitun], starts_at=in_days(5 + day)
        )
        VisitFactory(
            officials=[leader.cadre], places=[js.liuji], starts_at=in_days(-5 - day)
        )
        PostFactory(cadre=leader.cadre)
        ContactPointFactory(
            cadre=leader.cadre, place=[js.shitun, js.liuji, js.gulou][day]
        )
    client.force_login(liaison)

    with django_assert_num_queries(16):
        page_of(client, leader.cadre)
