"""What a filed report keeps, how it is read again, and how it differs from today.

Every text is kept in every language of the product. Numbers are kept as numbers, days
as `{"day": …}`, words as a text or as `{"zh-hans": …, "en": …}` where languages differ.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, override

from cadres.models import Account, Cadre, District, together
from visits.models import FiledReport
from visits.reports.asked import Asked
from visits.reports.official_report import ORDER, reported_officials
from visits.reports.report_question import Answer, Question, answer
from visits.reports.report_sheet import (
    SheetColumn,
    SheetLine,
    SheetTable,
    Value,
    plain,
)
from visits.rules.periods import parse_period
from visits.rules.report_kinds import Boundaries, ReportKind

LANGUAGES = [code for code, _name in settings.LANGUAGES]
Said = str | dict[str, str]


def in_every_language(say: Callable[[], Any]) -> dict[str, Any]:
    found = {}
    for code in LANGUAGES:
        with override(code):
            found[code] = say()
    return found


def said(texts: dict[str, str]) -> Said:
    """One text where all languages say the same."""
    return next(iter(texts.values())) if len(set(texts.values())) == 1 else texts


def heard(text: Any) -> str:
    """The text in the language of the moment."""
    if isinstance(text, dict):
        return str(text.get(get_language() or "") or next(iter(text.values()), ""))
    return str(text)


# --- Keeping --------------------------------------------------------------------------


def content_of(given: Answer) -> dict[str, Any]:
    """What the report says, to be kept for good."""
    spoken = in_every_language(given.sheets)
    about = in_every_language(lambda: given.question.about)
    tables = [
        _kept_table(dict(zip(spoken, same, strict=True)))
        for same in zip(*spoken.values(), strict=True)
    ]
    single = given.question.is_single
    return {"about": said(about), "is_single": single, "tables": tables}


def _kept_table(tables: dict[str, SheetTable]) -> dict[str, Any]:
    one = next(iter(tables.values()))

    def each(name: str, of: str = "", at: int = 0) -> Said:
        """The attribute `name` of the table, or of its `at`-th column or line."""
        found = {code: getattr(it, of)[at] if of else it for code, it in tables.items()}
        return said({code: str(getattr(it, name)) for code, it in found.items()})

    return {
        "title": each("title"),
        "row_label": each("row_label"),
        "columns": [
            {
                "name": column.name,
                **{
                    name: each(name, "columns", at)
                    for name in ("label", "unit", "definition", "rule")
                },
            }
            for at, column in enumerate(one.columns)
        ],
        "lines": [
            {
                "key": line.key,
                "label": each("label", "lines", at),
                "note": each("note", "lines", at),
                "is_footer": line.is_footer,
                **(
                    {"definition": each("definition", "lines", at)}
                    if line.definition
                    else {}
                ),
                "cells": [
                    _kept({code: it.lines[at].cells[n] for code, it in tables.items()})
                    for n in range(len(line.cells))
                ],
            }
            for at, line in enumerate(one.lines)
        ],
    }


def _kept(values: dict[str, Value]) -> Any:
    value = next(iter(values.values()))
    if isinstance(value, str):
        return said({code: str(text) for code, text in values.items()})
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Decimal):
        # Halves at most: exact as a float, and a whole number stays one.
        return int(value) if value == int(value) else float(value)
    return value


# --- Reading --------------------------------------------------------------------------


def filed_tables(filed: FiledReport) -> list[SheetTable]:
    """The tables as they were filed, in the language of the moment."""
    return [
        SheetTable(
            heard(table["title"]),
            heard(table["row_label"]),
            [
                SheetColumn(
                    it["name"],
                    heard(it["label"]),
                    heard(it["unit"]),
                    heard(it["definition"]),
                    heard(it["rule"]),
                )
                for it in table["columns"]
            ],
            [
                SheetLine(
                    it["key"],
                    heard(it["label"]),
                    heard(it["note"]),
                    [_value(cell) for cell in it["cells"]],
                    it["is_footer"],
                    heard(it.get("definition", "")),
                )
                for it in table["lines"]
            ],
        )
        for table in filed.content["tables"]
    ]


def _value(kept: Any) -> Value:
    if isinstance(kept, dict):
        if "day" in kept:
            return date.fromisoformat(kept["day"])
        return heard(kept)
    if isinstance(kept, float):
        return Decimal(str(kept))
    return kept  # type: ignore[no-any-return]


def asked_again(filed: FiledReport, *, reader: Account, today: date) -> Question:
    """The same question, today: with the reader's eyes, for the rows it had.

    For its filer a report per official has, besides, who came into reach since.
    """
    period = parse_period(filed.period)
    assert period is not None, "checked when it was filed"
    asked = Asked(
        reader,
        today,
        period,
        filed.action,
        filed.unvisited_months,
        Boundaries(filed.boundaries),
    )
    if filed.kind == ReportKind.LETTERS:
        return Question.of_letters(asked, filed.place, filed.office)
    if filed.office:
        return Question.of_office(asked, filed.office)
    if filed.kind != ReportKind.OFFICIALS:
        parts = filed.places_in_it.values("place")
        place = filed.place or together(District.objects.filter(pk__in=parts))
        return Question.of(asked, place, ReportKind(filed.kind))
    then = list(filed.officials_in_it.values_list("official", flat=True))
    rows = Cadre.objects.filter(pk__in=then)
    if filed.filed_by_id == reader.pk and not filed.content["is_single"]:
        now = reported_officials(reader, asked).values("pk")
        rows = Cadre.objects.filter(pk__in=[*then, *now.values_list("pk", flat=True)])
    officials = rows.with_post(on=today).select_related("unit__place").order_by(*ORDER)
    return Question(asked, officials=list(officials))


# --- Comparing ------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One figure of one place or official that is another one today."""

    row: str
    note: str
    figure: str
    unit: str
    then: str
    now: str
    is_new: bool = False


def differences(
    filed: FiledReport, *, reader: Account, today: date
) -> list[Difference]:
    """Cell by cell, in the order of the report."""
    given = answer(asked_again(filed, reader=reader, today=today))
    return compared(filed_tables(filed), given.sheets())


def compared(then: Sequence[SheetTable], now: Sequence[SheetTable]) -> list[Difference]:
    """A row that is missing on one side is taken to have nothing there.

    A figure, or a total, that one side does not know is passed over: it cannot differ.
    """
    before, after = _cells(then), _cells(now)
    columns = {it.name: it for table in [*now, *then] for it in table.columns}
    lines = {it.key: it for table in [*now, *then] for it in table.lines}
    names = dict.fromkeys(_names(then))
    known = set(names) & set(_names(now))
    keys = [line.key for table in then for line in table.lines]
    keys += [it.key for table in now for it in table.lines if not it.is_footer]
    found = []
    for key in dict.fromkeys(keys):
        for name in names:
            if name not in known:
                continue
            old, new = before.get((key, name)), after.get((key, name))
            if old == new or not (old or new):
                continue
            line, column = lines[key], columns[name]
            found.append(
                Difference(
                    line.label, line.note, column.label, column.unit,
                    plain(old), plain(new), (key, name) not in before,
                )
            )  # fmt: skip
    return found


def _names(tables: Sequence[SheetTable]) -> list[str]:
    return [it.name for table in tables for it in table.columns]


def _cells(tables: Sequence[SheetTable]) -> dict[tuple[str, str], Value]:
    return {
        (line.key, column.name): value
        for table in tables
        for line in table.lines
        for column, value in zip(table.columns, line.cells, strict=True)
    }
