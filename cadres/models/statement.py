"""A statement that Django writes once for a process, with slots to be filled each time.

Django takes longer to write a statement with dozens of counts than PostgreSQL to answer
it. What is the same for everyone is written once; a `Slot` stands where it differs, for
a value or for SQL: who may see what is written and filled in anew for each reader.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Expression, Field, QuerySet
from django.db.models.expressions import RawSQL


class Slot(Expression):
    """Stands for what is filled in under `name`."""

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, _compiler: Any, _connection: Any) -> Any:
        return "%s", (self,)


def fill(
    pieces: Sequence[str], params: Sequence[Any], values: Mapping[str, Any]
) -> tuple[str, list[Any]]:
    """SQL of the pieces; the slots among `params`, which stand between them, filled."""
    sql, filled = [pieces[0]], []
    for param, piece in zip(params, pieces[1:], strict=True):
        value = values[param.name] if isinstance(param, Slot) else param
        if isinstance(value, RawSQL):
            sql += [value.sql, piece]
            filled += value.params
        else:
            sql += ["%s", piece]
            filled.append(value)
    return "".join(sql), filled


def each(keys: Collection[int]) -> RawSQL:
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
        return frozenset(it.name for it in self.params if isinstance(it, Slot))

    def filled(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """With each slot filled with a value, or with SQL and its own."""
        return fill(self.pieces, self.params, values)

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The answer."""
        with connection.cursor() as cursor:
            cursor.execute(*self.filled(values))
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
