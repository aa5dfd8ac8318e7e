import pytest
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import VisitFactory, at
from tests.factories.letters import letter_at, officer, petition_office
from tests.visits.views.sheets import days_ahead
from visits.bench.files import measure_xlsx
from visits.bench.measure import measure
from visits.bench.pages import FLOOR, World, pages_of
from visits.models import Export, Letter, Visit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(settings, js, leader, liaison, district_admin):
    settings.ROOT_URLCONF = "config.bench_urls"
    office = petition_office(js.xuzhou)
    officer(office, Role.PETITION_OFFICER)
    officer(office, Role.CLERK)
    letter_at(js.village, office=office)
    VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=at(f"{days_ahead(3)} 10:00"),
    )
    return World(timezone.localdate())


def test_reads_and_writes_are_measured_without_an_error(
    world, live_server, monkeypatch
):
    monkeypatch.setattr("visits.bench.measure.LEAST", 4)
    wanted = (FLOOR, "today, leader", "search, 2 characters", "book a visit")
    pages = {page.name: page for page in pages_of(world)}
    letters, visits = Letter.objects.count(), Visit.objects.count()

    found = [
        measure(pages[name], live_server.url, clients=[1, 2], seconds=0)
        for name in wanted
    ]

    assert [load.errors for it in found for load in it.loads] == [0] * 8
    assert all(load.p95 >= load.p50 > 0 for it in found for load in it.loads)
    assert [it.raw is None for it in found] == [False, False, False, True]
    assert found[1].queries > found[0].queries > 0
    assert Visit.objects.count() > visits
    assert Letter.objects.count() == letters


def test_what_cannot_be_measured_is_said_and_a_file_is_made(world, live_server):
    list(pages_of(world))
    made = measure_xlsx(world)

    assert (made.rows, made.size > 5_000, made.seconds > 0) == (1, True, True)
    assert not Export.objects.exists()

    assert world.left_out == [
        "report of the country",
        "report of a province",
        "report of a county",
    ]
