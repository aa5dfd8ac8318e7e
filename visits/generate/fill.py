"""Fill a database at one of the scales: Xuzhou by the demo's rules, then its copies."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import product
from random import Random
from time import monotonic

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import AutoField
from django.utils import timezone

from cadres.demo.accounts import insist_on_demo
from cadres.demo.names import GIVEN, SURNAMES
from cadres.demo.units import Units
from cadres.models import District, Unit
from cadres.rules.pinyin import initials_of, pinyin_of
from visits.demo.load import tell_demo
from visits.generate.areas import Area, Country
from visits.generate.bulk import stripped
from visits.generate.checks import figures
from visits.generate.copies import MAY_MEET, Copier, Model, Span, last_keys, spans
from visits.generate.scales import SCALES, Scale
from visits.generate.signs import make_signs
from visits.generate.units import make_all_units, stand_in_units
from visits.generate.villages import fill_villages
from visits.models import Letter, Visit
from visits.models.visit import ALPHABET

Say = Callable[[str], None]


class NotEmpty(Exception):
    """There are visits or letters already; a generated database is made of one."""


def generate(scale: str, *, now: datetime, seed: int, say: Say) -> None:
    """Fill the database, all or nothing; the same for one seed and day.

    Raises:
        ImproperlyConfigured: outside the demo mode.
        NotEmpty: see there.
    """
    insist_on_demo()
    if Visit.objects.exists() or Letter.objects.exists():
        raise NotEmpty
    with transaction.atomic(), connection.cursor() as cursor:
        _prepare(cursor)
        _fill(cursor, SCALES[scale], now, seed, say)
    with timed("vacuum, analyze", say), connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


@contextmanager
def timed(what: str, say: Say) -> Iterator[list[str]]:
    """Say how long it took, with what the block puts into the list."""
    began, found = monotonic(), [what]
    yield found
    say(f"{monotonic() - began:8.1f} s  {' '.join(found)}")


def _prepare(cursor: CursorWrapper) -> None:
    for name, value in (
        ("work_mem", "128MB"),
        ("maintenance_work_mem", "1GB"),
        ("temp_buffers", "64MB"),
        ("synchronous_commit", "off"),
        ("jit", "off"),
        ("statement_timeout", "0"),
    ):
        cursor.execute(f"SET LOCAL {name} = '{value}'")


def _fill(
    cursor: CursorWrapper, scale: Scale, now: datetime, seed: int, say: Say
) -> None:
    before = last_keys()
    with timed("Xuzhou, by the rules of the demo", say):
        units = tell_demo(now=now, size=scale.size, seed=seed)
    tables = spans(before)
    areas = 1
    if scale.spreads:
        areas += spread(cursor, scale, tables, units, seed, say)
    make_signs(timezone.localdate(now))
    for line in figures(tables, scale, areas):
        say(line)


def spread(
    cursor: CursorWrapper,
    scale: Scale,
    tables: dict[Model, Span],
    units: Units,
    seed: int,
    say: Say,
) -> int:
    """Copy what is in `tables` to the other areas; return how many there are."""
    names = [it._meta.db_table for it in tables]
    keep_unique = {it._meta.db_table for it in MAY_MEET}
    filled = [District._meta.db_table] if scale.villages else []
    with stripped(cursor, [*names, *filled], keep_unique=keep_unique):
        if scale.villages:
            with timed("places with villages", say) as found:
                found += [str(fill_villages(cursor, Random(seed), scale.villages))]
        with timed("areas and their units", say) as found:
            country = Country()
            areas = country.areas(scale.provinces)
            pattern = dict(units.by_name)
            make_all_units(units, country, areas)
            _map(cursor, country, areas, tables, units, pattern)
            found += [str(len(areas)), str(Unit.objects.count())]
        copier = Copier(cursor, tables, len(areas), _make_names(cursor))
        for model in tables:
            with timed(model._meta.db_table, say) as found:
                found += [str(copier.copy(model))]
        began = monotonic()
    say(f"{monotonic() - began:8.1f} s  indexes and constraints")
    _restart_keys(cursor, tables)
    return len(areas)


def _map(
    cursor: CursorWrapper,
    country: Country,
    areas: list[Area],
    tables: dict[Model, Span],
    units: Units,
    pattern: dict[tuple[int, str], Unit],
) -> None:
    """Say in tables what stands for what in each area, for the copier to join."""
    _make_table(cursor, "gen_copy", "copy bigint, prefix text")
    _make_table(cursor, "gen_place", "copy bigint, old bigint, new bigint")
    _make_table(cursor, "gen_unit", "copy bigint, old bigint, new bigint")
    _make_table(cursor, "gen_sealed", "id bigint, sealed bytea")
    prefixes = free_prefixes(tables)
    with cursor.copy("COPY gen_copy FROM STDIN") as rows:
        for area, prefix in zip(areas, prefixes, strict=False):
            rows.write_row((area.number, prefix))
    used = used_places(tables) | {place for place, _name in pattern}
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
        "CREATE TEMP TABLE gen_letter ON COMMIT DROP AS"
        " SELECT id FROM visits_letter WHERE NOT is_sealed"
    )
    for table in ("gen_place", "gen_unit"):
        cursor.execute(f"CREATE UNIQUE INDEX ON {table} (old, copy)")
    for table in ("gen_copy", "gen_place", "gen_unit", "gen_letter", "gen_sealed"):
        cursor.execute(f"ANALYZE {table}")


def _make_table(cursor: CursorWrapper, name: str, columns: str) -> None:
    cursor.execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")


def _make_names(cursor: CursorWrapper) -> int:
    """Names for the officials and the staff of all areas; return how many."""
    _make_table(cursor, "gen_name", "n int, name text, pinyin text, initials text")
    names = [surname + given for surname, given in product(SURNAMES, GIVEN.split())]
    with cursor.copy("COPY gen_name FROM STDIN") as rows:
        for number, name in enumerate(names):
            rows.write_row((number, name, pinyin_of(name), initials_of(name)))
    cursor.execute("ANALYZE gen_name")
    return len(names)


def used_places(tables: dict[Model, Span]) -> set[int]:
    """Every place that a row to copy points to."""
    found: set[int] = set()
    for model in tables:
        for it in model._meta.concrete_fields:
            if it.related_model is District:
                found.update(
                    model._default_manager.values_list(it.attname, flat=True).distinct()
                )
    return found - {None}


def free_prefixes(tables: dict[Model, Span]) -> list[str]:
    """Beginnings of references that none has: one for each area."""
    taken = {
        reference[:3]
        for model in tables
        if any(it.name == "reference" for it in model._meta.concrete_fields)
        for reference in model._default_manager.values_list("reference", flat=True)
    }
    all_of_them = ("".join(it) for it in product(ALPHABET, repeat=3))
    return [it for it in all_of_them if it not in taken]


def _restart_keys(cursor: CursorWrapper, tables: dict[Model, Span]) -> None:
    for model in tables:
        if isinstance(model._meta.pk, AutoField):
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id))"
                f" FROM {table}"
            )
