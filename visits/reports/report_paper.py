"""A report as it leaves the product: what stands on top of it, its tables, its rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.models import Setting, Unit
from visits.models import Export, FiledReport
from visits.reports.asked import ByChild
from visits.reports.counting import count
from visits.reports.facts import MATTER, PROMISE
from visits.reports.figure_rows import FigureRow, rows_behind
from visits.reports.figures import Figure, figures
from visits.reports.filed_report import filed_tables, heard
from visits.reports.petition_report import in_steps
from visits.reports.report_question import (
    Answer,
    Question,
    answer,
    figures_at,
    openable_rows,
)
from visits.reports.report_sheet import SheetTable, as_one
from visits.reports.rollup import count_days
from visits.rules.periods import parse_period
from visits.rules.report_kinds import Boundaries, ReportKind

# Beyond this, a file is asked for one period or place after the other.
MOST_ROWS = 50_000
STEP = 1000  # rows read at a time
# Of these each thing is a row of its own; the other figures count what is in them.
LISTED = figures(
    "visits", "talks", "findings", "receptions", "onsite_decided", "promises"
)


@dataclass(frozen=True)
class PaperRow:
    figure: str
    day: date
    places: str
    what: str
    officials: str
    visit: str


@dataclass
class Seen:
    """Whom and what the rows speak of, by key: who may not see it all gets no file."""

    officials: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    visits: set[int] = field(default_factory=set)
    matters: list[int] = field(default_factory=list)
    letters: list[int] = field(default_factory=list)
    questions: list[int] = field(default_factory=list)
    studies: list[int] = field(default_factory=list)
    problems: list[int] = field(default_factory=list)

    def add(self, figure: Figure, row: FigureRow) -> None:
        self.visits |= {visit.pk for visit in row.visits}
        if figure.source in (MATTER, PROMISE) and row.entry:
            self.matters.append(row.entry)


@dataclass(frozen=True)
class Paper:
    """`rows` is None where the reader sees figures alone."""

    title: str
    about: str
    period: str
    heading: list[tuple[str, str]]
    watermark: str
    tables: list[SheetTable]
    rows: list[PaperRow] | None
    seen: Seen = field(default_factory=Seen)

    @property
    def count(self) -> int:
        """How many rows leave the product with it."""
        _columns, lines = as_one(self.tables)
        return len(lines) + len(self.rows or [])


def size_of(question: Question, *, with_rows: bool) -> int:
    """About how many rows a file would have: counted, not read.

    Raises:
        ValidationError: code `too_many`.
    """
    behind = openable_rows(question) if with_rows else None
    if behind is None:
        return len(question.officials)
    listed = _listed(question)
    if isinstance(behind, ByChild):
        counts, _weeks = count_days(question.asked, behind, LISTED)
    else:
        counts = count(question.asked, behind, listed)
    found = int(sum(counts.of(it) for it in listed))
    if found > MOST_ROWS:
        raise _too_many()
    return len(question.officials) + found


def _listed(question: Question) -> list[Figure]:
    """Of these, what the report has."""
    if question.place is None:
        return list(LISTED)
    shown = figures_at(question.kind, question.asked)
    return [it for it in LISTED if it in shown]


def paper_of(
    question: Question,
    export: Export,
    *,
    with_rows: bool,
    tell: Callable[[int], None] = lambda _rows: None,
) -> Paper:
    """`tell` hears after each step how many rows there are by now.

    Raises:
        ValidationError: code `too_many` rows.
    """
    asked, answered = question.asked, answer(question)
    first, last, name = asked.period.first, asked.period.last, asked.period.name
    if asked.action:
        first, last, name = asked.action.first, asked.action.last, asked.action.name
    span = f"{date_format(first, 'DATE_FORMAT')} – {date_format(last, 'DATE_FORMAT')}"
    parts = question.place.several if question.place else ()
    seen = Seen(
        officials=[official.pk for official in question.officials],
        places=[place.pk for place in parts],
    )
    return _paper(
        question.kind,
        question.about,
        f"{name} ({span})",
        [
            (_("As of"), date_format(asked.today, "DATE_FORMAT")),
            *_borders(asked.boundaries),
        ],
        export,
        _leaving(question.office, answered.sheets()),
        _rows(answered, seen, tell) if with_rows else None,
        seen,
    )


def paper_of_filed(filed: FiledReport, export: Export) -> Paper:
    """The figures as they were filed, without rows: those are of today."""
    period = parse_period(filed.period)
    name = period.name if period else filed.period
    at = date_format(timezone.localtime(filed.filed_at), "DATETIME_FORMAT")
    return _paper(
        filed.kind,
        heard(filed.content["about"]),
        filed.action.name if filed.action else name,
        [
            (_("As of"), date_format(filed.as_of, "DATE_FORMAT")),
            *_borders(filed.boundaries),
            (_("Filed"), f"{filed.printed_reference}, {at}, {filed.filed_by}"),
        ],
        export,
        _leaving(filed.office, filed_tables(filed)),
        None,
        Seen(),
    )


def _leaving(office: Unit | None, tables: list[SheetTable]) -> list[SheetTable]:
    """Exact figures of letters stay in the petition office."""
    if office is None:
        return tables
    return in_steps(tables, least=Setting.objects.as_dict()["report.min_cell"])


def _borders(boundaries: str) -> list[tuple[str, str]]:
    """Said where it is not the usual one."""
    if boundaries == Boundaries.THEN:
        return []
    return [(_("Borders of the places"), str(Boundaries(boundaries).label))]


def _paper(
    kind: str,
    about: str,
    period: str,
    more: list[tuple[str, str]],
    export: Export,
    tables: list[SheetTable],
    rows: list[PaperRow] | None,
    seen: Seen,
) -> Paper:
    heading = [
        (_("About"), about),
        (_("Period"), period),
        *more,
        *marks_of(export),
    ]
    title, mark = str(ReportKind(kind).label), watermark_of(export)
    return Paper(title, about, period, heading, mark, tables, rows, seen)


def marks_of(export: Export) -> list[tuple[str, str]]:
    return [(_("Purpose"), export.purpose), (_("Exported"), exported(export))]


def watermark_of(export: Export) -> str:
    return f"{exported(export)} · {export.purpose}"


def exported(export: Export) -> str:
    """Who, when, who let it out, and by what number of the log."""
    approved = _("approved by %(name)s") % {"name": export.approver}
    parts = [moment(export.at), who(export), approved, export.printed_reference]
    return " · ".join(parts)


def moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def who(export: Export) -> str:
    unit = f" ({export.unit})" if export.unit else ""
    return f"{export.by.name or export.by.username}{unit}"


def _rows(
    answered: Answer, seen: Seen, tell: Callable[[int], None]
) -> list[PaperRow] | None:
    question = answered.question
    behind = openable_rows(question)
    if behind is None:
        return None
    found: list[PaperRow] = []
    shown = {it.name for table in answered.sheets() for it in table.columns}
    for figure in LISTED:
        if figure.name not in shown:
            continue
        after: str | None = ""
        while after is not None:
            page = rows_behind(question.asked, behind, figure, after=after, size=STEP)
            if len(found) + len(page.rows) > MOST_ROWS:
                raise _too_many()
            for row in page.rows:
                found.append(_row(figure, row))
                seen.add(figure, row)
            tell(len(found))
            after = page.next or None
    return found


def _too_many() -> ValidationError:
    text = gettext_lazy(
        "There are more than %(most)s rows. Ask for a shorter period or a "
        "smaller place, or take the CSV file, which has figures alone."
    )
    return ValidationError(text, code="too_many", params={"most": MOST_ROWS})


def _row(figure: Figure, row: FigureRow) -> PaperRow:
    team = {it.official.name for visit in row.visits for it in visit.team.all()}
    return PaperRow(
        str(figure.label),
        row.day,
        _joined(row.places),
        row.what,
        _joined(sorted(team)),
        _joined(visit.reference for visit in row.visits),
    )


def _joined(words: Sequence[str] | set[str] | object) -> str:
    return _(", ").join(words)  # type: ignore[arg-type]


def row_heads() -> list[str]:
    return [
        _("Figure"),
        _("Date"),
        _("Place"),
        _("What"),
        _("Officials"),
        _("Visit"),
    ]
