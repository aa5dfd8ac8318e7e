from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import MandateFactory
from tests.factories.letter_world import LetterWorld
from tests.factories.letters import officer, petition_office, take
from tests.factories.visits import at
from visits.actions.open_identity import open_identity, open_sealed
from visits.actions.report_pressure import report_pressure
from visits.models import Access
from visits.rules.letter_states import Step

pytestmark = pytest.mark.django_db
LIST = reverse("visits:access_list")


@pytest.fixture
def world(js):
    return LetterWorld(js)


def looks(client, **query):
    return [row.reason for row in client.get(LIST, query).context["rows"]]


def look(world, letter, reason="核实", by=None, now=None):
    open_identity(letter, by=by or world.petition, reason=reason, now=now or world.now)


def test_the_auditor_sees_every_look_and_no_number_of_what_is_sealed(client_of, world):
    plain, sealed = world.letter(), world.sealed()
    look(world, plain, "电话核实")
    open_sealed(sealed, by=world.sealer, reason="初查", now=world.now)

    response = client_of(world.auditor).get(LIST)

    assert {row.reason for row in response.context["rows"]} == {"电话核实", "初查"}
    page = response.content.decode()
    assert plain.printed_reference in page
    assert sealed.printed_reference not in page
    assert sealed.reference not in page


def test_the_petition_office_sees_the_looks_at_its_own_letters(client_of, world):
    sealed = world.sealed()
    look(world, world.letter(), "自己的")
    open_sealed(sealed, by=world.sealer, reason="检举", now=world.now)
    elsewhere = petition_office(world.js.tongshan)
    other = world.letter(office=elsewhere)
    look(world, other, "别处的", by=officer(elsewhere))

    assert looks(client_of(world.petition)) == ["自己的"]


def test_an_auditor_with_a_tie_learns_nothing_here_either(client_of, world):
    official = world.official()
    MandateFactory(account=world.auditor, cadre=official)
    sealed = world.sealed(named_officials=[official])
    open_sealed(sealed, by=world.sealer, reason="初查", now=world.now)

    assert looks(client_of(world.auditor)) == []


def test_for_others_this_page_does_not_exist(client_of, world):
    for account in (world.handler, world.clerk, world.sealer):
        assert client_of(account).get(LIST).status_code == 404


def test_looks_are_narrowed(client_of, world):
    letter = world.letter()
    for when, reason in (
        ("2026-09-14 10:00", "平日"),  # a Monday
        ("2026-09-14 23:10", "深夜"),
        ("2026-09-12 10:00", "周六"),
    ):
        look(world, letter, reason, now=at(when))
    client = client_of(world.auditor)

    assert looks(client, odd="on") == ["深夜", "周六"]
    assert looks(client, first="2026-09-13", last="2026-09-14") == ["深夜", "平日"]
    assert looks(client, kind="sealed") == []
    assert len(looks(client, who=world.petition.username)) == 3
    assert looks(client, who="没有这个人") == []
    assert len(looks(client, first="x", kind="y", after="abc", before="-1")) == 3


def test_looks_by_people_of_a_named_unit_are_found(client_of, world):
    letter = world.letter()
    look(world, letter, "信访局的人")
    take(letter, Step.FORWARD, world.petition, to_unit=world.water)
    look(world, letter, "被反映单位的人", by=world.handler)
    letter.named.create(unit=world.water, added_by=world.sealer)

    assert looks(client_of(world.auditor), near="on") == ["被反映单位的人"]


def test_looks_in_bulk_are_found(client_of, world, monkeypatch):
    monkeypatch.setattr("visits.reports.odd_looks.IN_BULK", 2)
    other = officer(world.office)
    for minutes in (0, 40):
        when = world.now + timedelta(minutes=minutes)
        look(world, world.letter(), "一连串", now=when)
        later = world.now + timedelta(minutes=3 * minutes)
        look(world, world.letter(), "隔了很久", by=other, now=later)

    assert looks(client_of(world.auditor), bulk="on") == ["一连串", "一连串"]


def test_looks_of_those_who_did_nothing_with_the_letter_are_found(client_of, world):
    letter = world.letter()
    look(world, letter, "无任务", by=officer(world.office))
    look(world, letter, "经办")
    take(letter, Step.FORWARD, world.petition, to_unit=world.water)

    assert looks(client_of(world.auditor), idle="on") == ["无任务"]


def test_looks_before_a_report_of_pressure_are_for_the_auditor_alone(client_of, world):
    letter, other = world.letter(), world.letter()
    for days, reason in ((40, "早先"), (3, "之前"), (-1, "之后")):
        look(world, letter, reason, now=world.now - timedelta(days=days))
    look(world, other, "无关", now=world.now - timedelta(days=3))
    report_pressure(text="被约谈", letter=letter, now=world.now)

    assert looks(client_of(world.auditor), pressed="on") == ["之前"]
    office = client_of(world.petition)
    assert len(looks(office, pressed="on")) == 4
    assert 'name="pressed"' not in office.get(LIST).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_looks_cost_the_same_for_any_number(
    client_of, world, count, django_assert_num_queries
):
    letter = world.letter()
    for _n in range(count):
        look(world, letter)
    client = client_of(world.auditor)

    # Sign-in (2), roles, the entry in the audit log, ties, the looks.
    with django_assert_num_queries(6):
        response = client.get(LIST)

    assert len(response.context["rows"]) == count


def test_looks_go_on_page_by_page(client_of, world):
    letter = world.letter()
    now = timezone.now()
    Access.objects.bulk_create(
        Access(
            letter=letter,
            by=world.petition,
            kind="identity",
            reason=f"{n}",
            at=now + timedelta(seconds=n),
        )
        for n in range(51)
    )
    client = client_of(world.auditor)

    first = client.get(LIST)
    second = client.get(LIST + first.context["pager"].next_url)

    assert [row.reason for row in second.context["rows"]] == ["0"]
