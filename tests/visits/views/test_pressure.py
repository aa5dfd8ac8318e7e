import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.models import Account
from cadres.rules.roles import Role
from tests.factories import RoleGrantFactory
from tests.factories.letter_world import LetterWorld
from tests.factories.letters import officer, take
from visits.actions.recuse import declare_recusal
from visits.actions.report_pressure import report_pressure
from visits.models import Access, Notice, PressureReport
from visits.rules.letter_states import Step

pytestmark = pytest.mark.django_db
REPORT = reverse("visits:pressure_report")
LIST = reverse("visits:pressure_list")


@pytest.fixture
def world(js):
    return LetterWorld(js)


def detail(report):
    return reverse("visits:pressure_detail", args=[report.reference])


def test_staff_report_pressure_to_the_organ_above_their_unit(client_of, world):
    client = client_of(world.handler)

    response = client.post(REPORT, {"text": "领导要求压件不报"}, follow=True)

    report = PressureReport.objects.get()
    assert (report.to_unit, report.reported_by) == (world.above, world.handler)
    assert "压件" not in str(PressureReport.objects.values().get())
    assert report.reference in response.content.decode()
    notice = Notice.objects.get()
    assert (notice.account, notice.letter, notice.kind) == (
        world.reader_above,
        None,
        "pressure",
    )


@pytest.mark.parametrize("text", ["", "   ", "长" * 2001, "\x00"])
def test_bad_input_is_kept_beside_its_error(client_of, world, text):
    response = client_of(world.handler).post(REPORT, {"text": text})

    assert response.status_code == 422
    assert not PressureReport.objects.exists()


def test_who_may_not_report_and_who_reads_nothing(client_of, world):
    report = report_pressure(text="x", by=world.handler, now=timezone.now())
    assert client_of(world.auditor).get(REPORT).status_code == 403

    others = [world.handler, world.inspector, world.sealer, world.auditor, world.head]
    for account in others:
        client = client_of(account)
        # An organ's own people have a list, with nothing of other organs in it.
        page = client.get(LIST)
        assert page.status_code == (200 if account == world.inspector else 404)
        assert report.reference[:4] not in page.content.decode()
        assert client.get(detail(report)).status_code == 404
        assert client.post(detail(report), {"reason": "x"}).status_code == 404
    assert not Access.objects.exists()


def test_the_organ_reads_with_a_reason_and_sees_who_had_the_file(client_of, world):
    letter = world.at_unit()
    report = report_pressure(text="被威胁", letter=letter, now=timezone.now())
    client = client_of(world.reader_above)

    assert report.reference[:4] in client.get(LIST).content.decode()
    assert "被威胁" not in client.get(detail(report)).content.decode()
    assert client.post(detail(report), {"reason": ""}).status_code == 422
    page = client.post(detail(report), {"reason": "核查"}).content.decode()

    assert "被威胁" in page
    assert str(world.petition) in page
    assert letter.printed_reference in page
    look = Access.objects.get()
    assert (look.by, look.letter, look.reason) == (world.reader_above, letter, "核查")


def test_a_reader_with_a_tie_to_the_letter_sees_no_report_of_it(client_of, world):
    letter = world.sealed(named_units=[world.water])
    report = report_pressure(text="x", letter=letter, now=timezone.now())
    tied = officer(world.above, Role.UNIT_HEAD)
    RoleGrantFactory(account=tied, role=Role.HANDLER, unit=world.water)

    assert client_of(tied).get(detail(report)).status_code == 404
    assert client_of(world.reader_above).get(detail(report)).status_code == 200


def test_who_had_the_letter_or_stepped_back_reads_no_report_of_it(client_of, world):
    letter = world.at_unit()
    had_it, left = (officer(world.above, Role.SEAL_OFFICER) for _n in range(2))
    for account in (had_it, left):
        RoleGrantFactory(account=account, role=Role.HANDLER, unit=world.water)
    take(letter, Step.ACCEPT, Account.objects.get(pk=had_it.pk))
    left = Account.objects.get(pk=left.pk)
    declare_recusal(letter, by=left, ground="亲属", now=timezone.now())

    report = report_pressure(text="x", letter=letter, now=timezone.now())

    assert [it.account for it in Notice.objects.filter(kind="pressure")] == [
        world.reader_above
    ]
    for account in (had_it, left):
        assert client_of(account).get(detail(report)).status_code == 404
    assert client_of(world.reader_above).get(detail(report)).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_pressure_list_costs_the_same_for_any_number(
    client_of, world, count, django_assert_num_queries
):
    for _n in range(count):
        report_pressure(text="x", by=world.handler, now=timezone.now())
    client = client_of(world.reader_above)

    with django_assert_num_queries(5):  # sign-in (2), roles, ties, the rows
        response = client.get(LIST)

    assert len(response.context["rows"]) == count


def test_the_way_to_the_list_and_to_reporting_is_in_the_menu(client_of, world):
    menu = client_of(world.reader_above).get(REPORT).content.decode()
    assert f'href="{LIST}"' in menu
    assert f'href="{REPORT}"' in menu

    menu = client_of(world.handler).get(REPORT).content.decode()
    assert f'href="{LIST}"' not in menu
    assert f'href="{REPORT}"' in menu


def test_the_notice_leads_to_the_report(client_of, world):
    report = report_pressure(text="x", by=world.handler, now=timezone.now())

    notice = Notice.objects.get(account=world.reader_above)
    response = client_of(world.reader_above).post(
        reverse("visits:notice_open", args=[notice.pk])
    )

    assert response.url == detail(report)


def test_the_public_pages_and_the_sign_in_lead_to_reporting(client):
    for name in ("visits:lookup", "account_login"):
        page = client.get(reverse(name)).content.decode()
        assert f'href="{reverse("visits:lookup_pressure")}"' in page
