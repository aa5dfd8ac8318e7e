"""A statement that Django writes once for a process, with slots to be filled each time.

Django takes longer to write a statement with dozens of counts than PostgreSQL to answer
it. What is the same for everyone is written once; a `Slot` stands where it differs, for
a value or for SQL: who may see what is written and filled in anew for each reader.
"""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BooleanField, Expression, F, Field, QuerySet
from django.db.models.expressions import RawSQL

from cadres.models.condition import Condition


class Gap(NamedTuple):
    name: str
    row: str = ""  # which is meant, if a condition belongs here


def in_list(values: Collection[Any]) -> RawSQL:
    """So many values, for a slot behind `…__in`; there must be one."""
    return RawSQL(", ".join(["%s"] * len(values)), tuple(values))  # noqa: S611


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


def filled(form: Condition, **values: Any) -> Condition:
    """A condition that was written once for a process, with its slots filled."""
    made = copy(form)
    made.sql, made.params = _filled(form.sql.split("%s"), form.params, values)
    return made


def _filled(
    pieces: Sequence[str], params: Sequence[Any], filled: Mapping[str, Any]
) -> tuple[str, tuple[Any, ...]]:
    sql: list[str] = [pieces[0]]
    values: list[Any] = []
    for param, piece in zip(params, pieces[1:], strict=True):
        value = filled[param.name] if isinstance(param, Gap) else param
        if isinstance(value, Condition):
            sql += [value.on(param.row), piece]
            values += value.params
        elif isinstance(value, RawSQL):
            sql += [value.sql, piece]
            values += value.params
        else:
            sql += ["%s", piece]
            values.append(value)
    return "".join(sql), tuple(values)


@dataclass(frozen=True)
class Statement:
    pieces: Sequence[str]  # of SQL, with a parameter between any two
    params: Sequence[Any]

    @classmethod
    def of(cls, rows: QuerySet[Any, Any]) -> "Statement":
        sql, params = rows.query.sql_with_params()
        return cls(sql.split("%s"), params)

    def rows(self, **filled: Any) -> list[tuple[Any, ...]]:
        """The answer, with each slot filled with a value, or with SQL and its own."""
        sql, values = _filled(self.pieces, self.params, filled)
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
