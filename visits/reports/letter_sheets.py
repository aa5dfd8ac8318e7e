"""Letters in figures as plain cells, for files and for filing: see `report_sheet`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from visits.reports.letter_months import LIMITS, LetterMonths, letter_months
from visits.reports.letter_report import (
    FIGURES,
    LetterFigure,
    LetterGroup,
    LetterQuestion,
    LetterReport,
    Line,
    by_name,
    letter_report,
)
from visits.reports.report_sheet import SheetColumn, SheetLine, SheetTable, Value
from visits.rules.periods import Period
from visits.rules.small_counts import Told

# The names of the columns in filed reports: the period asked for, and those compared.
PERIODS = ("year", "before", "year_before")
SUBJECT = "subject"


def period_columns(
    periods: Sequence[Period], definition: str = ""
) -> list[SheetColumn]:
    unit = pgettext("unit of count", "letters")
    return [
        SheetColumn(name, period.name, unit, definition)
        for name, period in zip(PERIODS, periods, strict=False)
    ]


def group_table(
    group: LetterGroup,
    lines: Sequence[Line],
    periods: Sequence[Period],
    figures: Mapping[str, LetterFigure] = FIGURES,
) -> SheetTable:
    """`figures` are those that the lines may be a part of."""
    shown = [
        SheetLine(
            line.figure.name,
            full_label(line.figure, figures),
            "",
            [_cell(count) for count in line.counts],
            definition=str(line.figure.definition or group.definition),
        )
        for line in lines
    ]
    return SheetTable(str(group.title), _("Figure"), period_columns(periods), shown)


def full_label(
    figure: LetterFigure, figures: Mapping[str, LetterFigure] = FIGURES
) -> str:
    base = figures.get(figure.base)
    if base is None or base.name == "received":
        return str(figure.label)
    return _("%(figure)s: %(part)s") % {"figure": base.label, "part": figure.label}


def _cell(count: Told) -> Value:
    return str(count) if count.exactly is None else count.exactly


@dataclass(frozen=True)
class Caseload:
    """All that the page of letters in figures shows."""

    report: LetterReport
    months: LetterMonths

    def tables(self) -> list[SheetTable]:
        periods = self.report.periods
        found = [group_table(*it, periods) for it in self.report.tables]
        found.append(self._months())
        if self.report.subjects:
            found.append(self._subjects())
        return found

    def _months(self) -> SheetTable:
        unit = pgettext("unit of count", "letters")
        definitions = {
            "due": _(
                "Letters with a limit of the law that ends in the month, over the "
                "twelve months up to the end of the period. What is neither in time "
                "nor late is still running."
            ),
            "kept": _("Of these letters: done within the limit."),
            "late": _("Of these letters: done after the limit."),
        }
        columns = [
            SheetColumn(
                f"{part}_{clock}",
                full_label(FIGURES[f"{part}_{clock}"]),
                unit,
                definition,
            )
            for clock in LIMITS
            for part, definition in definitions.items()
        ]
        lines = [
            SheetLine(
                month.code,
                month.name,
                "",
                [_cell(getattr(it, part)) for it in limits for part in definitions],
            )
            for month, limits in self.months.lines
        ]
        return SheetTable(_("In time, by month"), _("Month"), columns, lines)

    def _subjects(self) -> SheetTable:
        definition = _("Letters received, by what they are about.")
        columns = period_columns(self.report.periods[:1], definition)
        lines = [
            SheetLine(f"{SUBJECT}-{pk}", name, "", [_cell(count)])
            for pk, name, count in by_name(self.report.subjects)
        ]
        return SheetTable(_("What they were about"), _("Subject"), columns, lines)


def caseload(asked: LetterQuestion) -> Caseload:
    return Caseload(letter_report(asked), letter_months(asked))
