"""A statement that Django writes once for a process, with slots to be filled each time.

Django takes longer to write a statement with dozens of counts than PostgreSQL to answer
it. What is the same for everyone is written once; a `Slot` stands where it differs, for
a value or for SQL: who may see what is written and filled in anew for each reader.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BooleanField, Expression, F, Field, QuerySet
from django.db.models.expressions import RawSQL


class Gap(NamedTuple):
    """What stands among the parameters until a slot is filled."""

    name: str
    row: str = ""  # which is meant, if a condition belongs here


class Slot(Expression):
    """Stands for what is filled in under `name`."""

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, _compiler: Any, _connection: Any) -> Any:
        return "%s", (Gap(self.name),)


class ConditionSlot(Expression):
    """Stands for a `Condition`, filled in under `name`, on the row of `column`."""

    conditional = True

    def __init__(self, name: str, column: str = "pk") -> None:
        super().__init__(output_field=BooleanField())
        self.name = name
        self.column: Any = F(column)

    def get_source_expressions(self) -> list[Any]:
        return [self.column]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.column,) = exprs

    def as_sql(self, compiler: Any, _connection: Any) -> Any:
        column, _params = compiler.compile(self.column)
        return "%s", (Gap(self.name, column.rpartition(".")[0]),)


def fill(
    pieces: Sequence[str], params: Sequence[Any], values: Mapping[str, Any]
) -> tuple[str, list[Any]]:
    """SQL of the pieces, and the parameters that stand between them, without gaps."""
    sql: list[str] = [pieces[0]]
    filled: list[Any] = []
    for param, piece in zip(params, pieces[1:], strict=True):
        value = values[param.name] if isinstance(param, Gap) else param
        if isinstance(param, Gap) and param.row:
            sql += [value.on(param.row), piece]
            filled += value.params
        elif isinstance(value, RawSQL):
            sql += [value.sql, piece]
            filled += value.params
        else:
            sql += ["%s", piece]
            filled.append(value)
    return "".join(sql), filled


def each(keys: Collection[Any]) -> RawSQL:
    """What fills the slot of `… IN …`."""
    sql = ", ".join(["%s"] * len(keys)) or "NULL"
    return RawSQL(sql, tuple(keys))  # noqa: S611  placeholders alone


@dataclass(frozen=True)
class Statement:
    pieces: Sequence[str]  # of SQL, with a parameter between any two
    params: Sequence[Any]

    @classmethod
    def of(cls, rows: QuerySet[Any, Any], around: str = "{}") -> "Statement":
        """That of `rows`, with SQL `around` it."""
        sql, params = rows.query.sql_with_params()
        # What is true at one moment alone is for a slot.
        assert not any(isinstance(it, date) for it in params), "a day would be kept"
        return cls(around.format(sql).split("%s"), params)

    @cached_property
    def names(self) -> frozenset[str]:
        """Of its slots."""
        return frozenset(it.name for it in self.params if isinstance(it, Gap))

    def filled(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """With each slot filled: with a value, or with SQL and its own."""
        return fill(self.pieces, self.params, values)

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The answer."""
        with connection.cursor() as cursor:
            cursor.execute(*self.filled(values))
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
