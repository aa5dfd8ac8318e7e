"""Villages for the townships of which the place list names none."""

from random import Random

from django.db.backends.utils import CursorWrapper

from cadres.demo.names import SURNAMES
from cadres.models import District
from cadres.rules.levels import Kind, Level
from cadres.rules.pinyin import initials_of, pinyin_of

ENDINGS = ("家村", "庄村", "家店村", "家湾村", "家坪村", "家沟村", "楼村", "桥村")
FIRST_NUMBER = 200  # of a village's three digits, as in the national list

FILL = """
WITH made AS MATERIALIZED (
  SELECT nextval(pg_get_serial_sequence('cadres_district', 'id')) AS id, t.id AS above,
    t.code || lpad((%(first)s + n)::text, 3, '0') AS code,
    (t.id * 31 + n * 7) %% %(names)s AS name
  FROM cadres_district t CROSS JOIN generate_series(0, %(count)s - 1) n
  WHERE t.level = %(township)s AND t.valid_to IS NULL AND NOT t.is_virtual
    AND NOT EXISTS (SELECT FROM cadres_district d WHERE d.parent_id = t.id)
)
INSERT INTO cadres_district (
  id, code, level, kind, name, short_name, path, pinyin, initials, aliases, parent_id,
  province_id, prefecture_id, county_id, township_id, village_id,
  is_virtual, is_zone, valid_from, source_list)
SELECT m.id, m.code, %(level)s, %(kind)s, v.name || '委会', v.name,
  t.path || ' / ' || v.name, v.pinyin || 'weihui', v.initials || 'wh', '{}', t.id,
  t.province_id, t.prefecture_id, t.county_id, t.id, m.id,
  false, false, t.valid_from, 'local'
FROM made m JOIN cadres_district t ON t.id = m.above JOIN gen_village v ON v.n = m.name
"""


def fill_villages(cursor: CursorWrapper, rng: Random, count: int) -> int:
    """Write `count` below each township without any; return how many there are now."""
    names = [surname + ending for surname in SURNAMES for ending in ENDINGS]
    rng.shuffle(names)
    cursor.execute(
        "CREATE TEMP TABLE gen_village (n int, name text, pinyin text, initials text)"
        " ON COMMIT DROP"
    )
    with cursor.copy("COPY gen_village FROM STDIN") as copy:
        for number, name in enumerate(names):
            copy.write_row((number, name, pinyin_of(name), initials_of(name)))
    values: dict[str, int | str] = {
        "first": FIRST_NUMBER,
        "level": Level.VILLAGE,
        "kind": Kind.VILLAGERS,
        "township": Level.TOWNSHIP,
        "count": count,
        "names": len(names),
    }
    cursor.execute(FILL, values)
    return District.objects.filter(level=Level.VILLAGE).count()
