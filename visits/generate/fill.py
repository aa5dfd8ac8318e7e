"""Fill a database at one of the scales: Xuzhou by the demo's rules, then its copies."""

from datetime import datetime
from random import Random

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import AutoField
from django.utils import timezone

from cadres.demo.accounts import insist_on_demo
from cadres.demo.units import read_units
from cadres.models import Account, District, Unit
from visits.actions.fold_rollup import rebuild_rollup, unnoted
from visits.demo.load import tell_demo
from visits.generate.accounts import make_accounts
from visits.generate.areas import Country
from visits.generate.bulk import stripped
from visits.generate.checks import figures
from visits.generate.copies import MAY_MEET, Copier, Model, Span, spans
from visits.generate.maps import make_maps, make_names
from visits.generate.progress import Say, timed
from visits.generate.scales import SCALES, Scale
from visits.generate.units import make_all_units
from visits.generate.villages import fill_villages
from visits.models import Letter, Visit


class NotEmpty(Exception):
    """There are accounts, visits or letters already."""


def generate(scale: str, *, now: datetime, seed: int, say: Say) -> None:
    """Fill the database, all or nothing; the same for one seed and day.

    Raises:
        ImproperlyConfigured: outside the demo mode.
        NotEmpty: see there.
    """
    insist_on_demo()
    if any(it.objects.exists() for it in (Account, Visit, Letter)):
        raise NotEmpty
    with transaction.atomic(), connection.cursor() as cursor:
        _prepare(cursor)
        with unnoted(cursor):
            _fill(cursor, SCALES[scale], now, seed, say)
    with timed("vacuum, analyze", say), connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM (ANALYZE)")
    with timed("what reports keep:", say) as found:
        rebuild_rollup(found.append)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) visits_visitshare, visits_daycount")


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
    with timed("Xuzhou, by the rules of the demo", say):
        tell_demo(now=now, size=scale.size, seed=seed)
    areas = 1
    if scale.within:
        areas += spread(cursor, scale, seed, say)
    make_accounts(timezone.localdate(now))
    for line in figures(scale, areas):
        say(line)


def spread(cursor: CursorWrapper, scale: Scale, seed: int, say: Say) -> int:
    """Copy what is there to the other areas; return how many there are."""
    tables, rng = spans(), Random(seed)
    names = [it._meta.db_table for it in tables]
    keep_unique = {it._meta.db_table for it in MAY_MEET}
    filled = [District._meta.db_table] if scale.villages else []
    with stripped(cursor, [*names, *filled], keep_unique=keep_unique, say=say):
        if scale.villages:
            with timed("villages", say) as found:
                found += [str(fill_villages(cursor, rng, scale.villages))]
        with timed("areas and their units", say) as found:
            country = Country()
            areas = country.areas(scale.within)
            units = read_units()
            pattern = dict(units.by_name)
            make_all_units(units, country, areas)
            make_maps(cursor, country, areas, tables, units, pattern, rng)
            found += [str(len(areas)), str(Unit.objects.count())]
        copier = Copier(cursor, tables, len(areas), make_names(cursor))
        for model in tables:
            with timed(model._meta.db_table, say) as found:
                found += [str(copier.copy(model))]
    _restart_keys(cursor, tables)
    return len(areas)


def _restart_keys(cursor: CursorWrapper, tables: dict[Model, Span]) -> None:
    for model in tables:
        if isinstance(model._meta.pk, AutoField):
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id))"
                f" FROM {table}"
            )
