import pytest
from django.urls import reverse

from tests.factories import VisitFactory, at

pytestmark = pytest.mark.django_db
CALENDAR = reverse("visits:calendar")


@pytest.mark.parametrize("query", ["", "view=month", "view=list", "unit=all"])
def test_smoke(client, liaison, leader, js, query):
    VisitFactory(officials=[leader.cadre], places=[js.tangzhang, js.shitun], count=2)
    client.force_login(liaison)
    r = client.get(f"{CALENDAR}?{query}")
    assert r.status_code == 200
