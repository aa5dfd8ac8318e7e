"""A reset of second factors takes two people, and neither is the person themselves."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cadres.actions.invite import accept_invitation
from cadres.actions.second_factor import ask_for_reset, decide_reset
from cadres.models import AuditEntry, FactorReset
from cadres.rules.roles import Role
from tests.factories import AccountFactory, RoleGrantFactory, UnitFactory
from visits.models import Notice

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
A_DAY = timedelta(days=1)
GOOD = "Yun-long-hu-2026"


@pytest.fixture
def person(liaison):
    """Someone who has lost their phone."""
    liaison.set_password(GOOD)
    liaison.last_login = NOW
    liaison.save()
    Authenticator.objects.create(user=liaison, type="totp", data={})
    Notice.objects.all().delete()
    return liaison


def refused(act, *args, **kwargs):
    with pytest.raises(ValidationError) as refusal:
        act(*args, **kwargs)
    return refusal.value.code


def has_factor(account):
    return Authenticator.objects.filter(user=account).exists()


def told(account):
    notices = Notice.objects.filter(account=account).order_by("pk")
    return list(notices.values_list("account_event__kind", flat=True))


def test_a_second_administrator_confirms_and_the_first_invites(
    person, sysadmin, secadmin
):
    reset = ask_for_reset(person, by=sysadmin, now=NOW)
    assert has_factor(person)
    assert told(person) == told(secadmin) == ["reset_asked"]
    assert refused(ask_for_reset, person, by=sysadmin, now=NOW) == "open"

    decide_reset(reset, by=secadmin, now=NOW, confirm=True)

    person.refresh_from_db()
    assert not has_factor(person)
    assert not person.has_usable_password()
    assert not person.invitations.open(now=NOW).exists()
    assert told(person) == ["reset_asked", "factor_reset"]
    assert told(sysadmin) == ["factor_reset"]
    event = person.events.get(kind="factor_reset")
    assert (event.by, event.about) == (secadmin, {"asked_by": sysadmin.name})
    acts = AuditEntry.objects.filter(act__in=["reset_asked", "factor_reset"])
    assert list(acts.order_by("pk").values_list("act", "account")) == [
        ("reset_asked", sysadmin.pk),
        ("factor_reset", secadmin.pk),
    ]
    again = {"now": NOW, "confirm": True}
    assert refused(decide_reset, reset, by=secadmin, **again) == "over"


def test_it_can_be_refused_and_lapses_after_a_day(person, sysadmin, secadmin):
    reset = ask_for_reset(person, by=sysadmin, now=NOW)
    decide_reset(reset, by=secadmin, now=NOW, confirm=False)
    assert has_factor(person)
    assert told(sysadmin) == ["reset_refused"]

    late = ask_for_reset(person, by=sysadmin, now=NOW)
    more = {"by": secadmin, "confirm": True}
    assert refused(decide_reset, late, now=NOW + A_DAY, **more) == "over"
    ask_for_reset(person, by=sysadmin, now=NOW + A_DAY)

    assert has_factor(person)
    outcomes = FactorReset.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["refused", "lapsed", ""]


def test_nobody_is_two_of_the_three(person, sysadmin, secadmin, xuzhou_office):
    Authenticator.objects.create(user=sysadmin, type="totp", data={})
    second = AccountFactory(name=sysadmin.name, unit=sysadmin.unit)
    assert refused(ask_for_reset, sysadmin, by=sysadmin, now=NOW) == "self"
    assert refused(ask_for_reset, sysadmin, by=second, now=NOW) == "self"
    reset = ask_for_reset(person, by=sysadmin, now=NOW)
    for one in (sysadmin, second, person):
        refusal = refused(decide_reset, reset, by=one, now=NOW, confirm=True)
        assert refusal == "one_person", one
    for wrong in ({"decided_by": sysadmin}, {"decided_by": person}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FactorReset.objects.filter(pk=reset.pk).update(
                outcome="confirmed", decided_at=NOW, **wrong
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorReset.objects.filter(pk=reset.pk).update(asked_by=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorReset.objects.filter(pk=reset.pk).update(
            outcome="confirmed", decided_by=secadmin, decided_at=NOW + A_DAY
        )
    assert has_factor(person)


def test_without_a_second_person_here_the_level_above_is_asked(
    person, sysadmin, secadmin, js
):
    Authenticator.objects.create(user=secadmin, type="totp", data={})
    command = refused(ask_for_reset, secadmin, by=sysadmin, now=NOW)
    assert command == "nobody"
    elsewhere = AccountFactory(unit=UnitFactory(place=js.yancheng))
    RoleGrantFactory(account=elsewhere, role=Role.SECURITY_ADMIN, place=js.yancheng)
    assert refused(ask_for_reset, secadmin, by=sysadmin, now=NOW) == "nobody"

    above = AccountFactory(unit=UnitFactory(place=js.js))
    RoleGrantFactory(account=above, role=Role.SECURITY_ADMIN, place=js.js)
    reset = ask_for_reset(secadmin, by=sysadmin, now=NOW)
    ask_for_reset(person, by=sysadmin, now=NOW)

    assert told(above) == ["reset_asked"]  # not that of `person`: secadmin is nearer
    decide_reset(reset, by=above, now=NOW, confirm=True)
    assert not has_factor(secadmin)


def test_the_server_resets_where_nobody_else_can(person):
    said = StringIO()
    call_command("reset_factor", person.username.upper(), stdout=said)

    code = said.getvalue().split()[1]
    now = timezone.now()
    username = person.username
    accept_invitation(username=username, code=code, password="Hai-an-2026!", now=now)
    assert not has_factor(person)
    assert person.events.get(kind="factor_reset").by is None
    with pytest.raises(CommandError):
        call_command("reset_factor", "nobody")


def test_the_pages_ask_and_confirm(person, sysadmin, secadmin, client_of, js):
    one, two = client_of(sysadmin), client_of(secadmin)
    page = reverse("cadres:account_detail", args=[person.pk])
    for client in (one, two):
        client.cookies["django_language"] = "en"
    assert "Confirm the reset" not in two.get(page).content.decode()

    one.post(reverse("cadres:account_factors", args=[person.pk]))

    assert "It waits for a second person" in one.get(page).content.decode()
    assert "Confirm the reset" not in one.get(page).content.decode()
    assert "Confirm the reset" in two.get(page).content.decode()
    accounts = reverse("cadres:account_list")
    assert person.username in two.get(accounts).content.decode()
    notice = Notice.objects.get(account=secadmin)
    opened = two.post(reverse("visits:notice_open", args=[notice.pk]))
    assert opened.url == page
    answer = reverse("cadres:factor_reset_decide", args=[FactorReset.objects.get().pk])
    assert one.post(answer, {"answer": "confirm"}).status_code == 403
    far = AccountFactory(unit=UnitFactory(place=js.yancheng))
    RoleGrantFactory(account=far, role=Role.SECURITY_ADMIN, place=js.yancheng)
    assert client_of(far).post(answer, {"answer": "confirm"}).status_code == 404
    assert has_factor(person)
    assert two.post(answer, {"answer": "confirm"}).url == page
    assert not has_factor(person)
