"""The steps of a load, set by set in SQL: staged beside the table, then written.

`incoming` holds the lines, `standing` the places that may be above them.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from cadres.rules.levels import ANCESTORS, Level
from cadres.rules.place_codes import OWN_COUNTY
from cadres.rules.place_lines import Fault, PlaceLine

SHOWN_CHANGES = 1000
Cursor = Any  # Django's cursor lends psycopg's `copy`, which its type does not know

OF_LINE = (
    "code, level, kind, name, short_name, parent_code, manager_code, is_virtual, "
    "is_zone, valid_from, valid_to, source_list, aliases, pinyin, initials"
)
ABOVE = ", ".join(f"{column}_id" for column in ANCESTORS)
WRITTEN = (
    "code level kind name short_name path pinyin initials aliases parent_id "
    "managed_by_id is_virtual is_zone valid_from valid_to source_list "
    + ABOVE.replace(",", "")
).split()
# What a list may say of a place; when it lacks the column the place keeps its own.
KEPT = {
    "is_virtual": "is_virtual = d.is_virtual",
    "is_zone": "is_zone = d.is_zone, kind = d.kind",
    "valid_to": "valid_to = d.valid_to",
    "source": "source_list = d.source_list",
    "aliases": "aliases = d.aliases",
    "short_name": "short_name = CASE WHEN d.name = incoming.name "
    "THEN d.short_name ELSE incoming.short_name END",
    "parent": "parent_code = (SELECT code FROM cadres_district p "
    "WHERE p.id = d.parent_id)",
    "managed_by": "manager_code = (SELECT code FROM cadres_district m "
    "WHERE m.id = d.managed_by_id)",
}


class Change(NamedTuple):
    line: int
    code: str
    before: str
    after: str


def make_tables(cursor: Cursor) -> None:
    cursor.execute("LOCK TABLE cadres_district IN SHARE ROW EXCLUSIVE MODE")
    cursor.execute("DROP TABLE IF EXISTS incoming, incoming_heirs, standing")
    cursor.execute(
        "CREATE TEMP TABLE incoming (line int, code text, level int, kind text,"
        " name text, short_name text, parent_code text, manager_code text,"
        " is_virtual bool, is_zone bool, valid_from date, valid_to date,"
        " source_list text, aliases varchar[], pinyin text, initials text,"
        " id bigint, is_new bool DEFAULT false, fault text, path text,"
        " parent_id bigint, managed_by_id bigint, province_id bigint,"
        " prefecture_id bigint, county_id bigint, township_id bigint,"
        " village_id bigint) ON COMMIT DROP"
    )
    cursor.execute(
        "CREATE TEMP TABLE incoming_heirs"
        " (line int, code text, on_day date, reason text, successor_id bigint)"
        " ON COMMIT DROP"
    )


def copy_in(cursor: Cursor, lines: Iterable[tuple[int, PlaceLine]]) -> None:
    heirs = []
    statement = f"COPY incoming (line, {OF_LINE}) FROM STDIN"
    with cursor.copy(statement) as target:
        for number, it in lines:
            target.write_row(
                (
                    number,
                    it.code,
                    int(it.level),
                    str(it.kind),
                    it.name,
                    it.short_name,
                    it.parent_code,
                    it.manager_code,
                    it.is_virtual,
                    it.is_zone,
                    it.valid_from,
                    it.valid_to,
                    it.source,
                    it.aliases,
                    it.pinyin,
                    it.initials,
                )
            )
            heirs += [(number, heir.code, heir.on, heir.reason) for heir in it.heirs]
    cursor.executemany(
        "INSERT INTO incoming_heirs (line, code, on_day, reason)"
        " VALUES (%s, %s, %s, %s)",
        heirs,
    )
    cursor.execute("CREATE INDEX ON incoming (code)")
    cursor.execute("ANALYZE incoming")


def match(cursor: Cursor, *, on: date, columns: set[str]) -> None:
    """Find which lines speak of a place that is already there; the rest are new."""
    cursor.execute(
        "UPDATE incoming SET fault = %s FROM ("
        "  SELECT line, row_number() OVER"
        "    (PARTITION BY code, valid_from ORDER BY line) AS time FROM incoming"
        ") seen WHERE seen.line = incoming.line AND time > 1",
        [Fault.DOUBLED],
    )
    kept = [sql for column, sql in KEPT.items() if column not in columns]
    ours = ", ".join(["id = d.id", "valid_from = d.valid_from", *kept])
    cursor.execute(
        f"UPDATE incoming SET {ours}"
        " FROM cadres_district d WHERE d.code = incoming.code AND fault IS NULL"
        " AND (d.valid_from = incoming.valid_from OR incoming.valid_from IS NULL"
        "   AND daterange(d.valid_from, d.valid_to, '[]') @> %s)",
        [on],
    )
    cursor.execute(
        "UPDATE incoming SET is_new = true, valid_from = coalesce(valid_from, %s),"
        " id = nextval(pg_get_serial_sequence('cadres_district', 'id'))"
        " WHERE id IS NULL AND fault IS NULL",
        [on],
    )
    cursor.execute(
        "UPDATE incoming SET fault = %s WHERE fault IS NULL AND valid_to < valid_from",
        [Fault.DATE],
    )


def place_in_tree(cursor: Cursor) -> None:
    """Give each line its parent, its path and the places above it, from the top."""
    cursor.execute(
        "CREATE TEMP TABLE standing ON COMMIT DROP AS SELECT id, code, level,"
        " is_virtual, valid_from, valid_to, path, CASE WHEN is_virtual THEN"
        "   (SELECT p.path FROM cadres_district p WHERE p.id = d.parent_id)"
        f" ELSE path END AS base, {ABOVE} FROM cadres_district d"
        " WHERE level < %s AND NOT EXISTS (SELECT 1 FROM incoming i"
        "   WHERE i.id = d.id AND i.fault IS NULL)",
        [Level.VILLAGE],
    )
    cursor.execute("CREATE INDEX ON standing (code)")
    cursor.execute(
        "UPDATE incoming SET path = short_name, province_id = id"
        " WHERE level = %s AND fault IS NULL",
        [Level.PROVINCE],
    )
    for level in list(Level)[1:]:
        _let_stand(cursor, Level(level - 1))
        _find_parents(cursor, level)
    _find_managers(cursor)


def _find_parents(cursor: Cursor, level: Level) -> None:
    """A place that exists today needs a parent that does; the past is laxer."""
    cursor.execute("ANALYZE standing")
    cursor.execute(
        "UPDATE incoming i SET parent_id = p.id, path = p.base || ' / ' || short_name,"
        f" ({ABOVE}) = ROW({', '.join(_own(level, c) for c in ANCESTORS)}),"
        " fault = CASE WHEN p.level = i.level - 1"
        "   OR i.level = %s AND p.county_id = p.id THEN NULL ELSE %s END"
        " FROM (SELECT DISTINCT ON (c.line) c.line, s.* FROM incoming c"
        "   JOIN standing s ON s.code = c.parent_code"
        "   WHERE c.level = %s AND c.fault IS NULL"
        "     AND (s.valid_to IS NULL OR c.valid_to IS NOT NULL)"
        "   ORDER BY c.line, (s.valid_from <= coalesce(c.valid_to, 'infinity')"
        "     AND coalesce(s.valid_to, 'infinity') >= coalesce(c.valid_to, 'infinity'))"
        "     DESC, s.valid_from DESC) p"
        " WHERE i.line = p.line",
        [Level.TOWNSHIP, Fault.LEVEL, level],
    )
    cursor.execute(
        "UPDATE incoming SET fault = %s"
        " WHERE level = %s AND parent_id IS NULL AND fault IS NULL",
        [Fault.PARENT, level],
    )


def _own(level: Level, column: str) -> str:
    """What stands in an ancestor column: the place itself in that of its level."""
    if column == level.column:
        return "i.id"
    if level == Level.PREFECTURE and column == "county":
        cities = ", ".join(f"'{code}'" for code in OWN_COUNTY.values())
        return f"CASE WHEN i.code IN ({cities}) THEN i.id END"
    return f"p.{column}_id"


def _let_stand(cursor: Cursor, level: Level) -> None:
    """Let the places of this level be parents of those below."""
    cursor.execute(
        "INSERT INTO standing SELECT i.id, i.code, i.level, i.is_virtual,"
        " i.valid_from, i.valid_to, i.path,"
        " CASE WHEN i.is_virtual THEN coalesce(p.base, i.path) ELSE i.path END,"
        f" {', '.join(f'i.{column}_id' for column in ANCESTORS)}"
        " FROM incoming i LEFT JOIN standing p ON p.id = i.parent_id"
        " WHERE i.level = %s AND i.fault IS NULL",
        [level],
    )


def _find_managers(cursor: Cursor) -> None:
    cursor.execute(
        "UPDATE incoming SET managed_by_id = s.id FROM standing s"
        " WHERE s.code = manager_code AND s.valid_to IS NULL AND fault IS NULL"
    )
    cursor.execute(
        "UPDATE incoming SET fault = %s WHERE manager_code IS NOT NULL"
        " AND managed_by_id IS NULL AND fault IS NULL",
        [Fault.MANAGER],
    )


def refuse_overlaps(cursor: Cursor) -> None:
    """Refuse lines whose code belongs to another place in that period."""
    cursor.execute(
        "WITH periods AS ("
        "  SELECT code, id, line, daterange(valid_from, valid_to, '[]') AS days"
        "  FROM incoming WHERE fault IS NULL"
        "  UNION ALL"
        "  SELECT d.code, d.id, 0, daterange(d.valid_from, d.valid_to, '[]')"
        "  FROM cadres_district d WHERE d.code IN (SELECT code FROM incoming)"
        "    AND NOT EXISTS (SELECT 1 FROM incoming i WHERE i.id = d.id"
        "      AND i.fault IS NULL)"
        ") UPDATE incoming i SET fault = %s FROM periods p"
        " WHERE p.code = i.code AND p.id <> i.id AND p.line < i.line"
        "   AND p.days && daterange(i.valid_from, i.valid_to, '[]')"
        "   AND i.fault IS NULL",
        [Fault.OVERLAP],
    )


def find_heirs(cursor: Cursor) -> None:
    cursor.execute(
        "UPDATE incoming_heirs h SET successor_id = p.id FROM ("
        "  SELECT id, code, valid_from, valid_to FROM incoming WHERE fault IS NULL"
        "  UNION ALL SELECT id, code, valid_from, valid_to FROM cadres_district d"
        "  WHERE NOT EXISTS (SELECT 1 FROM incoming i WHERE i.id = d.id)"
        ") p WHERE p.code = h.code"
        "   AND daterange(p.valid_from, p.valid_to, '[]') @> h.on_day"
    )
    cursor.execute(
        "UPDATE incoming SET fault = %s FROM incoming_heirs h WHERE fault IS NULL"
        " AND h.line = incoming.line AND (successor_id IS NULL OR successor_id = id)",
        [Fault.SUCCESSOR],
    )


def refuse_orphans(cursor: Cursor) -> None:
    """Refuse what hangs on lines that were refused after it had found them."""
    gone = "SELECT id FROM incoming WHERE fault IS NOT NULL AND is_new"
    found = True
    while found:
        cursor.execute(
            "UPDATE incoming SET fault ="
            f" CASE WHEN parent_id IN ({gone}) THEN %s ELSE %s END"
            f" WHERE fault IS NULL AND (parent_id IN ({gone})"
            f"   OR managed_by_id IN ({gone}))",
            [Fault.PARENT, Fault.MANAGER],
        )
        found = cursor.rowcount > 0
    cursor.execute(f"DELETE FROM incoming_heirs WHERE successor_id IN ({gone})")


DIFFERS = "({}) IS DISTINCT FROM ({})".format(
    ", ".join(f"i.{column}" for column in WRITTEN),
    ", ".join(f"d.{column}" for column in WRITTEN),
)


def count(cursor: Cursor) -> tuple[int, int, int]:
    """How many places are added, changed, as they were."""
    cursor.execute("ANALYZE incoming")
    cursor.execute(
        "SELECT count(*) FILTER (WHERE is_new),"
        f" count(*) FILTER (WHERE d.id IS NOT NULL AND {DIFFERS}),"
        f" count(*) FILTER (WHERE d.id IS NOT NULL AND NOT {DIFFERS})"
        " FROM incoming i LEFT JOIN cadres_district d ON d.id = i.id"
        " WHERE i.fault IS NULL"
    )
    added, changed, unchanged = cursor.fetchone()
    return added, changed, unchanged


def changes(cursor: Cursor) -> list[Change]:
    """The first changed places; what changed beside the path is told in words."""
    said = (
        "concat_ws(' · ', {0}.path, {0}.kind, {0}.valid_from::text ||"
        " coalesce(' – ' || {0}.valid_to, ''))"
    )
    cursor.execute(
        f"SELECT i.line, i.code, {said.format('d')}, {said.format('i')}"
        " FROM incoming i JOIN cadres_district d ON d.id = i.id"
        f" WHERE i.fault IS NULL AND {DIFFERS} ORDER BY i.line LIMIT %s",
        [SHOWN_CHANGES],
    )
    return [Change(*row) for row in cursor.fetchall()]


def write(cursor: Cursor) -> None:
    new = ", ".join(WRITTEN)
    values = ", ".join(f"i.{column}" for column in WRITTEN)
    cursor.execute(
        f"UPDATE cadres_district d SET ({new}) = ROW({values}) FROM incoming i"
        f" WHERE i.id = d.id AND i.fault IS NULL AND {DIFFERS}"
    )
    has_changed_parents = cursor.rowcount > 0
    cursor.execute(
        f"INSERT INTO cadres_district (id, {new}) SELECT i.id, {values}"
        " FROM incoming i WHERE is_new AND fault IS NULL ORDER BY code, valid_from"
    )
    if has_changed_parents:
        for level in list(Level)[1:]:
            _carry_down(cursor, level)


def _carry_down(cursor: Cursor, level: Level) -> None:
    """Let places outside the list follow what changed above them."""
    path = (
        "CASE WHEN p.is_virtual THEN coalesce(g.path, p.path) ELSE p.path END"
        " || ' / ' || d.short_name"
    )
    above = [column for column in ANCESTORS if column != level.column]
    if level == Level.PREFECTURE:
        above.remove("county")
    ours = ", ".join(f"d.{column}_id" for column in above)
    theirs = ", ".join(f"p.{column}_id" for column in above)
    columns = ", ".join(f"{column}_id" for column in above)
    cursor.execute(
        f"UPDATE cadres_district SET (path, {columns}) = ROW(n.path, "
        f"{', '.join(f'n.{column}_id' for column in above)}) FROM ("
        f"  SELECT d.id, {path} AS path, {theirs} FROM cadres_district d"
        "   JOIN cadres_district p ON p.id = d.parent_id"
        "   LEFT JOIN cadres_district g ON g.id = p.parent_id"
        f"  WHERE d.level = %s AND (d.path, {ours}) IS DISTINCT FROM ({path}, {theirs})"
        ") n WHERE n.id = cadres_district.id",
        [level],
    )


def write_successions(cursor: Cursor) -> None:
    cursor.execute(
        'INSERT INTO cadres_succession (predecessor_id, successor_id, reason, "on")'
        " SELECT i.id, h.successor_id, h.reason, h.on_day FROM incoming_heirs h"
        " JOIN incoming i ON i.line = h.line AND i.fault IS NULL"
        " ON CONFLICT DO NOTHING"
    )


def refused(cursor: Cursor) -> list[tuple[int, str, str]]:
    cursor.execute("SELECT line, code, fault FROM incoming WHERE fault IS NOT NULL")
    return list(cursor.fetchall())
