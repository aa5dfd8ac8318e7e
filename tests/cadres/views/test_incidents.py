"""The record of incidents of personal data: who keeps it, and that it is never rewritten."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from cadres.actions.keep_incident import enter_incident
from cadres.models import Incident, IncidentEvent
from cadres.rules.roles import Role
from tests.factories import AccountFactory

pytestmark = pytest.mark.django_db
LIST, ENTER = reverse("cadres:incident_list"), reverse("cadres:incident_enter")


def moment(hours=0):
    at = timezone.localtime() - timedelta(hours=hours)
    return at.strftime("%Y-%m-%dT%H:%M")


def typed(**more):
    return {
        "version": 0,
        "title": "一台笔记本电脑丢失",
        "noticed_at": moment(5),
        "data": "12 件信访事项的姓名和电话",
    } | more


@pytest.fixture
def incident(secadmin):
    return enter_incident(
        by=secadmin,
        now=timezone.now(),
        title="一台笔记本电脑丢失",
        noticed_at=timezone.now() - timedelta(hours=5),
        data="12 件信访事项的姓名和电话",
    )


def url(incident, what="detail"):
    return reverse(f"cadres:incident_{what}", args=[incident.pk])


@pytest.mark.parametrize("role", Role)
def test_the_security_administrator_keeps_it_and_auditors_read_it(
    client, js, incident, role
):
    client.force_login(AccountFactory(role=role, role__place=js.xuzhou))
    reads = role in (Role.SECURITY_ADMIN, Role.AUDITOR)
    keeps = role == Role.SECURITY_ADMIN

    seen = [client.get(it).status_code for it in (LIST, url(incident))]
    kept = [client.get(it).status_code for it in (ENTER, url(incident, "change"))]
    closed = client.post(url(incident, "close")).status_code

    assert seen == [200 if reads else 403] * 2
    assert kept == [200 if keeps else 403] * 2
    assert closed == (422 if keeps else 403)


def test_it_is_entered_written_on_and_closed_with_every_version_kept(client, secadmin):
    client.force_login(secadmin)
    assert client.post(ENTER, typed()).status_code == 302
    incident = Incident.objects.get()
    early = client.post(url(incident, "close"), {"version": 1})
    assert early.status_code == 422

    done = typed(
        version=1,
        people=12,
        measures="远程清除",
        authority="市网信办",
        authority_told_at=moment(2),
        not_told_because="已加密，密钥未丢失",
    )
    assert client.post(url(incident, "change"), done).status_code == 302
    assert client.post(url(incident, "close"), {"version": 2}).status_code == 302

    incident.refresh_from_db()
    assert incident.closed_at
    first, second, third = incident.events.order_by("pk")
    assert (first.before, third.closed) == ({}, True)
    assert second.before == {
        "people": "", "measures": "", "authority": "", "authority_told_at": "",
        "not_told_because": "",
    }  # fmt: skip
    page = client.post(url(incident, "change"), done | {"version": 3})
    assert page.status_code == 422


def test_who_wrote_meanwhile_is_not_overwritten(client, secadmin, incident):
    client.force_login(secadmin)
    client.post(url(incident, "change"), typed(version=1, measures="挂失"))

    page = client.post(url(incident, "change"), typed(version=1, measures="报警"))

    assert page.status_code == 422
    assert "报警" in page.content.decode()
    incident.refresh_from_db()
    assert incident.measures == "挂失"


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"noticed_at": "2026-02-30T10:00"},
        {"noticed_at": "9999-12-31T23:59"},
        {"noticed_at": moment(-3)},
        {"authority_told_at": moment(9)},
        {"people": "-1"},
        {"people": "9" * 30},
        {"version": "x"},
        {"measures": "长" * 1001},
    ],
)
def test_bad_input_is_answered_beside_the_field(client, secadmin, wrong):
    client.force_login(secadmin)
    page = client.post(ENTER, typed(**wrong))
    assert page.status_code == 422
    assert not Incident.objects.exists()


def test_its_history_is_only_added_to(incident):
    event = incident.events.get()
    for change in (event.delete, lambda: IncidentEvent.objects.update(closed=True)):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_costs_the_same_for_any_number(
    client, secadmin, count, django_assert_max_num_queries
):
    now = timezone.now()
    for _n in range(count):
        enter_incident(by=secadmin, now=now, title="x", noticed_at=now, data="y")
    client.force_login(secadmin)
    client.get(LIST)
    with django_assert_max_num_queries(10):
        assert len(client.get(LIST).context["page"].rows) == count
