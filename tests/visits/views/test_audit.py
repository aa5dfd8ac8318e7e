"""The page of the audit log: for the auditor alone, without content."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from cadres.actions.change_settings import change_settings
from cadres.actions.write_audit import write_audit
from cadres.models import AuditEntry
from cadres.rules.roles import Role
from tests.factories import AccountFactory, CadreFactory
from tests.factories.letters import letter_at, officer
from visits.models import NamedParty

pytestmark = pytest.mark.django_db
URL = reverse("visits:audit_list")


@pytest.fixture
def reading(client, auditor):
    client.force_login(auditor)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    def read(**asked):
        response = client.get(URL, asked)
        assert response.status_code == 200
        return response

    return read


def acts(response):
    return [(row.act, row.object) for row in response.context["rows"]]


@pytest.mark.parametrize("who", ["sysadmin", "secadmin", "district_admin", "leader"])
def test_the_log_is_the_auditors(client, request, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(URL).status_code == 403


def test_the_log_says_what_changed_and_by_whom(reading, district_admin):
    cadre = CadreFactory(name="王一", remit="水利", unit=district_admin.unit)
    cadre.remit = "农业"
    cadre.save()
    change_settings(by=district_admin, now=timezone.now(), values={"vehicles.max": 3})

    page = reading(kind="register", what="王一")
    assert acts(page)[0] == ("Changed", "Official 王一")
    assert "Remit: 水利 → 农业" in page.content.decode()
    page = reading(kind="setting")
    assert acts(page) == [("Changed", "Vehicles before a warning")]
    assert "Value: default → 3" in page.content.decode()
    assert page.context["rows"][0].entry.account == district_admin


def test_filters_narrow_and_what_is_not_understood_narrows_nothing(reading):
    someone = AccountFactory(name="赵六", username="zhao.liu")
    write_audit(AuditEntry.Kind.SIGN_IN, "failed", by=someone, succeeded=False)
    AuditEntry.objects.create(kind="command", act="recount_clocks", address="10.1.2.3")

    assert acts(reading(who="赵六")) == [("Sign-in failed", "")]
    assert ("Sign-in failed", "") in acts(reading(result="failed"))
    assert acts(reading(address="10.1.2.3")) == [("Legal clocks counted anew", "")]
    assert acts(reading(first="2999-01-01")) == []
    everything = acts(reading())
    for broken in ({"first": "x"}, {"kind": "x"}, {"address": "x"}, {"result": "x"}):
        assert acts(reading(**broken)) == everything


def test_reading_is_written_down_and_shown_to_who_asks(reading, auditor):
    reading()

    assert "Log read" not in [act for act, _what in acts(reading())]
    told = reading(kind="audit").context["rows"]
    assert [(row.act, row.entry.account) for row in told] == [("Log read", auditor)] * 3


def test_sealed_letters_are_told_of_by_nothing_else(reading, casework):
    plain = letter_at(casework.place, office=casework.office)
    sealed = letter_at(
        casework.place, office=casework.office, complains_about_someone=True
    )

    page = reading(kind="casework")
    assert acts(page) == [
        ("Step or look", "Letter (sealed)"),
        ("Register", f"Letter {plain.printed_reference}"),
    ]
    assert sealed.printed_reference not in page.content.decode()
    assert acts(reading(what=sealed.printed_reference)) == []
    assert acts(reading(what=plain.printed_reference)) == acts(page)[1:]


def test_an_auditor_with_a_tie_learns_nothing_of_the_letter(reading, auditor, casework):
    letter = letter_at(casework.place, office=casework.office)
    NamedParty.objects.create(
        letter=letter, unit=auditor.unit, added_by=casework.petition
    )

    assert acts(reading(kind="casework")) == []


def test_the_log_leaves_by_the_one_door(client, reading, auditor, casework):
    head = officer(auditor.unit, Role.UNIT_HEAD)
    open_one = letter_at(casework.place, office=casework.office)
    letter_at(casework.place, office=casework.office, complains_about_someone=True)
    link = reading(kind="casework").context["export_query"]

    response = client.post(
        f"{reverse('visits:report_export')}?{link}",
        {"purpose": "年度审计", "approver": head.pk, "format": "csv"},
    )

    text = response.content.decode("utf-8-sig")
    assert open_one.printed_reference in text
    assert "sealed" not in text
    assert acts(reading(kind="export")) == [
        ("Audit log", acts(reading(kind="export"))[0][1])
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_log_costs_the_same_for_any_number(
    client, auditor, count, django_assert_num_queries
):
    for number in range(count):
        CadreFactory(name=f"干部{number}", unit=auditor.unit)
    client.force_login(auditor)

    # Session, user, grants; ties (2); reading; entries; officials, units; the anchor.
    with django_assert_num_queries(10):
        client.get(URL, {"kind": "register"})


def test_old_months_go_by_command(js, capsys):
    call_command("purge_audit")

    assert capsys.readouterr().out.startswith("0 entries from before ")
