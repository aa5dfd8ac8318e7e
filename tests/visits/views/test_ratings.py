"""Totals of ratings by unit: five or more, closed quarters, for the two roles."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import RoleGrantFactory
from tests.factories.letters import officer
from visits.models import Letter, Rating
from visits.reports.rating_totals import RatingTotals, closed_quarters, rating_totals

pytestmark = pytest.mark.django_db
PAGE = reverse("visits:rating_list")


@pytest.fixture
def quarter():
    return closed_quarters(on=timezone.localdate())[0]


def rated(desk, on, grades):
    for grade in grades:
        letter = desk.letter()
        Letter.objects.filter(pk=letter.pk).update(unit=desk.water)
        Rating.objects.create(letter=letter, unit_grade=grade, office_grade=3, on=on)


def test_four_ratings_are_not_told_and_five_are(desk, quarter):
    rated(desk, quarter.last, [3, 3, 3, 1])
    assert rating_totals(desk.petition, quarter) == []

    rated(desk, quarter.first, [2])
    assert rating_totals(desk.petition, quarter) == [
        RatingTotals(desk.office, True, 5, 0, 0),
        RatingTotals(desk.water, False, 3, 1, 1),
    ]


def test_the_quarter_that_runs_is_not_offered(desk):
    today = timezone.localdate()

    assert all(it.last < today for it in closed_quarters(on=today))


def test_who_reads_them_finds_the_page_by_a_link(client, desk, quarter, in_english):
    rated(desk, quarter.last, [3] * 5)
    admin = officer(desk.office, Role.CLERK)
    RoleGrantFactory(account=admin, role=Role.DISTRICT_ADMIN, place=desk.js.xuzhou)
    for account in (desk.petition, admin):
        client.force_login(account)
        page = client.get(PAGE, {"period": quarter.code}).content.decode()
        assert desk.water.name in page
        assert PAGE in client.get("/").content.decode()


@pytest.mark.parametrize("who", ["handler", "head", "clerk", "reviewer", "sealer"])
def test_those_rated_and_others_do_not(client, desk, who):
    client.force_login(getattr(desk, who))

    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get("/").content.decode()


def test_another_office_sees_nothing_of_it(desk, quarter):
    rated(desk, quarter.last - timedelta(days=1), [3] * 5)
    far = officer(desk.roads, Role.PETITION_OFFICER)

    assert rating_totals(far, quarter) == []
