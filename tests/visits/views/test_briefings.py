"""The briefing: who reads it when, and that it tells nobody more than they may see."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.models import Account
from tests.factories import (
    CadreFactory,
    ContactPointFactory,
    MatterFactory,
    QuestionFactory,
    TalkFactory,
    UnitFactory,
    VisitFactory,
)
from tests.factories.visits import at
from visits.models import ContentSubject
from visits.reports.briefing import briefing
from visits.rules.small_counts import Told
from visits.rules.visit_states import Mode, VisitState

pytestmark = pytest.mark.django_db

EVENING = at("2026-11-30 18:00")
MORNING = at("2026-12-01 09:00")


@pytest.fixture
def visit(leader, js):
    return VisitFactory(
        officials=[leader.cadre],
        unit=leader.unit,
        places=[js.village, js.huancheng],
        count=2,
        starts_at=MORNING,
    )


@pytest.fixture
def clock(monkeypatch):
    def is_now(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return is_now


def held(place, days=9, **more):
    return VisitFactory(
        held=True, places=[place], starts_at=EVENING - timedelta(days=days), **more
    )


def url(visit):
    return reverse("visits:visit_briefing", args=[visit.reference])


def read(visit, account, now=EVENING):
    return briefing(visit, Account.objects.get(pk=account.pk), now=now)


@pytest.mark.parametrize(
    ("who", "before", "after"),
    [
        ("leader", 200, 200),
        ("liaison", 200, 200),
        ("district_admin", 404, 200),
        ("county_admin", 404, 200),
        ("reader", 403, 403),
    ],
)
def test_a_briefing_opens_the_evening_before_and_to_its_team_earlier(
    client_of, visit, clock, request, who, before, after
):
    account = request.getfixturevalue(who)

    clock(EVENING - timedelta(minutes=1))
    early = client_of(account).get(url(visit)).status_code
    clock(EVENING)
    late = client_of(account).get(url(visit)).status_code

    assert (early, late) == (before, after)


def test_a_briefing_of_a_hidden_visit_is_for_its_team_alone(
    client_of, clock, leader, district_admin, county_admin, js
):
    visit = VisitFactory(
        officials=[leader.cadre],
        places=[js.village],
        starts_at=MORNING,
        mode=Mode.UNANNOUNCED,
    )
    clock(EVENING)

    asked = [
        client_of(it).get(url(visit)).status_code
        for it in (leader, district_admin, county_admin)
    ]

    assert asked == [200, 404, 404]


@pytest.mark.parametrize("state", [VisitState.CANCELLED, VisitState.LOGGED])
def test_there_is_no_briefing_for_what_is_not_to_come(
    client_of, clock, leader, js, state
):
    visit = VisitFactory(
        officials=[leader.cadre],
        places=[js.village],
        starts_at=MORNING,
        state=state,
        reason_ended="防汛",
    )
    clock(EVENING)

    assert client_of(leader).get(url(visit)).status_code == 404


def test_the_visit_and_the_week_ahead_lead_to_it(client_of, clock, leader, visit):
    clock(EVENING)
    client = client_of(leader)

    pages = [
        client.get(it) for it in (visit.get_absolute_url(), reverse("visits:today"))
    ]

    assert [url(visit) in page.content.decode() for page in pages] == [True, True]


def test_it_tells_of_place_visits_matters_and_talks(visit, leader, js):
    ContactPointFactory(cadre=leader.cadre, place=js.village)
    seen = held(js.village, officials=[leader.cadre], places__activities=["publicity"])
    TalkFactory(stop=seen.stops.get(), theme="土地政策")
    matter = MatterFactory(
        stop=seen.stops.get(),
        assigned=True,
        decided_by=leader.cadre,
        due_on=EVENING.date() - timedelta(days=1),
    )
    foreign = held(js.village, days=3, unit=UnitFactory(name="市农业局"))

    [village, town] = read(visit, leader).stops

    assert [point.cadre for point in village.contacts] == [leader.cadre]
    assert [(it.stop.visit, it.may_open) for it in village.came] == [
        (foreign, False),
        (seen, True),
    ]
    assert village.matters == [matter]
    assert (village.open_matters, village.due) == (1, 1)
    assert [talk.theme for talk in village.talks] == ["土地政策"]
    assert (town.contacts, town.came, town.matters, town.talks) == ([], [], [], [])


def test_a_visit_one_may_not_see_shows_its_unit_and_day_alone(
    client_of, clock, visit, leader, js
):
    other = held(
        js.village,
        purpose="与他人谈话",
        officials=[CadreFactory(name="秦不知")],
        unit=UnitFactory(name="市农业局"),
    )
    TalkFactory(stop=other.stops.get(), theme="别处的主题")
    clock(EVENING)

    page = client_of(leader).get(url(visit)).content.decode()

    assert "市农业局" in page
    for word in ("与他人谈话", "秦不知", other.reference, "别处的主题"):
        assert word not in page


def test_a_hidden_visit_of_others_is_not_told_of(clock, visit, leader, js):
    clock(EVENING)
    without = read(visit, leader)
    hidden = held(js.village, days=0.2, mode=Mode.UNANNOUNCED)
    MatterFactory(stop=hidden.stops.get(), assigned=True)

    seen = read(visit, leader)

    assert seen.stops == without.stops


def test_letters_are_told_as_counts_to_those_who_may_not_read_them(
    client_of, clock, visit, leader, casework, js
):
    water = ContentSubject.objects.create(name="供水", pinyin="", initials="")
    for _one in range(5):
        letter = casework.letter()
        letter.subject = water
        letter.save()
    casework.letter()
    casework.letter(complains_about_someone=True, request="反映违规收费")
    clock(timezone.now())

    [_village, town] = read(visit, leader).stops
    [_village, inside] = read(visit, casework.petition).stops

    assert (town.letters, town.letters_in_all) == ([], Told(5, at_least=5))
    assert town.subjects == [("供水", Told(5, at_least=5))]
    assert inside.letters_in_all == Told(5, exactly=6)
    assert len(inside.letters) == 5
    page = client_of(leader).get(url(visit)).content.decode()
    for word in ("小区自来水", "李测试", "违规收费"):
        assert word not in page


def test_open_questions_of_the_place_are_in_it(client_of, clock, leader, visit, js):
    talk = TalkFactory(stop=held(js.village, officials=[leader.cadre]).stops.get())
    hidden = TalkFactory(
        stop=held(js.village, days=30, officials=[CadreFactory()]).stops.get()
    )
    QuestionFactory(talk=talk, text="自来水何时通到三组？")
    QuestionFactory(talk=talk, text="路灯修好了吗？", answered=True)
    QuestionFactory(talk=hidden, text="别人的问题")
    clock(EVENING)

    page = client_of(leader).get(url(visit)).content.decode()

    assert "自来水何时通到三组？" in page
    assert "路灯修好了吗？" not in page
    assert "别人的问题" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_a_briefing_costs_the_same_for_any_number(
    visit, leader, js, count, django_assert_num_queries
):
    for n in range(count):
        seen = held(js.village, days=9 + n, officials=[leader.cadre])
        QuestionFactory(talk=TalkFactory(stop=seen.stops.get()))
        MatterFactory(stop=seen.stops.get(), assigned=True, decided_by=leader.cadre)
        ContactPointFactory(cadre=CadreFactory(unit=leader.unit), place=js.village)
    reader = Account.objects.get(pk=leader.pk)
    reader.grants_today, reader.acts_for_ids(), reader.ties

    with django_assert_num_queries(16):
        briefing(visit, reader, now=EVENING)


def test_a_briefing_costs_the_same_for_any_number_of_stops(
    client_of, leader, js, clock, django_assert_max_num_queries
):
    places = [js.village, js.tangzhang, js.liuji]
    visit = VisitFactory(
        officials=[leader.cadre], places=places, count=3, starts_at=MORNING
    )
    talk = TalkFactory(stop=held(js.village, officials=[leader.cadre]).stops.get())
    client, address = client_of(leader), url(visit)
    clock(EVENING)

    with django_assert_max_num_queries(24):
        page = client.get(address)

    stops = page.context["briefing"].stops
    assert [it.stop.place for it in stops] == places
    assert [it.talks for it in stops] == [[talk], [talk], []]
