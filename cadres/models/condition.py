"""Who may see what, written as SQL once for a person, and asked in many questions.

Django takes milliseconds to write it out, longer than PostgreSQL to answer, and a page
asks a dozen questions that have it in common. A `Condition` is put to a row of its own
table; `keys_of` is for columns that point to it. Both are asked anew each time.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import BooleanField, Expression, F, Func, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.hashable import make_hashable

from cadres.models.statement import Slot, fill

if TYPE_CHECKING:
    from cadres.models.account import Account

NOTHING = "SELECT NULL::bigint WHERE false"
ROW = "the_row"  # stands for the row that is asked about
NAME = re.compile(rf'"?\b{ROW}\b"?')
ALIAS = re.compile(r'(?<!["\w])([A-Z]+[0-9]+)(?![\w"])')  # as Django names them: U0


class Condition(Expression):
    """What `rows` lets through, as a condition on a row of the same table.

    It is written, with its parameters, when it is made; a question only says which
    row is meant.
    """

    conditional = True

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(output_field=BooleanField())
        self.row: Any = F("pk")
        self.sql, self.params = _written(rows)

    def filled(self, **values: Any) -> "Condition":
        """The same with its slots filled: see `cadres.models.statement`."""
        found = self.copy()
        found.sql, params = fill(self.sql.split("%s"), self.params, values)
        found.params = tuple(params)
        return found

    @property
    def identity(self) -> tuple[Any, ...]:
        """Another one that was filled with the same is the same; no other is."""
        return Condition, self.row, self.sql, make_hashable(self.params)

    def get_source_expressions(self) -> list[Any]:
        return [self.row]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.row,) = exprs

    def as_sql(self, compiler: Any, _connection: Any) -> tuple[str, tuple[Any, ...]]:
        key, _params = compiler.compile(self.row)
        return self.on(key.rpartition(".")[0]), self.params

    def on(self, row: str) -> str:
        """The condition on the row that goes by this name."""
        return NAME.sub(lambda _it: row, self.sql)


def _written(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    query = rows.order_by().query
    if sum(count > 0 for count in query.alias_refcount.values()) > 1:
        # What needs other tables beside its own is asked for by key.
        query = rows.model._base_manager.filter(pk__in=rows.values("pk")).query
    query = query.clone()
    query.change_aliases({str(query.get_initial_alias()): ROW})
    compiler = query.get_compiler(connection=connection)
    try:
        sql, params = compiler.compile(query.where)
    except EmptyResultSet:
        return "false", ()
    except FullResultSet:
        return "true", ()
    # Names of tables inside must be none that Django gives outside, at any depth.
    own = "w"
    while f"{own}_" in sql:
        own += "w"
    return f"({ALIAS.sub(lambda it: f'{own}_{it[0]}', sql)})", tuple(params)


def keys_of(rows: QuerySet[Any], column: str = "pk") -> RawSQL:
    """The keys in that column of `rows`, for `…__in`; NOTHING if surely none."""
    try:
        sql, params = rows.order_by().values(column).query.sql_with_params()
    except EmptyResultSet:
        sql, params = NOTHING, ()
    return RawSQL(sql, params)  # noqa: S611  Django wrote it.


def among(column: str, keys: RawSQL | Slot) -> Q:
    """Whether the column has one of these keys (see `keys_of`), which are few.

    PostgreSQL reads the keys first, and finds their rows by index even where this is
    one of several ways in an OR. There it would ask an `__in` or EXISTS of each row,
    and in a join take these to be read again for each. But beside other such ways it
    compares each row with all keys: some hundred.
    """
    if isinstance(keys, RawSQL) and keys.sql == NOTHING:
        return Q(pk__in=[])
    return Q(
        Func(
            F(column),
            keys,
            template="%(expressions)s))",
            arg_joiner=" = ANY (ARRAY(",
            output_field=BooleanField(),
        )
    )


def one_of(*ways: QuerySet[Any]) -> Q:
    """The rows of a table that come in by at least one of these ways.

    Their keys are read as one set (see `among`), where PostgreSQL would ask each row of
    the table about an OR. For ways that let in some thousand at most.
    """
    first, *others = (rows.order_by().values("pk") for rows in ways)
    return among("pk", keys_of(first.union(*others, all=True)))


Written = TypeVar("Written", Condition, RawSQL)


def written_once(user: "Account", name: str, write: Callable[[], Written]) -> Written:
    """What is called `name` for this account at hand, written when first asked for.

    An account is read anew for each request. What `write` reads of the clock and of
    the account stays as it was then.
    """
    known: dict[str, Written] = user.__dict__.setdefault("_written_once", {})
    if name not in known:
        known[name] = write()
    return known[name]
