import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document

from cadres.rules.roles import Role
from tests.factories import AccountFactory, CadreFactory, TalkFactory
from tests.factories.matters import MatterWorld
from visits.actions.write_lesson import write_lesson

pytestmark = pytest.mark.django_db
RECORD, FILE = reverse("visits:record"), reverse("visits:record_file")


@pytest.fixture
def world(js):
    return MatterWorld(js)


def numbers(response):
    record = response.context["record"]
    return {it.name: value for _title, part in record.groups for it, value in part}


def learn(world, visit, text, *, is_shared=False):
    write_lesson(
        visit,
        by=world.leader,
        now=world.now,
        text=text,
        place=visit.stops.first().place,
        is_shared=is_shared,
        version=0,
    )


def text_of(response):
    document = Document(io.BytesIO(b"".join(response)))
    return "\n".join(it.text for it in document.paragraphs)


def test_the_record_has_days_places_topics_promises_and_notes(client, world, js):
    visit = world.visit(places=[js.huancheng, js.shitun], hours=2, count=2)
    TalkFactory(stop=visit.stops.first(), theme="供水条例")
    world.matter(visit=visit, subject="停水")
    learn(world, visit, "先看井。")
    client.force_login(world.leader)

    response = client.get(RECORD, {"year": visit.starts_on.year})

    found = numbers(response)
    assert (found["visits"], found["talks"], found["visits_study"]) == (1, 1, 1)
    record = response.context["record"]
    paths = {it.path for it in record.places}
    assert paths == {js.huancheng.path, js.shitun.path}
    assert (record.themes, [it.text for it in record.lessons]) == (
        ["供水条例"],
        ["先看井。"],
    )
    assert [it.matter.subject for it in record.promises] == ["停水"]


def test_figures_are_those_of_the_report(client, world):
    world.visit()
    year = world.today.year
    client.force_login(world.leader)

    mine = numbers(client.get(RECORD, {"year": year}))
    url = reverse("visits:report_official", args=[world.cadre.pk])
    groups = client.get(url, {"period": year}).context["groups"]

    shown = {
        figure.name: card["value"]
        for _title, cards, figures in groups
        for card, figure in zip(cards, figures)
    }
    for name in ("visits", "days", "counties", "promises"):
        assert f"{float(mine[name]):g}" == shown[name]


@pytest.mark.parametrize("role", list(Role))
def test_nobody_without_an_official_of_their_own_has_a_record(client, world, role):
    account = AccountFactory(
        role=role, role__place=world.js.xuzhou, acts_for=[world.cadre]
    )
    client.force_login(account)

    for url in (RECORD, FILE):
        assert client.get(url).status_code in (403, 404)


def test_a_colleague_sees_their_own_and_nothing_of_mine(client, world):
    learn(world, world.visit(), "只给自己")
    cadre = CadreFactory(unit=world.office)
    client.force_login(AccountFactory(cadre=cadre, role=Role.LEADER))

    page = client.get(RECORD)

    assert page.context["official"] == cadre
    assert "只给自己" not in page.content.decode()


@pytest.mark.parametrize(
    "year", ["", "abc", "0000", "99999", "1800", "2026-Q1", "²²²²"]
)
def test_a_year_that_is_none_is_this_one(client, world, year):
    client.force_login(world.leader)

    page = client.get(RECORD, {"year": year})

    assert page.context["record"].year == timezone.localdate().year


def test_the_years_begin_with_the_first_visit(client, world):
    past = world.now - timedelta(days=800)
    world.visit(starts_at=past)
    client.force_login(world.leader)

    years = client.get(RECORD).context["years"]

    assert (years[0], years[-1]) == (world.today.year, past.year)


def test_the_file_has_private_notes_only_when_asked_for(client, world):
    learn(world, world.visit(), "只给自己\x0b")
    learn(world, world.visit(), "大家可看", is_shared=True)
    client.force_login(world.leader)
    year = {"year": world.today.year}

    plain, full = (
        text_of(client.get(FILE, year)),
        text_of(client.get(FILE, year | {"notes": "on"})),
    )

    assert ("只给自己" in plain, "大家可看" in plain) == (False, True)
    assert "只给自己" in full


@pytest.mark.parametrize("count", [1, 3])
def test_the_record_costs_the_same_for_any_number(
    client, world, count, django_assert_num_queries
):
    for n in range(count):
        visit = world.visit()
        TalkFactory(stop=visit.stops.first())
        world.matter(visit=visit)
        learn(world, visit, f"学{n}")
    client.force_login(world.leader)
    client.get(RECORD)

    with django_assert_num_queries(17):
        client.get(RECORD)
