"""Nobody can see or infer a hidden unannounced visit from the planner's pages.

Each page is drawn in two worlds, without and with the visit, for the same reader:
not one character may differ (domain handbook 4.3; OWASP ASVS 8.4.1, inference).
"""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.models import Setting
from cadres.rules.roles import Role
from tests.factories import AccountFactory, CadreFactory, UnitFactory, VisitFactory
from visits.models import Action, Matter
from visits.rules.calendar_spans import Month, Week
from visits.rules.visit_states import Mode

pytestmark = pytest.mark.django_db

SECRET = "暗访危旧房"
VIEWS = ("table", "tiles")
TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")  # the CSRF token, new on each page


@pytest.fixture
def world(js, leader, liaison):
    """What everyone may know: two open visits, one past and one in three days."""
    unit = leader.cadre.unit
    VisitFactory(
        held=True,
        officials=[leader.cadre],
        places=[js.tangzhang],
        unit=unit,
        starts_at=timezone.now() - timedelta(days=40),
    )
    VisitFactory(
        officials=[CadreFactory(unit=unit)],
        places=[js.village],
        unit=unit,
        starts_at=timezone.now() + timedelta(days=3),
    )
    return SimpleNamespace(js=js, leader=leader, liaison=liaison, unit=unit)


def reader_named(name, js, unit):
    def account(role, **scope):
        return AccountFactory(role=role, **scope)

    def office(place):
        return UnitFactory(name="办公室", place=place)

    return {
        "administrator of the village": lambda: account(
            Role.DISTRICT_ADMIN, role__place=js.village, unit=office(js.village)
        ),
        "administrator of the township": lambda: account(
            Role.DISTRICT_ADMIN, role__place=js.tangzhang, unit=office(js.tangzhang)
        ),
        "administrator of the county": lambda: account(
            Role.DISTRICT_ADMIN, role__place=js.tongshan, unit=office(js.tongshan)
        ),
        "administrator of the prefecture": lambda: account(
            Role.DISTRICT_ADMIN, role__place=js.xuzhou, unit=unit
        ),
        "administrator of the province": lambda: account(
            Role.DISTRICT_ADMIN, role__place=js.js, unit=office(js.js)
        ),
        "leader of the county": lambda: account(
            Role.LEADER,
            role__place=js.tongshan,
            cadre=CadreFactory(unit=office(js.tongshan)),
        ),
        "head of the visiting unit": lambda: account(
            Role.UNIT_HEAD, role__unit=unit, unit=unit
        ),
        "liaison of a colleague": lambda: account(
            Role.LIAISON,
            role__unit=unit,
            unit=unit,
            acts_for=[CadreFactory(unit=unit)],
        ),
        "clerk of the county": lambda: account(Role.CLERK, role__place=js.tongshan),
        "petition officer": lambda: account(
            Role.PETITION_OFFICER, role__place=js.xuzhou
        ),
        "report reader": lambda: account(Role.REPORT_READER, role__place=js.xuzhou),
        "auditor": lambda: account(Role.AUDITOR),
    }[name]()


READERS = [
    "administrator of the village",
    "administrator of the township",
    "administrator of the county",
    "administrator of the prefecture",
    "administrator of the province",
    "leader of the county",
    "head of the visiting unit",
    "liaison of a colleague",
    "clerk of the county",
    "petition officer",
    "report reader",
    "auditor",
]

# As far off as another one here: they wait for the long run.
ALIKE = (
    "administrator of the township", "administrator of the province",
    "clerk of the county", "report reader", "auditor", "leader of the county",
    "administrator of the county", "petition officer",
)  # fmt: skip


def hide_all_kinds(world):
    """Hidden visits in each of their ages: planned, under way, over, logged, in an action."""
    now, today = timezone.now(), timezone.localdate()
    action = Action.objects.create(
        name=SECRET,
        organiser=world.unit,
        first=today,
        last=today + timedelta(days=9),
        planned_by=world.liaison,
        client_key="00000000-0000-0000-0000-000000000001",
    )
    planned = hide(world, now + timedelta(days=4))
    hide(world, now + timedelta(days=5), action=action)
    hide(world, now - timedelta(hours=1))
    hide(world, now - timedelta(hours=6))
    logged = hide(world, now - timedelta(hours=10), held=True)
    matter = Matter(
        stop=logged.stops.first(),
        subject=SECRET,
        decision="修缮",
        decided_by=logged.team.get(part="lead").official,
        lead_unit="住建局",
        due_on=today + timedelta(days=3),
        first_due_on=today + timedelta(days=3),
        state="assigned",
    )
    matter.settle_at(world.js.village)
    matter.save()
    return planned


def hide(world, starts_at, **more):
    return VisitFactory(
        officials=[world.leader.cadre],
        places=[world.js.village, world.js.liuji],
        count=2,
        hours=1,
        mode=Mode.UNANNOUNCED,
        purpose=SECRET,
        unit=world.unit,
        planned_by=world.liaison,
        starts_at=starts_at,
        **more,
    )


def addresses(world):
    """Every page of the planner that could speak of the visit."""
    today = timezone.localdate()
    this, month = Week.of(today), Month.of(today)
    weeks = [f"week={week.key}" for week in (this, this.after)]
    months = [f"month={it.key}" for it in (month, month.after)]
    places = (world.js.village, world.js.tangzhang, world.js.tongshan, world.js.xuzhou)
    office = ["unit=all", f"official={world.leader.cadre.pk}"]
    at_places = [f"place={place.pk}" for place in places]
    calendar = reverse("visits:calendar")
    found = [f"{calendar}?{it}&{week}" for it in office + at_places for week in weeks]
    found += [f"{calendar}?{it}&{one}" for it in office for one in months]
    found += [f"{calendar}", f"{calendar}?unit={world.unit.pk}"]
    shown = ("all", "log", "confirm", "planned")
    found += [f"{calendar}?view=list&show={show}" for show in shown]
    found += [reverse("visits:today"), reverse("visits:action_list")]
    where = reverse("visits:where_to_go")
    found += [f"{where}?{it}&view={one}" for it in at_places for one in VIEWS]
    search = reverse("visits:search")
    return found + [f"{search}?q={q}" for q in (SECRET, "暗访", world.leader.name)]


def pages(client, found):
    drawn = {}
    for address in sorted(found):
        response = client.get(address)
        text = TOKEN.sub("", response.content.decode())
        drawn[address] = (response.status_code, response.headers.get("Location"), text)
    return drawn


def different(one, other):
    return [address for address in one if one[address] != other[address]]


@pytest.mark.parametrize(
    "name",
    [pytest.param(it, marks=pytest.mark.long) if it in ALIKE else it for it in READERS],
)
def test_no_page_differs_by_a_hidden_visit(client, world, name):
    client.force_login(reader_named(name, world.js, world.unit))
    before = pages(client, addresses(world))

    visit = hide_all_kinds(world)

    by_reference = f"{reverse('visits:search')}?q={visit.reference}"
    assert SECRET not in client.get(by_reference).content.decode()
    assert different(before, pages(client, before)) == []


@pytest.mark.parametrize("who", ["leader", "liaison"])
def test_those_who_go_see_it(client, world, who):
    """Proof that the pages compared above would tell, if they could."""
    client.force_login(getattr(world, who))
    before = pages(client, addresses(world))

    hide_all_kinds(world)

    changed = different(before, pages(client, before))
    village = f"place={world.js.village.pk}&"
    for part in (f"official={world.leader.cadre.pk}", village, "view=list", "q="):
        assert any(part in address for address in changed), part
    assert reverse("visits:today") in changed
    assert reverse("visits:action_list") in changed


def test_after_its_delay_the_place_sees_it(client, world):
    delay = Setting.objects.as_dict()["hidden.delay_hours"]
    name = "administrator of the county"
    client.force_login(reader_named(name, world.js, world.unit))
    before = pages(client, addresses(world))

    hide(world, timezone.now() - timedelta(hours=delay + 3))

    assert different(before, pages(client, before)) != []
