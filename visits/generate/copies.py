"""Copies of Xuzhou's rows for every area, table by table, inside PostgreSQL.

A row and its copies are the same in all that the app has worked out: days, states,
histories, clocks. What differs is said here by the kind of the column: keys, places,
units, names, references. The copies of one row lie beside each other, like what comes
in on one day all over the country: no county's rows are together on the disk.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.backends.utils import CursorWrapper
from django.db.models import Max, Min

from cadres.models import (
    Account,
    AuditAnchor,
    AuditEntry,
    AuditStrand,
    Cadre,
    CalendarDay,
    ContactPoint,
    District,
    Outline,
    RoleGrant,
    Setting,
    Succession,
    Unit,
)
from cadres.models.encrypted import SealedTexts, open_bytes, seal_bytes
from cadres.models.placed import Placed
from cadres.rules.levels import ANCESTORS
from visits.models import (
    Access,
    Attachment,
    ClockRule,
    ContentSubject,
    DataRequest,
    DayCount,
    DocumentTemplate,
    FiledReportPlace,
    InvestigationPlace,
    LastVisit,
    Letter,
    Matter,
    MatterCall,
    MatterEvent,
    MatterSample,
    NamedParty,
    Petitioner,
    PressureReport,
    Problem,
    Question,
    SealedHandler,
    SealTransfer,
    SessionBooking,
    StudyArea,
    TalkFormat,
    TouchedVisit,
    VisitEvent,
    VisitShare,
)
from visits.models.visit import ALPHABET

Model = type[models.Model]
BATCH = 200_000  # rows
# What is the same for all, what belongs to sealed letters, files, draws by lot, and who
# looked at what; what is counted anew; places and units have ways of their own.
LEFT_OUT: set[Model] = {
    AuditAnchor,
    AuditEntry,
    AuditStrand,
    CalendarDay,
    ClockRule,
    ContentSubject,
    District,
    DocumentTemplate,
    Outline,
    Setting,
    StudyArea,
    Succession,
    TalkFormat,
    Unit,
    Access,
    Attachment,
    DataRequest,
    MatterCall,
    MatterSample,
    NamedParty,
    PressureReport,
    SealedHandler,
    SealTransfer,
    DayCount,
    LastVisit,
    TouchedVisit,
    VisitShare,
}
# What is sealed opens beside its own `seal_id` alone: a copy is sealed anew.
SEALED_FOR: dict[Model, str] = {
    Petitioner: "petitioner",
    MatterEvent: "witness",
    SessionBooking: "booking",
}
# Two places or units of one row may have become one: one row is enough then.
MAY_MEET: set[Model] = {
    Cadre.home_places.through,
    ContactPoint,
    FiledReportPlace,
    InvestigationPlace,
    Letter.supporting_units.through,
    Matter.supporting_units.through,
    Problem.supporting_units.through,
    RoleGrant,
}
NAMED = "replace(p.{0}, was.name, spot.name)"
OF_UNIT = "CASE WHEN p.unit_id IS NULL THEN p.{0} ELSE organ.name END"
# Columns whose words tell of a place, a unit or a person.
WORDS: dict[tuple[Model, str], str] = {
    (Letter, "request"): NAMED,
    (Letter, "search_text"): NAMED,
    (Matter, "lead_unit"): OF_UNIT,
    (Problem, "lead_unit"): OF_UNIT,
    (Question, "unit_name"): OF_UNIT,
    (VisitEvent, "changes"): "p.changes - 'stops'",
    (Cadre, "name"): "called.name",
    (Cadre, "pinyin"): "called.pinyin",
    (Cadre, "initials"): "called.initials",
    (Account, "name"): "called.name",
    # Those who can sign in keep their name, with the number of the area.
    (Account, "username"): (
        "CASE WHEN p.password LIKE '!%%' THEN called.pinyin || '.' || {key}"
        " ELSE p.username || '.' || c.copy END"
    ),
}


@dataclass(frozen=True)
class Span:
    """The keys of a table's rows in Xuzhou; the copies follow in the same order."""

    first: int
    last: int

    @property
    def width(self) -> int:
        return self.last - self.first + 1

    def key(self, column: str, copies: int) -> str:
        """The key of the copy of the row that `column` names."""
        return f"({self.last} + ({column} - {self.first}) * {copies} + c.copy)"

    def key_of(self, pk: int, copies: int, copy: int) -> int:
        return self.last + (pk - self.first) * copies + copy


def spans() -> dict[Model, Span]:
    """The tables to copy, with the keys that are in them now."""
    found = {}
    for app in ("cadres", "visits"):
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            if model in LEFT_OUT:
                continue
            edges = model._default_manager.aggregate(first=Min("pk"), last=Max("pk"))
            if edges["first"] is not None:
                found[model] = Span(edges["first"], edges["last"])
    return found


class Copier:
    def __init__(self, tables: dict[Model, Span], copies: int, names: int) -> None:
        self.tables = tables
        self.copies = copies
        self.names = names

    def longest_first(self) -> list[Model]:
        """The tables to copy; sealing is slower than anything else."""
        return sorted(
            self.tables, key=lambda it: (it not in SEALED_FOR, -self.tables[it].width)
        )

    def copy(self, model: Model, cursor: CursorWrapper) -> int:
        """Write all copies of the model's rows; return how many there are."""
        span, statement = self.tables[model], self.statement(model)
        step = max(BATCH // self.copies, 1)
        written = 0
        if model in SEALED_FOR:
            cursor.execute("CREATE TEMP TABLE gen_sealed (id bigint, sealed bytea)")
        for first in range(span.first, span.last + 1, step):
            values = {"first": first, "last": min(first + step - 1, span.last)}
            if model in SEALED_FOR:
                self._seal(model, cursor, **values)
            cursor.execute(statement, values)
            written += cursor.rowcount
        if model in SEALED_FOR:
            cursor.execute("DROP TABLE gen_sealed")
        return written

    def statement(self, model: Model) -> str:
        """INSERT … SELECT for rows with keys from `first` to `last`."""
        fields = [it for it in model._meta.concrete_fields if not it.generated]
        columns = ", ".join(f'"{it.column}"' for it in fields)
        values = ", ".join(self._value(model, it) for it in fields)
        table, key = model._meta.db_table, model._meta.pk.column
        joins = " ".join(self._joins(model))
        kept = "".join(
            f" AND (p.{it.column} IS NULL OR p.{it.column} IN (TABLE gen_letter))"
            for it in fields
            if it.related_model is Letter or (model is Letter and it.primary_key)
        )
        return (
            f"INSERT INTO {table} ({columns}) SELECT {values}"
            f" FROM {table} p CROSS JOIN gen_copy c {joins}"
            f" WHERE p.{key} BETWEEN %(first)s AND %(last)s{kept}"
            + (" ON CONFLICT DO NOTHING" if model in MAY_MEET else "")
        )

    def _value(self, model: Model, field: "models.Field[Any, Any]") -> str:
        column = f"p.{field.column}"
        words = WORDS.get((model, field.name))
        if words:
            return words.format(field.name, key=self._key(model))
        if field.related_model is District:
            is_above = issubclass(model, Placed) and field.name in ANCESTORS
            return f"spot.{field.column}" if is_above else f"{field.name}_there.new"
        if field.related_model is Unit:
            return f"{field.name}_there.new"
        if field.related_model in self.tables:
            return self.tables[field.related_model].key(column, self.copies)
        if field.primary_key:
            return self._key(model)
        if isinstance(field, models.UUIDField):
            made = f"md5('{_salt(model, field.column)}' || {self._key(model)})::uuid"
            return f"CASE WHEN {column} IS NULL THEN NULL ELSE {made} END"
        if field.name == "reference":
            return f"c.prefix || {_code('p.id', 5)}"
        if isinstance(field, SealedTexts) and model in SEALED_FOR:
            return "anew.sealed"
        return column

    def _key(self, model: Model) -> str:
        return self.tables[model].key(f"p.{model._meta.pk.column}", self.copies)

    def _joins(self, model: Model) -> Iterator[str]:
        is_placed = issubclass(model, Placed)
        for field in model._meta.concrete_fields:
            if is_placed and field.name in ANCESTORS:
                continue
            for kind, target in (("place", District), ("unit", Unit)):
                if field.related_model is target:
                    there = f"{field.name}_there"
                    yield (
                        f"LEFT JOIN gen_{kind} {there} ON {there}.copy = c.copy"
                        f" AND {there}.old = p.{field.column}"
                    )
        if is_placed:
            yield "JOIN cadres_district spot ON spot.id = place_there.new"
        if model is Letter:
            yield "JOIN cadres_district was ON was.id = p.place_id"
        if any(words is OF_UNIT for (of, _n), words in WORDS.items() if of is model):
            yield "LEFT JOIN cadres_unit organ ON organ.id = unit_there.new"
        if model in (Cadre, Account):
            official = (
                self._key(Cadre)
                if model is Cadre
                else (
                    f"coalesce({self.tables[Cadre].key('p.cadre_id', self.copies)},"
                    f" {self._key(Account)} + 31)"
                )
            )
            number = f"{official} * 7919 %% {self.names}"
            yield f"JOIN gen_name called ON called.n = {number}"
        if model in SEALED_FOR:
            yield f"LEFT JOIN gen_sealed anew ON anew.id = {self._key(model)}"

    def _seal(
        self, model: Model, cursor: CursorWrapper, *, first: int, last: int
    ) -> None:
        """Fill `gen_sealed` with what the copies of these rows keep sealed."""
        column = next(
            it for it in model._meta.concrete_fields if isinstance(it, SealedTexts)
        )
        span, purpose = self.tables[model], SEALED_FOR[model]
        salt = _salt(model, "seal_id")
        rows = model._default_manager.filter(pk__range=(first, last)).exclude(
            **{column.name: None}
        )
        found = list(rows.values_list("pk", "seal_id", column.name))
        cursor.execute("TRUNCATE gen_sealed")
        with cursor.copy("COPY gen_sealed FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int8", "bytea"])
            for pk, seal_id, sealed in found:
                plain = open_bytes(bytes(sealed), f"{purpose}/{seal_id}")
                for number in range(1, self.copies + 1):
                    key = span.key_of(pk, self.copies, number)
                    anew = UUID(_md5(f"{salt}{key}"))
                    copy.write_row((key, seal_bytes(plain, f"{purpose}/{anew}")))


def _salt(model: Model, column: str | None) -> str:
    return f"{model._meta.db_table}.{column}."


def _md5(text: str) -> str:
    """Makes keys that are alike on each run; keeps no secret."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _code(key: str, length: int) -> str:
    """The number `key` in digits of references, stirred; different for all below
    30 to the power of `length`."""
    base = len(ALPHABET)
    stirred = f"({key} * 7368787 %% {base**length})"
    return " || ".join(
        f"substr('{ALPHABET}', ({stirred} / {base**place} %% {base})::int + 1, 1)"
        for place in range(length)
    )
