from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import (
    AccountFactory,
    CadreFactory,
    QuestionFactory,
    TalkFactory,
    VisitFactory,
)
from visits.models import Matter, VisitEvent

pytestmark = pytest.mark.django_db
TODAY = reverse("visits:today")


def visit(leader, place, days, **more):
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    return VisitFactory(
        officials=[leader.cadre],
        places=[place],
        starts_at=noon + timedelta(days=days),
        **more,
    )


def matter(visit, subject, days, state="assigned"):
    stop = visit.stops.first()
    found = Matter(
        stop=stop,
        subject=subject,
        decision="更换",
        decided_by=visit.team.get(part="lead").official,
        lead_unit="住建局",
        due_on=timezone.localdate() + timedelta(days=days),
        first_due_on=timezone.localdate() + timedelta(days=days),
        state=state,
    )
    found.settle_at(stop.place)
    found.save()
    return found


def tasks(client):
    return [(task.kind, task.title) for task in client.get(TODAY).context["tasks"]]


def test_liaison_sees_what_is_to_log_and_finish_in_the_order_of_its_day(
    client, liaison, leader, js
):
    visit(leader, js.tangzhang, 2, purpose="草稿", state="draft", planned_by=liaison)
    visit(leader, js.tangzhang, -2, purpose="昨天")
    visit(leader, js.shitun, -9, purpose="上周")
    visit(leader, js.shitun, 4, purpose="将来")
    client.force_login(liaison)

    assert tasks(client) == [("log", "上周"), ("log", "昨天"), ("draft", "草稿")]


def test_leader_sees_what_is_to_approve_and_confirm(client, leader, js):
    visit(leader, js.tangzhang, 2, purpose="计划")
    visit(leader, js.tangzhang, -2, purpose="已记", held=True)
    client.force_login(leader)

    assert tasks(client) == [("confirm", "已记"), ("approve", "计划")]


def test_matters_are_told_when_their_limit_is_near(client, liaison, leader, js):
    held = visit(leader, js.tangzhang, -20, held=True)
    matter(held, "停水", 3)
    matter(held, "修路", -2)
    matter(held, "远期", 15)
    matter(held, "已办", 1, state="settled")
    client.force_login(liaison)

    response = client.get(TODAY)

    found = [(t.title, t.days) for t in response.context["tasks"]]
    assert found == [("修路 · 住建局", -2), ("停水 · 住建局", 3)]


def test_matters_of_others_are_not_told(client, liaison, leader, js):
    matter(VisitFactory(held=True, places=[js.tangzhang]), "停水", 3)
    client.force_login(liaison)

    assert tasks(client) == []


def test_today_and_the_week_ahead_stand_beside_it(client, liaison, leader, js):
    now = visit(leader, js.tangzhang, 0)
    soon = visit(leader, js.shitun, 6)
    visit(leader, js.shitun, 9)
    client.force_login(liaison)

    context = client.get(TODAY).context

    assert (context["today"], context["ahead"]) == ([now], [soon])


def test_who_acts_for_nobody_sees_their_area(client, js):
    there = VisitFactory(
        places=[js.tangzhang], starts_at=timezone.now() + timedelta(days=2)
    )
    client.force_login(AccountFactory(role=Role.CLERK, role__place=js.tongshan))

    context = client.get(TODAY).context

    assert (context["ahead"], context["tasks"]) == ([there], [])


def test_reader_starts_at_the_reports(client, reader):
    client.force_login(reader)

    assert client.get(TODAY).url == reverse("visits:report_districts")


@pytest.mark.parametrize(
    ("role", "officials"),
    [
        (Role.SYSTEM_ADMIN, False),
        (Role.SECURITY_ADMIN, False),
        (Role.AUDITOR, False),
    ],
)
def test_roles_without_visits_find_their_doors(client, role, officials):
    client.force_login(AccountFactory(role=role))

    html = client.get(TODAY).content.decode()

    assert 'class="figure-card door"' in html
    door = f'class="figure-card door" href="{reverse("cadres:cadre_list")}"'
    assert (door in html) == officials


@pytest.mark.parametrize(
    ("role", "accounts"),
    [
        (Role.SYSTEM_ADMIN, True),
        (Role.SECURITY_ADMIN, True),
        (Role.SEAL_OFFICER, False),
    ],
)
def test_administrators_find_the_accounts(client, role, accounts):
    client.force_login(AccountFactory(role=role))

    html = client.get(TODAY).content.decode()

    door = f'class="figure-card door" href="{reverse("cadres:account_list")}"'
    assert (door in html) == accounts


def test_an_account_without_any_role_is_told_whom_to_ask(client):
    client.force_login(AccountFactory(name="新人"))

    response = client.get(TODAY)

    assert response.status_code == 200
    assert "door" not in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_today_costs_the_same_for_any_number_of_tasks(
    client, liaison, leader, js, count, django_assert_num_queries
):
    for n in range(count):
        held = visit(leader, js.tangzhang, -30 - n, held=True)
        matter(held, "停水", 3)
        visit(leader, js.shitun, -2 - n)
        visit(leader, js.shitun, n)
        VisitEvent.objects.create(
            visit=held, kind="logged", by=leader, at=timezone.now()
        )
        talk = TalkFactory(stop=held.stops.first())
        QuestionFactory(talk=talk, promised=True, due_on=timezone.localdate())
    client.force_login(liaison)
    client.get(TODAY)

    # Each block is asked for once.
    with django_assert_num_queries(15):
        client.get(TODAY)


def test_promised_answers_stand_in_the_one_list_by_their_day(
    client, liaison, leader, js
):
    held = visit(leader, js.tangzhang, -9, held=True)
    talk = TalkFactory(stop=held.stops.first())
    soon = timezone.localdate() + timedelta(days=3)
    QuestionFactory(talk=talk, promised=True, due_on=soon, text="水费")
    QuestionFactory(
        talk=talk, promised=True, due_on=soon + timedelta(days=30), text="远期"
    )
    QuestionFactory(talk=talk, text="没人答")
    QuestionFactory(talk=talk, answered=True)
    matter(held, "修路", 1)
    client.force_login(liaison)

    assert tasks(client) == [
        ("received", "没人答"),
        ("matter", "修路 · 住建局"),
        ("question", "水费 · 水务局"),
    ]


def test_open_promises_tell_the_peoples_word_and_end_with_it(client, leader, js):
    held = visit(leader, js.tangzhang, -9, held=True)
    matter(held, "远期", 40)
    matter(held, "修路", 1)
    matter(held, "说办了", 5, state="said_done")
    other = visit(AccountFactory(cadre=CadreFactory()), js.tangzhang, -8, held=True)
    matter(other, "别人的", 1)
    client.force_login(leader)

    rows = client.get(TODAY).context["promises"]

    assert [it.matter.subject for it in rows] == ["修路", "说办了", "远期"]


@pytest.mark.parametrize("role", [Role.REVIEW_OFFICER, Role.SEAL_OFFICER])
def test_roles_with_letters_alone_start_at_their_tasks(client, role):
    client.force_login(AccountFactory(role=role))

    response = client.get(TODAY)

    assert response.context["tasks"] == []
    assert reverse("visits:letter_list") in response.content.decode()
    assert reverse("visits:calendar") not in response.content.decode()


def test_letters_that_wait_stand_among_the_tasks_soonest_first(client, desk):
    fresh = desk.letter(request="新收到的信件")
    late = desk.letter(
        request="拖延的信件", received_on=timezone.localdate() - timedelta(days=30)
    )
    desk.forwarded(request="已交给单位的信件")
    client.force_login(desk.petition)

    response = client.get(reverse("visits:today"))

    tasks = [task for task in response.context["tasks"] if task.kind == "letter"]
    assert [task.url for task in tasks] == [
        late.get_absolute_url(),
        fresh.get_absolute_url(),
    ]
    assert tasks[0].days < 0


def test_a_sealed_letter_waits_for_its_officer_without_a_word(client, desk):
    letter = desk.letter(complains_about_someone=True, request="反映违规收费")
    for account in (desk.clerk, desk.petition, desk.handler):
        client.force_login(account)
        html = client.get(reverse("visits:today")).content.decode()
        assert letter.printed_reference not in html

    client.force_login(desk.sealer)
    html = client.get(reverse("visits:today")).content.decode()

    assert letter.printed_reference in html
    assert "反映违规收费" not in html
