"""Whoever changes the audit log, were it the database's superuser, is found out."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cadres.actions.anchor_audit import anchor_audit
from cadres.actions.purge_audit import purge_audit
from cadres.models import AuditAnchor, AuditEntry, AuditStrand
from cadres.reports.audit_chain import first_break

pytestmark = pytest.mark.django_db


def write(strand, act="act", **fields):
    """As if by one of two writers at the same time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('grassroots.strand', %s, true)", [strand])
    AuditEntry.objects.create(**{"kind": "audit", "act": act} | fields)


@pytest.fixture
def log(db):
    """Two strands of five entries each, of which an anchor has seen three."""
    for strand in (1, 2):
        AuditStrand.objects.create(strand=strand, number=0, hash=b"")
    for number in range(5):
        if number == 3:
            anchor_audit()
        for strand in ("1", "2"):
            write(strand, f"act{number}", details={"n": number})
    return 1


def tamper(sql):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_a_log_that_nobody_touched_is_whole(log):
    out = StringIO()

    call_command("verify_audit", stdout=out)

    assert first_break() is None
    assert out.getvalue().startswith("Whole: ")
    numbers = AuditEntry.objects.order_by("strand", "number")
    assert list(numbers.values_list("strand", "number")) == [
        (strand, number) for strand in (1, 2) for number in range(1, 6)
    ]


def test_the_end_of_a_strand_is_written_once_for_many_entries(db):
    def versions():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_stat_get_xact_tuples_updated('cadres_auditstrand'::regclass)"
            )
            return cursor.fetchone()[0]

    before = versions()

    for number in range(20):
        AuditEntry.objects.create(kind="audit", act=f"act{number}")

    assert first_break() is None
    assert versions() - before == 2


def test_what_is_rolled_back_leaves_no_gap(db):
    AuditEntry.objects.create(kind="audit", act="first")
    with transaction.atomic():
        AuditEntry.objects.create(kind="audit", act="second")
        transaction.set_rollback(True)
    AuditEntry.objects.create(kind="audit", act="third")
    first_break()
    with transaction.atomic():
        AuditEntry.objects.create(kind="audit", act="fourth")
        transaction.set_rollback(True)
    AuditEntry.objects.create(kind="audit", act="fifth")

    assert first_break() is None
    assert set(AuditEntry.objects.values_list("act", flat=True)) >= {"third", "fifth"}


FORGED = """
INSERT INTO cadres_auditentry
  (strand, number, at, account_id, kind, act, object_type, object_key, succeeded,
   source, details, refers_to, previous, hash)
SELECT strand, number + 1, at, account_id, kind, 'forged', '', '', true, '', '{{}}', '',
  hash, sha256('forged')
FROM cadres_auditentry WHERE strand = {log} AND number = 5
"""
SWAPPED = """
UPDATE cadres_auditentry e SET number = 7 - e.number + 100
  WHERE strand = {log} AND number IN (3, 4);
UPDATE cadres_auditentry SET number = number - 100 WHERE number > 100
"""
CUT = "DELETE FROM cadres_auditentry WHERE strand = {log} AND number > {last}"
# As whoever knows how all this works would do it.
COVERED = (
    CUT + "; UPDATE cadres_auditstrand s SET number = e.number, hash = e.hash"
    " FROM cadres_auditentry e"
    " WHERE e.strand = s.strand AND s.strand = {log} AND e.number = {last}"
)


ONE = "UPDATE cadres_auditentry SET {what} WHERE strand = {log} AND number = 2"
RE_DATED = ONE.replace("{what}", "at = at - interval '1 s'")
BEHIND = """
UPDATE cadres_auditstrand s SET floor_number = 2, floor_hash = e.hash
  FROM cadres_auditentry e
  WHERE e.strand = s.strand AND e.number = 2 AND s.strand = {log};
DELETE FROM cadres_auditentry WHERE strand = {log} AND number < 3
"""
GONE = """
DELETE FROM cadres_auditentry WHERE strand = {log};
DELETE FROM cadres_auditstrand WHERE strand = {log}
"""
DELETED = "DELETE FROM cadres_auditentry WHERE strand = {log} AND number = 2"
NOT_WRITTEN = "content is not what was written"


@pytest.mark.parametrize(
    ("sql", "where", "what"),
    [
        (ONE.replace("{what}", "act = 'x'"), "number 2,", NOT_WRITTEN),
        (RE_DATED, "number 2,", NOT_WRITTEN),
        (DELETED, "number 3,", "entries before it are missing"),
        (FORGED, "number 6,", NOT_WRITTEN),
        (SWAPPED, "number", NOT_WRITTEN),
        (CUT.replace("{last}", "4"), "after number 4", "entries are missing: 5"),
        (COVERED.replace("{last}", "2"), "number 3", "not the entry that anchor 1"),
        (GONE, "number 3", "not the entry that anchor 1"),
        ("UPDATE cadres_auditanchor SET at = at - interval '1 day'", "anchor 1", ""),
        (BEHIND, "up to number 2", "no purge has written so"),
    ],
    ids=[
        "changed", "re-dated", "deleted", "inserted", "reordered", "cut",
        "cut and covered", "strand gone", "anchor", "beginning",
    ],
)  # fmt: skip
def test_verify_names_the_first_broken_link(log, sql, where, what):
    tamper(sql.format(log=log))

    with pytest.raises(CommandError) as broken:
        call_command("verify_audit", stdout=StringIO())

    assert (where in str(broken.value), what in str(broken.value)) == (True, True), str(
        broken.value
    )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cadres_auditentry SET act = 'x'",
        "DELETE FROM cadres_auditentry",
        "TRUNCATE cadres_auditentry",
        "SET LOCAL grassroots.purge = 'on'; DELETE FROM cadres_auditentry",
        "UPDATE cadres_auditanchor SET at = now()",
        "DELETE FROM cadres_auditanchor",
        "TRUNCATE cadres_auditanchor",
        "TRUNCATE cadres_auditstrand",
    ],
)
def test_nobody_changes_the_log(log, sql):
    with connection.cursor() as cursor:  # else what waits for the commit refuses it
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with (
        pytest.raises(DatabaseError, match="only added to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_purge_drops_what_is_old_and_leaves_a_chain(db):
    for strand in (1, 2):
        AuditStrand.objects.create(strand=strand, number=0, hash=b"")
    now = timezone.now()
    for days in (800, 700, 300):
        write("1", at=now - timedelta(days=days))
    for days, key in ((800, ""), (750, "7"), (700, "")):
        of = {"object_type": "visits.letter", "object_key": key} if key else {}
        write("2", at=now - timedelta(days=days), **of)
    until = now - timedelta(days=400)

    dropped = purge_audit(until=until, letters=[7])

    assert dropped == 3  # two of the one; of the other, what is before the evidence
    assert first_break() is None
    assert AuditAnchor.objects.latest("pk").kind == AuditAnchor.Kind.PURGE
    assert AuditStrand.objects.get(pk=1).floor_number == 2
    assert AuditEntry.objects.filter(act="purged", details__dropped=3).exists()
    assert purge_audit(until=until, letters=[7]) == 0
    # Anchors of before the purge still hold for what is left.
    tamper("DELETE FROM cadres_auditentry WHERE strand = 2 AND number = 2")
    assert first_break() is not None


def test_purge_keeps_half_a_year_whatever_is_asked(log):
    with pytest.raises(DatabaseError, match="six months"), transaction.atomic():
        purge_audit(until=timezone.now() - timedelta(days=100), letters=[])
