"""People of the tests: each stands for one role, in a small piece of Jiangsu."""

import gc
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import translation
from xdist.scheduler import LoadScopeScheduling

from cadres.rules.roles import Role
from tests.addresses import World
from tests.factories import AccountFactory, CadreFactory, UnitFactory, small_jiangsu
from tests.factories.letters import Caseworkers
from visits.models import ClockRule, ContentSubject

# Tests make little that goes round in circles: look for it seldom.
gc.set_threshold(10_000, 20, 20)

HALF_FULL_DISK = SimpleNamespace(total=100 * 1024**3, free=50 * 1024**3)

FIRST_RULES = import_module("visits.migrations.0002_guards_and_first_lists")


def _empties_the_tables(item):
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or not {
        "transactional_db",
        "live_server",
    }.isdisjoint(item.fixturenames)


# Each in one worker, which makes once what all of its tests share.
TOGETHER = (
    "tests/visits/demo/",
    "tests/cadres/test_shipped_places.py",
    "tests/config/test_embedded.py",
)


class Together(LoadScopeScheduling):
    """Deals out single tests in their order, but those of TOGETHER at once."""

    def _split_scope(self, nodeid):
        return next((path for path in TOGETHER if nodeid.startswith(path)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False
    return Together(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """What ends by emptying the tables comes last: others rest on what migrations fill.

    pytest-django sees to that, but then pytest brings those with one browser together.
    """
    items.sort(key=_empties_the_tables)


@pytest.fixture(scope="session", autouse=True)
def room_on_the_disk():
    """How full this machine happens to be decides no test."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("visits.reports.operation.disk_usage", lambda _: HALF_FULL_DISK)
        yield


@pytest.fixture
def js(db):
    """Places: see `small_jiangsu`."""
    return small_jiangsu()


@pytest.fixture
def xuzhou_office(js):
    return UnitFactory(name="徐州市委办公室", place=js.xuzhou)


@pytest.fixture
def leader(xuzhou_office):
    """A leading official of Xuzhou, with an account of their own."""
    cadre = CadreFactory(name="辛志强", unit=xuzhou_office)
    return AccountFactory(
        username="leader", cadre=cadre, unit=xuzhou_office, role=Role.LEADER
    )


@pytest.fixture
def liaison(leader, xuzhou_office):
    """Plans and logs for `leader`; sees what their office does in the open."""
    return AccountFactory(
        username="liaison",
        unit=xuzhou_office,
        role=Role.LIAISON,
        role__unit=xuzhou_office,
        acts_for=[leader.cadre],
    )


@pytest.fixture
def district_admin(js, xuzhou_office):
    return AccountFactory(
        username="district",
        unit=xuzhou_office,
        role=Role.DISTRICT_ADMIN,
        role__place=js.xuzhou,
    )


@pytest.fixture
def county_admin(js):
    """Administrator of Tongshan, a county below Xuzhou."""
    unit = UnitFactory(name="铜山区委办公室", place=js.tongshan)
    return AccountFactory(
        username="tongshan",
        unit=unit,
        role=Role.DISTRICT_ADMIN,
        role__place=js.tongshan,
    )


@pytest.fixture
def province_admin(js):
    return AccountFactory(
        username="province", role=Role.DISTRICT_ADMIN, role__place=js.js
    )


@pytest.fixture
def reader(js):
    return AccountFactory(
        username="reader", role=Role.REPORT_READER, role__place=js.xuzhou
    )


@pytest.fixture
def english():
    """What the code says is read in English, the language of its sources."""
    with translation.override("en"):
        yield


@pytest.fixture
def sysadmin(js, xuzhou_office):
    return AccountFactory(
        username="sysadmin",
        unit=xuzhou_office,
        role=Role.SYSTEM_ADMIN,
        role__place=js.xuzhou,
    )


@pytest.fixture
def secadmin(js, xuzhou_office):
    return AccountFactory(
        username="secadmin",
        unit=xuzhou_office,
        role=Role.SECURITY_ADMIN,
        role__place=js.xuzhou,
    )


@pytest.fixture
def auditor(js, xuzhou_office):
    return AccountFactory(
        username="auditor",
        unit=xuzhou_office,
        role=Role.AUDITOR,
        role__place=js.xuzhou,
    )


@pytest.fixture
def client_of(client):
    """A second browser, in which someone else is signed in."""

    def signed_in(account):
        other = type(client)()
        other.force_login(account)
        return other

    return signed_in


# Kept when a transactional test ends: nothing but migrations writes to them.
NEVER_EMPTIED = {"django_content_type", "auth_permission", "django_migrations"}


def _empty_tables(self):
    """What `flush` does at the end of a transactional test, for a tenth of the time.

    `flush` makes new files for every table and index, and fills content types anew. As
    a replica, the server asks neither foreign keys nor the triggers of append-only
    tables.
    """
    tables = set(connection.introspection.django_table_names(only_existing=True))
    tables -= NEVER_EMPTIED
    filled = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")"
        for table in sorted(tables)
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(filled)
        for (table,) in cursor.fetchall():
            cursor.execute(f'DELETE FROM "{table}"')


TransactionTestCase._fixture_teardown = _empty_tables


@pytest.fixture(autouse=True)
def first_rules(request):
    """What a migration fills in, and the end of a transactional test empties."""
    marker = request.node.get_closest_marker("django_db")
    if (marker and marker.kwargs.get("transaction")) or (
        "live_server" in request.fixturenames
    ):
        request.getfixturevalue("transactional_db")
        if not ClockRule.objects.exists() and not ContentSubject.objects.exists():
            FIRST_RULES.fill(apps, None)


@pytest.fixture
def files_dir(settings, tmp_path):
    """Where attachments lie in this test."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def casework(js):
    """A petition office, a water bureau, and who works there on letters."""
    return Caseworkers(js)


@pytest.fixture
def world(db):
    """One of everything, and an account for each role."""
    return World()
