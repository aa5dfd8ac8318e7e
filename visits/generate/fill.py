"""Fill a database at one of the scales: Xuzhou by the demo's rules, then its copies."""

from contextlib import nullcontext
from datetime import datetime
from functools import partial
from random import Random

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import AutoField
from django.utils import timezone

from cadres.demo.accounts import insist_on_demo
from cadres.demo.units import read_units
from cadres.models import Account, District, Unit
from visits.actions.fold_rollup import count_at_once, unnoted
from visits.demo.load import tell_demo
from visits.generate.accounts import make_accounts
from visits.generate.areas import Country
from visits.generate.bulk import largest_first, stripped
from visits.generate.checks import figures
from visits.generate.copies import MAY_MEET, Copier, Model, Span, spans
from visits.generate.hands import MANY, Hands, give_room
from visits.generate.maps import drop_maps, make_maps, make_names
from visits.generate.progress import Say, timed
from visits.generate.scales import SCALES, Scale
from visits.generate.units import make_all_units
from visits.generate.villages import fill_villages
from visits.models import Letter, Visit


class NotEmpty(Exception):
    """There are accounts, visits or letters already."""


def generate(scale: str, *, now: datetime, seed: int, say: Say) -> None:
    """Fill the database; the same for one seed and day.

    One area is all or nothing. Copies are made by several connections, so what fails
    there leaves a database that is of no use to anybody.

    Raises:
        ImproperlyConfigured: outside the demo mode.
        NotEmpty: see there.
    """
    insist_on_demo()
    if any(it.objects.exists() for it in (Account, Visit, Letter)):
        raise NotEmpty
    wanted = SCALES[scale]
    hands = Hands(MANY if wanted.within else 1)
    with connection.cursor() as cursor:
        give_room(cursor)
        with nullcontext() if wanted.within else transaction.atomic(), unnoted(cursor):
            _fill(cursor, wanted, now, seed, hands, say)
        with timed("vacuum, analyze", say):
            _vacuum(cursor, hands)
        with timed("what reports keep:", say) as found:
            found += [count_at_once(hands.do)]
            cursor.execute("VACUUM (ANALYZE) visits_visitshare, visits_daycount")


def _fill(
    cursor: CursorWrapper,
    scale: Scale,
    now: datetime,
    seed: int,
    hands: Hands,
    say: Say,
) -> None:
    with timed("Xuzhou, by the rules of the demo", say), transaction.atomic():
        tell_demo(now=now, size=scale.size, seed=seed)
    areas = 1
    if scale.within:
        areas += spread(cursor, scale, seed, hands, say)
    make_accounts(timezone.localdate(now))
    for line in figures(scale, areas):
        say(line)


def spread(
    cursor: CursorWrapper, scale: Scale, seed: int, hands: Hands, say: Say
) -> int:
    """Copy what is there to the other areas; return how many there are."""
    tables, rng = spans(), Random(seed)
    names = [it._meta.db_table for it in tables]
    keep_unique = {it._meta.db_table for it in MAY_MEET}
    filled = [District._meta.db_table] if scale.villages else []
    with stripped(
        cursor, [*names, *filled], keep_unique=keep_unique, hands=hands, say=say
    ):
        with transaction.atomic():
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
            copier = Copier(tables, len(areas), make_names(cursor))
        hands.do([partial(_copy, copier, it, say) for it in copier.longest_first()])
        drop_maps(cursor)
    _restart_keys(cursor, tables)
    return len(areas)


def _copy(copier: Copier, model: Model, say: Say, cursor: CursorWrapper) -> None:
    with timed(model._meta.db_table, say) as found:
        found += [str(copier.copy(model, cursor))]


def _vacuum(cursor: CursorWrapper, hands: Hands) -> None:
    tables = connection.introspection.table_names(cursor)

    def vacuum(table: str, cursor: CursorWrapper) -> None:
        cursor.execute(f"VACUUM (ANALYZE) {connection.ops.quote_name(table)}")

    hands.do([partial(vacuum, it) for it in largest_first(cursor, tables)])


def _restart_keys(cursor: CursorWrapper, tables: dict[Model, Span]) -> None:
    for model in tables:
        if isinstance(model._meta.pk, AutoField):
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id))"
                f" FROM {table}"
            )
