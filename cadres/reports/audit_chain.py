"""Whether the audit log is whole: the first link that does not hold.

The hashes are computed here again, by PostgreSQL's own functions alone: who could
replace the function that chains new entries would not deceive this.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

# Each entry beside the one before it in its strand, those alone that do not hold.
ENTRIES = """
WITH chained AS (
  SELECT e.id, e.strand, e.number, e.at, e.previous, e.hash,
    sha256(e.previous || convert_to(jsonb_build_array(
      e.strand, e.number,
      to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
      e.account_id, e.acting_for_id, e.kind, e.act, e.object_type, e.object_key,
      e.succeeded, host(e.address), e.source, e.request_id, e.details, e.refers_to
    )::text, 'UTF8')) AS computed,
    coalesce(lag(e.hash) OVER w, s.floor_hash) AS hash_before,
    coalesce(lag(e.number) OVER w, s.floor_number) AS number_before
  FROM cadres_auditentry e LEFT JOIN cadres_auditstrand s ON s.strand = e.strand
  WINDOW w AS (PARTITION BY e.strand ORDER BY e.number, e.id)
)
SELECT id, strand, number, at, hash = computed, previous = hash_before,
  number - number_before, hash_before IS NULL
FROM chained
WHERE hash IS DISTINCT FROM computed OR previous IS DISTINCT FROM hash_before
  OR number IS DISTINCT FROM number_before + 1
ORDER BY at, id LIMIT 1
"""
# A strand whose last entry is not the one that was written last.
TAILS = """
SELECT s.strand, s.number, coalesce(max(e.number), s.floor_number)
FROM cadres_auditstrand s LEFT JOIN cadres_auditentry e ON e.strand = s.strand
GROUP BY s.strand, s.number
HAVING s.number <> coalesce(max(e.number), s.floor_number)
  OR (max(e.number) IS NOT NULL AND s.hash IS DISTINCT FROM
    (SELECT hash FROM cadres_auditentry last
     WHERE last.strand = s.strand AND last.number = s.number))
ORDER BY s.strand LIMIT 1
"""
ANCHORS = """
SELECT id, at FROM (
  SELECT a.*,
    sha256(a.previous || convert_to(jsonb_build_array(
      a.id, to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
      a.kind, a.heads)::text, 'UTF8')) AS computed,
    coalesce(lag(a.hash) OVER w, ''::bytea) AS hash_before,
    coalesce(lag(a.id) OVER w, 0) AS id_before
  FROM cadres_auditanchor a WINDOW w AS (ORDER BY a.id)
) AS chained
WHERE hash IS DISTINCT FROM computed OR previous IS DISTINCT FROM hash_before
  OR id <> id_before + 1
ORDER BY id LIMIT 1
"""
# What an anchor has seen is still there, unless a purge has said that it went.
ANCHORED = """
WITH seen AS (
  SELECT a.id, a.at, a.kind, head.key::bigint AS strand,
    split_part(head.value, ':', 1)::bigint AS number,
    decode(split_part(head.value, ':', 2), 'hex') AS hash
  FROM cadres_auditanchor a, jsonb_each_text(a.heads) AS head
)
SELECT seen.id, seen.at, seen.strand, seen.number
FROM seen
LEFT JOIN cadres_auditentry e ON e.strand = seen.strand AND e.number = seen.number
LEFT JOIN cadres_auditstrand s ON s.strand = seen.strand
WHERE s.strand IS NULL
  OR (seen.number > s.floor_number AND e.hash IS DISTINCT FROM seen.hash)
ORDER BY seen.id, seen.strand LIMIT 1
"""
# A strand begins later than at one only where a purge has written so.
FLOORS = """
SELECT s.strand, s.floor_number FROM cadres_auditstrand s
WHERE s.floor_number > 0 AND NOT EXISTS (
  SELECT FROM cadres_auditanchor a WHERE a.kind = 'purge'
    AND a.heads->>(s.strand::text)
      = s.floor_number || ':' || encode(s.floor_hash, 'hex')
)
ORDER BY s.strand LIMIT 1
"""


@dataclass(frozen=True)
class Break:
    """The first link that does not hold, and how it differs: for the command line."""

    where: str
    what: str


def first_break() -> Break | None:
    """None if the log is whole, as far as anchors and hashes can tell."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # What this very transaction has added is written to its strand, too.
            cursor.execute("SET CONSTRAINTS audit_head IMMEDIATE")
        for look in (_entries, _tails, _anchors, _anchored, _floors):
            if found := look():
                return found
    return None


def _entries() -> Break | None:
    row = _first(ENTRIES)
    if row is None:
        return None
    key, strand, number, at, is_as_written, follows, step, has_no_strand = row
    if not is_as_written:
        what = "its content is not what was written"
    elif has_no_strand:
        what = "its strand is missing"
    elif step == 1 or follows:
        what = "it does not follow the entry before it"
    else:
        what = "entries before it are missing"
    where = f"entry {key} (strand {strand}, number {number}, {at.isoformat()})"
    return Break(where, what)


def _tails() -> Break | None:
    row = _first(TAILS)
    if row is None:
        return None
    strand, written, there = row
    return Break(
        f"strand {strand} after number {there}",
        f"the last entries are missing: {written} were written",
    )


def _anchors() -> Break | None:
    row = _first(ANCHORS)
    if row is None:
        return None
    key, at = row
    return Break(
        f"anchor {key} ({at.isoformat()})",
        "it is not what was written, or one before it is missing",
    )


def _anchored() -> Break | None:
    row = _first(ANCHORED)
    if row is None:
        return None
    key, at, strand, number = row
    return Break(
        f"strand {strand}, number {number}",
        f"it is not the entry that anchor {key} ({at.isoformat()}) has seen",
    )


def _floors() -> Break | None:
    row = _first(FLOORS)
    if row is None:
        return None
    strand, number = row
    return Break(
        f"strand {strand} up to number {number}",
        "its first entries are gone, and no purge has written so",
    )


def _first(sql: str) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
