"""What changed since I was last here: mine to read, mine to clear, and nobody else's."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import AccountFactory, UnitFactory, VisitFactory
from tests.factories.letters import letter_at, officer, petition_office, take
from tests.factories.matters import MatterWorld
from visits.models import TodayLook, VisitEvent
from visits.rules.letter_states import Step

pytestmark = pytest.mark.django_db
TODAY = reverse("visits:today")
SEEN = reverse("visits:today_seen")


@pytest.fixture
def world(js):
    return MatterWorld(js)


def looked(account, *, days=1):
    TodayLook.objects.update_or_create(
        account=account, defaults={"looked_at": timezone.now() - timedelta(days=days)}
    )


def happened(visit, by, kind="approved", **ago):
    at = timezone.now() - timedelta(**(ago or {"minutes": 5}))
    return VisitEvent.objects.create(visit=visit, kind=kind, by=by, at=at)


def titles(client):
    return [row.title for row in client.get(TODAY).context["news"].rows]


def test_who_was_never_here_begins_now(client, world):
    happened(world.visit(purpose="看水渠"), world.liaison)
    client.force_login(world.leader)

    assert titles(client) == []
    assert TodayLook.objects.get().account == world.leader


def test_what_others_did_since_the_last_look_is_told_once_per_record(client, world):
    visit = world.visit(purpose="看水渠")
    happened(visit, world.liaison, "logged", minutes=9)
    happened(visit, world.liaison, "corrected", minutes=5)
    happened(visit, world.liaison, "planned", days=3)
    happened(world.visit(purpose="自己改的"), world.leader)
    looked(world.leader)
    client.force_login(world.leader)
    client.cookies["django_language"] = "en"

    [row] = client.get(TODAY).context["news"].rows

    assert (row.title, row.steps) == ("看水渠", ["Log corrected", "Logged"])


def test_loading_again_keeps_the_list_until_it_is_seen(client, client_of, world):
    happened(world.visit(purpose="看水渠"), world.liaison)
    looked(world.leader)
    client.force_login(world.leader)

    assert [titles(client), titles(client)] == [["看水渠"], ["看水渠"]]
    assert client.post(SEEN).url == TODAY
    assert titles(client) == []
    assert titles(client_of(world.leader)) == []


def test_the_next_session_begins_where_the_last_one_looked(client_of, world):
    looked(world.leader)
    titles(client_of(world.leader))
    visit = world.visit(purpose="看水渠")
    VisitEvent.objects.create(
        visit=visit, kind="logged", by=world.liaison, at=timezone.now()
    )

    assert titles(client_of(world.leader)) == ["看水渠"]


def test_a_letter_is_told_by_number_and_step_and_a_sealed_one_never(client, js):
    office = petition_office(js.xuzhou)
    clerk, petition = officer(office, Role.CLERK), officer(office)
    open_ = letter_at(js.huancheng, office=office, by=clerk, request="停水一个月")
    letter_at(js.huancheng, office=office, by=clerk, category="accusation")
    sealer = officer(office, Role.SEAL_OFFICER)
    for account in (petition, sealer):
        looked(account)
    client.force_login(petition)

    assert titles(client) == [f"{open_.printed_reference} · 环城街道"]
    client.force_login(sealer)
    assert titles(client) == []


def test_an_unannounced_visit_of_others_is_not_told(client, js):
    admin = AccountFactory(role=Role.CLERK, role__place=js.xuzhou)
    tomorrow = timezone.now() + timedelta(days=1)
    for mode in ("unannounced", "announced"):
        visit = VisitFactory(
            mode=mode, purpose=mode, places=[js.huancheng], starts_at=tomorrow
        )
        happened(visit, AccountFactory())
    looked(admin)
    client.force_login(admin)

    assert titles(client) == ["announced"]


def test_a_matter_the_people_spoke_on_is_told(client, world):
    matter = world.confirmed()
    looked(world.leader)
    client.force_login(world.leader)

    assert titles(client) == [matter.subject]


def test_the_list_is_cut_and_counts_the_rest(client, world):
    for n in range(11):
        happened(world.visit(purpose=f"访{n}"), world.liaison, minutes=n + 1)
    looked(world.leader)
    client.force_login(world.leader)

    news = client.get(TODAY).context["news"]

    assert ([it.title for it in news.rows][:2], news.more) == (["访0", "访1"], 3)


def test_looks_are_kept_to_the_minute_and_once_for_each(client, world):
    looked(world.leader, days=0)
    before = TodayLook.objects.get().looked_at
    client.force_login(world.leader)

    titles(client)

    assert TodayLook.objects.get().looked_at == before


def test_seen_is_sent_not_followed(client, world):
    client.force_login(world.leader)

    assert client.get(SEEN).status_code == 405


def test_steps_of_a_letter_stand_newest_first(client, js):
    office = petition_office(js.xuzhou)
    petition = officer(office)
    other = officer(office)
    letter = letter_at(js.huancheng, office=office, by=other)
    take(letter, Step.FORWARD, other, to_unit=UnitFactory(place=js.xuzhou))
    looked(petition)
    client.force_login(petition)
    client.cookies["django_language"] = "en"

    [row] = client.get(TODAY).context["news"].rows

    assert row.steps == ["Forward", "Register"]
