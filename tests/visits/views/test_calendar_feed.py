"""The private calendar address: who reads what there, and that programs can."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import icalendar
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import CadreFactory, VisitFactory
from tests.factories.letters import officer, petition_office, take
from tests.factories.matters import MatterWorld
from tests.factories.sessions import published_session
from visits.actions.make_feed import make_feed
from visits.models import CalendarFeed, Visit
from visits.rules.letter_states import Step
from visits.rules.visit_states import VisitState

pytestmark = pytest.mark.django_db


def read(client, key):
    client.logout()
    return client.get(reverse("visits:feed_read", args=[key]))


def events(response):
    calendar = icalendar.Calendar.from_ical(response.content)
    return {str(it["uid"]): it for it in calendar.walk("VEVENT")}


@pytest.fixture
def tomorrow():
    return (timezone.localtime() + timedelta(days=1)).replace(
        hour=9, minute=0, second=0, microsecond=0
    )


@pytest.fixture
def visit(leader, js, tomorrow):
    return VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang, js.liuji],
        count=2,
        starts_at=tomorrow,
        purpose="看望困难群众；逗号，分号;换行",
    )


def test_the_address_is_shown_once_and_kept_nowhere(client, leader, visit):
    client.force_login(leader)
    page = client.post(reverse("visits:feed_make")).content.decode()
    address = page.split('value="http')[1].split('"')[0]
    key = address.rsplit("/", 1)[1].removesuffix(".ics")

    assert key not in client.get(reverse("visits:feed")).content.decode()
    assert key not in CalendarFeed.objects.get().key_hash
    assert len(events(read(client, key))) == 2


def test_stops_are_events_with_place_time_and_state(client, leader, visit, tomorrow):
    found = events(read(client, make_feed(by=leader, now=timezone.now())))

    first = found[f"{visit.reference}-1@four-grassroots"]
    assert first["summary"] == f"棠张镇 · {visit.purpose}"
    assert first.decoded("dtstart") == tomorrow
    assert first["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert first.decoded("dtend") == tomorrow + timedelta(hours=3)
    assert "江苏" in first["location"]
    assert (first["status"], first["sequence"]) == ("TENTATIVE", visit.version)
    assert str(first["url"]).endswith(visit.get_absolute_url())


def test_a_change_keeps_the_event_and_goes_up_in_number(client, leader, visit):
    key = make_feed(by=leader, now=timezone.now())
    before = events(read(client, key))
    Visit.objects.filter(pk=visit.pk).update(
        state=VisitState.CANCELLED, reason_ended="台风", version=7
    )
    after = events(read(client, key))

    assert before.keys() == after.keys()
    assert {str(it["status"]) for it in after.values()} == {"CANCELLED"}
    assert {it["sequence"] for it in after.values()} == {7}


def test_only_own_visits_are_in_it(
    client, leader, liaison, district_admin, js, tomorrow
):
    hidden = VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=tomorrow,
        mode="unannounced",
    )
    VisitFactory(officials=[CadreFactory()], places=[js.tangzhang], starts_at=tomorrow)
    VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=tomorrow,
        state=VisitState.DRAFT,
    )
    found = [
        events(read(client, make_feed(by=it, now=timezone.now())))
        for it in (leader, liaison, district_admin)
    ]

    own = {f"{hidden.reference}-1@four-grassroots"}
    assert [it.keys() for it in found] == [own, own, set()]
    assert found[0].popitem()[1]["class"] == "CONFIDENTIAL"


def test_limits_of_letters_without_what_they_say(client, casework):
    letter = casework.forwarded()
    letter = take(letter, Step.NAME_HANDLER, casework.head, handler=casework.handler)
    response = read(client, make_feed(by=casework.handler, now=timezone.now()))

    event = events(response)[f"{letter.reference}-limit@four-grassroots"]
    assert event.decoded("dtstart") == letter.due_on
    assert letter.printed_reference in event["summary"]
    text = response.content.decode()
    assert letter.request not in text
    # Another's limits are not mine.
    other = read(client, make_feed(by=casework.head, now=timezone.now()))
    assert events(other) == {}


def test_deadlines_of_matters_reach_who_decided_and_who_is_to_do_it(client, js):
    world = MatterWorld(js)
    matter = world.matter()
    uid = f"{matter.reference}-due@four-grassroots"
    found = [
        events(read(client, make_feed(by=it, now=timezone.now())))
        for it in (world.leader, world.liaison, world.handler, world.admin)
    ]

    assert [uid in it for it in found] == [True, True, True, False]
    assert found[0][uid].decoded("dtstart") == matter.due_on


def test_receptions_are_in_the_calendar_of_who_receives(client, leader, liaison, js):
    office = petition_office(js.xuzhou)
    clerk = officer(office, Role.PETITION_OFFICER)
    session = published_session(office, [leader.cadre], clerk)
    found = [
        events(read(client, make_feed(by=it, now=timezone.now())))
        for it in (leader, liaison, clerk)
    ]

    uid = f"{session.reference}@four-grassroots"
    assert [uid in it for it in found] == [True, True, False]
    assert found[0][uid].decoded("dtstart") == timezone.localtime(session.starts_at)
    assert found[0][uid]["status"] == "CONFIRMED"
    assert "信访接待大厅" in found[0][uid]["location"]


def test_a_new_address_ends_the_one_before(client, leader):
    old = make_feed(by=leader, now=timezone.now())
    new = make_feed(by=leader, now=timezone.now())
    assert [read(client, it).status_code for it in (old, new)] == [404, 200]

    client.force_login(leader)
    client.post(reverse("visits:feed_revoke"))
    assert read(client, new).status_code == 404
    assert CalendarFeed.objects.count() == 2


def test_a_closed_account_reads_nothing(client, leader):
    key = make_feed(by=leader, now=timezone.now())
    leader.is_active = False
    leader.save()
    assert read(client, key).status_code == 404


def test_nothing_new_is_not_sent_again(client, leader, visit):
    key = make_feed(by=leader, now=timezone.now())
    first = read(client, key)
    again = client.get(
        reverse("visits:feed_read", args=[key]),
        headers={"if-none-match": first.headers["ETag"]},
    )
    assert (again.status_code, again.content) == (304, b"")
    assert "private" in first.headers["Cache-Control"]


def test_who_sees_no_visits_has_no_address(client, auditor):
    client.force_login(auditor)
    assert client.get(reverse("visits:feed")).status_code == 403
    assert read(client, "x" * 32).status_code == 404


def test_a_visit_more_costs_no_query_more(client, leader, js, visit, tomorrow):
    key = make_feed(by=leader, now=timezone.now())
    read(client, key)
    with CaptureQueriesContext(connection) as one:
        read(client, key)
    for day in range(1, 4):
        VisitFactory(
            officials=[leader.cadre],
            places=[js.liuji],
            starts_at=tomorrow + timedelta(days=day),
        )
    with CaptureQueriesContext(connection) as four:
        assert len(events(read(client, key))) == 5

    assert len(four) == len(one)


@pytest.mark.django_db(transaction=True)
def test_vdirsyncer_fetches_and_khal_lists_it(
    leader, visit, live_server, settings, tmp_path
):
    """Two programs we did not write; a change and a cancellation reach them."""
    address = live_server.url + reverse(
        "visits:feed_read", args=[make_feed(by=leader, now=timezone.now())]
    )
    for name in ("status", "visits"):
        (tmp_path / name).mkdir()
    sync = tmp_path / "vdirsyncer.conf"
    sync.write_text(
        f"""[general]
status_path = "{tmp_path}/status"
[pair visits]
a = "there"
b = "here"
collections = null
conflict_resolution = "a wins"
[storage there]
type = "http"
url = "{address}"
[storage here]
type = "filesystem"
path = "{tmp_path}/visits"
fileext = ".ics"
"""
    )
    look = tmp_path / "khal.conf"
    look.write_text(
        f"""[calendars]
[[visits]]
path = {tmp_path}/visits
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = Asia/Shanghai
default_timezone = Asia/Shanghai
[sqlite]
path = {tmp_path}/khal.db
"""
    )

    def run(program, *arguments):
        done = subprocess.run(
            [Path(sys.executable).with_name(program), *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def listed():
        run("vdirsyncer", "-c", str(sync), "sync")
        wanted = ("--format", "{start-time}-{end-time} {title} {status}")
        day = timezone.localtime(visit.starts_at).strftime("%Y-%m-%d")
        return run("khal", "-c", str(look), "list", *wanted, "--notstarted", day, day)

    run("vdirsyncer", "-c", str(sync), "discover")
    first = listed()
    assert "09:00-12:00 棠张镇 · 看望困难群众" in first
    assert "12:00-15:00" in first

    visit.stops.filter(position=2).delete()
    visit.stops.filter(position=1).update(
        starts_at=visit.starts_at + timedelta(hours=1)
    )
    Visit.objects.filter(pk=visit.pk).update(version=2)
    second = listed()
    assert "10:00-12:00 棠张镇" in second
    assert "12:00-15:00" not in second
