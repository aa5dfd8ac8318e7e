"""Who takes over the application cannot alter tables, nor what is written once."""

import pytest
from django.core.checks import run_checks
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cadres.actions.anchor_audit import anchor_audit
from cadres.actions.change_settings import change_settings
from cadres.actions.grant_application import grant_application
from cadres.actions.grant_role import grant_role
from cadres.actions.set_calendar_day import add_calendar_day
from cadres.models import AuditAnchor, AuditEntry
from cadres.rules.roles import Role
from config.database import is_owners
from tests.factories import AccountFactory, UnitFactory
from tests.factories.letters import letter_at, take
from visits.actions.open_identity import open_identity
from visits.rules.letter_states import Step

pytestmark = pytest.mark.django_db


@pytest.fixture
def application(db):
    """From then on we are the application's role, until the test ends."""
    role = f"app_{connection.settings_dict['NAME']}"[:60]

    def become():
        grant_application(role)
        grant_application(role)  # after each migration, and without harm
        with connection.cursor() as cursor:
            cursor.execute(f'SET LOCAL ROLE "{role}"')

    become.role = role
    return become


REFUSED = [
    "ALTER TABLE cadres_unit ADD COLUMN x int",
    "ALTER TABLE visits_access DISABLE TRIGGER append_only",
    "DROP TABLE cadres_incident",
    "CREATE TABLE x (y int)",
    "CREATE FUNCTION x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION zh_bigrams(t text) RETURNS text[] LANGUAGE sql AS '{}'",
    "DROP FUNCTION audit_chain CASCADE",
    "SET session_replication_role = replica",
    "TRUNCATE visits_notice",
    "UPDATE cadres_auditentry SET act = 'x'",
    "DELETE FROM cadres_auditentry",
    "INSERT INTO cadres_auditanchor VALUES (1, now(), 'day', '{}', '', '')",
    "UPDATE cadres_auditstrand SET number = 0",
    "SELECT audit_append_anchor('day', '{}')",
    "SELECT audit_purge(now() - interval '1 year', '', '{}')",
    "UPDATE visits_access SET reason = 'x'",
    "DELETE FROM visits_export",
    "DELETE FROM visits_letterevent",
    "UPDATE visits_letterevent SET step = 'x'",
    "DELETE FROM cadres_settingchange",
    "DELETE FROM django_migrations",
    "UPDATE visits_filedreport SET note = 'x'",
]


def test_the_application_alters_nothing(application):
    application()
    allowed = []
    for statement in REFUSED:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
            allowed.append(statement)
        except ProgrammingError as error:
            assert "permission denied" in str(error) or "must be owner" in str(error), (
                statement
            )

    assert allowed == []


def test_the_application_does_its_work(
    application, client, casework, district_admin, secadmin, js
):
    now = timezone.now()
    newcomer = AccountFactory(unit=district_admin.unit)
    unit = UnitFactory(name="甲", place=js.xuzhou, level=js.xuzhou.level)
    application()

    letter = letter_at(casework.place, office=casework.office)
    take(letter, Step.FORWARD, casework.petition, to_unit=casework.water)
    open_identity(
        letter_at(casework.place, office=casework.office),
        by=casework.petition, reason="回访", now=now,
    )  # fmt: skip
    take(letter, Step.ACCEPT, casework.handler)
    take(letter, Step.FIND_ACCUSATION, casework.handler, reasons="反映干部")
    grant_role(
        newcomer, by=secadmin, today=timezone.localdate(), role=Role.CLERK,
        first=timezone.localdate(), unit=unit,
    )  # fmt: skip
    change_settings(by=district_admin, now=now, values={"vehicles.max": 3})
    add_calendar_day(
        by=district_admin, now=now, region=js.xuzhou.code, date=now.date(),
        is_workday=False, name="地方节日", source="local",
    )  # fmt: skip
    client.force_login(district_admin)
    pages = [
        client.get(reverse(name)).status_code
        for name in ("cadres:unit_list", "visits:today", "cadres:settings")
    ]

    assert pages == [200, 200, 200]
    assert anchor_audit() > 0
    assert AuditAnchor.objects.count() == 1
    assert AuditEntry.objects.filter(kind="setting").count() == 1
    letter.refresh_from_db()
    assert letter.is_sealed


def test_check_warns_of_an_application_that_owns_tables(settings, application):
    def warned():
        found = run_checks(tags=["database"], databases=["default"])
        return [it.id for it in found if it.id == "cadres.W001"]

    settings.APPLICATION_ROLE = connection.settings_dict["USER"]
    assert warned() == ["cadres.W001"]
    settings.APPLICATION_ROLE = application.role
    assert warned() == []


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["manage.py", "migrate"], True),
        (["/srv/app/manage.py", "prepare", "--no-demo"], True),
        (["manage.py", "procrastinate", "worker"], False),
        (["manage.py", "verify_audit"], False),
        (["manage.py"], False),
        (["-m", "migrate"], False),
    ],
)
def test_few_commands_are_the_owners(argv, expected):
    assert is_owners(argv) is expected
