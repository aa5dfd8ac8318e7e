"""What stands for what in each area: tables for the copier to join, on any connection.

They are gone with the last copy.
"""

from itertools import product
from random import Random

from django.db.backends.utils import CursorWrapper

from cadres.demo.names import GIVEN, SURNAMES
from cadres.demo.units import Units
from cadres.models import District, Unit
from cadres.rules.pinyin import initials_of, pinyin_of
from visits.generate.areas import Area, Country
from visits.generate.copies import Model, Span
from visits.generate.units import stand_in_units
from visits.models.visit import ALPHABET

TABLES = ("gen_copy", "gen_place", "gen_unit", "gen_letter", "gen_name")


def make_maps(
    cursor: CursorWrapper,
    country: Country,
    areas: list[Area],
    tables: dict[Model, Span],
    units: Units,
    pattern: dict[tuple[int, str], Unit],
    rng: Random,
) -> None:
    """Areas, places, units, and the letters to copy."""
    _make_table(cursor, "gen_copy", "copy bigint, prefix text")
    _make_table(cursor, "gen_place", "copy bigint, old bigint, new bigint")
    _make_table(cursor, "gen_unit", "copy bigint, old bigint, new bigint")
    prefixes = _free_prefixes(tables, rng)
    with cursor.copy("COPY gen_copy FROM STDIN") as rows:
        for area, prefix in zip(areas, prefixes[: len(areas)], strict=True):
            rows.write_row((area.number, prefix))
    used = _used_places(tables) | {place for place, _name in pattern}
    stand_ins = [(area.number, country.stand_ins(area, used)) for area in areas]
    with cursor.copy("COPY gen_place FROM STDIN") as rows:
        for number, places in stand_ins:
            for old, new in places.items():
                rows.write_row((number, old, new))
    with cursor.copy("COPY gen_unit FROM STDIN") as rows:
        for number, places in stand_ins:
            for old, new in stand_in_units(units, pattern, places).items():
                rows.write_row((number, old, new))
    cursor.execute(
        "CREATE UNLOGGED TABLE gen_letter AS"
        " SELECT id FROM visits_letter WHERE NOT is_sealed"
    )
    for table in ("gen_place", "gen_unit"):
        cursor.execute(f"CREATE UNIQUE INDEX ON {table} (old, copy)")
    for table in ("gen_copy", "gen_place", "gen_unit", "gen_letter"):
        cursor.execute(f"ANALYZE {table}")


def _make_table(cursor: CursorWrapper, name: str, columns: str) -> None:
    cursor.execute(f"CREATE UNLOGGED TABLE {name} ({columns})")


def drop_maps(cursor: CursorWrapper) -> None:
    cursor.execute(f"DROP TABLE {', '.join(TABLES)}")


def make_names(cursor: CursorWrapper) -> int:
    """Names for the officials and the staff of all areas; return how many."""
    _make_table(cursor, "gen_name", "n int, name text, pinyin text, initials text")
    names = [surname + given for surname, given in product(SURNAMES, GIVEN.split())]
    with cursor.copy("COPY gen_name FROM STDIN") as rows:
        for number, name in enumerate(names):
            rows.write_row((number, name, pinyin_of(name), initials_of(name)))
    cursor.execute("ANALYZE gen_name")
    return len(names)


def _used_places(tables: dict[Model, Span]) -> set[int]:
    """Every place that a row to copy points to."""
    found: set[int] = set()
    for model in tables:
        for it in model._meta.concrete_fields:
            if it.related_model is District:
                found.update(
                    model._default_manager.values_list(it.attname, flat=True).distinct()
                )
    return found - {None}


def _free_prefixes(tables: dict[Model, Span], rng: Random) -> list[str]:
    """Beginnings of references that none has: one for each area."""
    taken = {
        reference[:3]
        for model in tables
        if any(it.name == "reference" for it in model._meta.concrete_fields)
        for reference in model._default_manager.values_list("reference", flat=True)
    }
    all_of_them = ("".join(it) for it in product(ALPHABET, repeat=3))
    free = [it for it in all_of_them if it not in taken]
    rng.shuffle(free)
    return free
