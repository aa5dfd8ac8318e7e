"""The yearly report of a petition office (Art. 41; handbook 9.3), of its own letters.

What came, on which fields and from where; what was forwarded, assigned, urged and
supervised, and with which result; what was proposed and taken up; the legal limits.
Accusations are sealed: no organ is counted here for being complained about.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, reduce
from operator import or_
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy

from cadres.models import Account, District, Unit
from cadres.models.statement import Slot, Statement, each
from visits.models import ContentSubject, Letter, LetterEvent
from visits.reports.asked import Asked, ByChild
from visits.reports.letter_report import (
    FIGURES,
    OF_LIMITS,
    OF_OPINIONS,
    OF_RECEIPT,
    RECEIVED,
    STEPS,
    LetterFigure,
    LetterGroup,
    LetterQuestion,
    Line,
    any_periods,
    days_of,
    letters_asked,
    lines_of,
    of_clock,
)
from visits.reports.letter_sheets import SUBJECT, group_table, period_columns
from visits.reports.report_sheet import SheetLine, SheetTable, Value
from visits.reports.written import any_child
from visits.rules.letter_states import Clock, Step
from visits.rules.periods import Period
from visits.rules.small_counts import told

MOST_ORGANS = 10
# By which an organ shows that it has gone on with a matter.
GOES_ON = (
    Step.ACCEPT, Step.NOT_ACCEPT, Step.INQUIRE, Step.HEAR, Step.MEDIATE, Step.EXTEND,
    Step.ANSWER, Step.REPLY, Step.REVIEW, Step.REREVIEW, Step.REPORT_BACK, Step.CLOSE,
)  # fmt: skip


def _step(step: Step, label: Any = "", definition: Any = "") -> LetterFigure:
    where = Q(step=step)
    return LetterFigure(
        f"step_{step}", label or step.label, STEPS, where, definition=definition
    )


def _then(name: str, step: Step, later: Sequence[Step], label: Any) -> LetterFigure:
    """Of the letters with `step`: those for which one of `later` was taken since."""
    since = LetterEvent.objects.filter(
        letter=OuterRef("letter"), pk__gt=OuterRef("pk"), step__in=later
    )
    where = Q(step=step) & Q(Exists(since))
    definition = gettext_lazy("Of these letters: as far as it is done by today.")
    return LetterFigure(name, label, STEPS, where, f"step_{step}", definition)


def _suggestions() -> Iterator[LetterFigure]:
    label = gettext_lazy("Suggestions replied to")
    definition = gettext_lazy(
        "Replies in the period, by whether the organ has taken the suggestion up."
    )
    yield _step(Step.REPLY, label, definition)
    for outcome in (
        Letter.Outcome.ADOPTED,
        Letter.Outcome.PARTLY,
        Letter.Outcome.NOT_ADOPTED,
    ):
        where = Q(step=Step.REPLY, letter__outcome=outcome)
        yield LetterFigure(
            f"is_{outcome}",
            outcome.label,
            STEPS,
            where,
            f"step_{Step.REPLY}",
            definition,
        )


GROUPS = (
    OF_RECEIPT,
    LetterGroup(
        gettext_lazy("Accepted or not"),
        gettext_lazy(
            "Letters for which the step was taken in the period, whenever they came."
        ),
        (_step(Step.ACCEPT), _step(Step.NOT_ACCEPT), _step(Step.GUIDE)),
    ),
    LetterGroup(
        gettext_lazy("Forwarded, assigned, urged and supervised"),
        gettext_lazy(
            "Letters for which the petition office took the step in the period, "
            "whenever they came."
        ),
        (
            _step(Step.FORWARD),
            _step(Step.ASSIGN),
            *(
                replace(
                    figure,
                    definition=gettext_lazy(
                        "Letters that were assigned with a day for the report, by "
                        "that day, if it lies in the period."
                    ),
                )
                for figure in of_clock(Clock.REPORT)
            ),
            _step(Step.URGE),
            _then(
                "urged_moved",
                Step.URGE,
                GOES_ON,
                gettext_lazy("Of which the organ has gone on since"),
            ),
            _step(Step.SUPERVISE),
            _then(
                "supervised_done",
                Step.SUPERVISE,
                (Step.REPORT_BACK, Step.CLOSE),
                gettext_lazy("Of which the organ has reported or closed since"),
            ),
        ),
    ),
    LetterGroup(
        gettext_lazy("Proposed, and taken up"),
        gettext_lazy(
            "Letters for which the petition office made a proposal to the leadership "
            "or reported danger in the period, and suggestions of the public."
        ),
        (
            _step(Step.PROPOSE),
            _then(
                "proposed_decided",
                Step.PROPOSE,
                (Step.DECIDE,),
                gettext_lazy("Of which the leadership has decided since"),
            ),
            _step(Step.REPORT_URGENT),
            *_suggestions(),
        ),
    ),
    OF_LIMITS,
    OF_OPINIONS,
    LetterGroup(
        gettext_lazy("Other"),
        gettext_lazy(
            "Letters for which the step was taken in the period, whenever they came."
        ),
        (_step(Step.HEAR), _step(Step.MEDIATE), _step(Step.HELP), _step(Step.WITHDRAW)),
    ),
)
# Those of the letters page are the same here, so one address opens the rows of both.
ALL = {figure.name: figure for group in GROUPS for figure in group.figures} | FIGURES


@dataclass(frozen=True)
class Part:
    """Of the letters received: those with `key` of a breakdown, in each period."""

    key: int
    label: str
    counts: tuple[int, ...]


@dataclass(frozen=True, eq=False)  # each is itself alone, and quickly found
class Breakdown:
    """`name` stands in addresses: `column` says of a letter which part it is of, of
    an office whose place has these below it."""

    name: str
    title: Any
    head: Any
    definition: Any
    column: Callable[[ByChild], Any]
    named: Callable[[set[int]], list[tuple[int, str]]]
    most: int | None = None


def _subjects(pks: set[int]) -> list[tuple[int, str]]:
    known = ContentSubject.objects.filter(pk__in=pks).order_by("name")
    return [(it.pk, it.name) for it in known]


def _places(pks: set[int]) -> list[tuple[int, str]]:
    known = District.objects.filter(pk__in=pks).order_by("code", "pk")
    return [(it.pk, it.path) for it in known]


def _units(pks: set[int]) -> list[tuple[int, str]]:
    known = Unit.objects.filter(pk__in=pks).order_by("place__code", "name", "pk")
    return [(it.pk, it.name) for it in known]


BREAKDOWNS = (
    Breakdown(
        SUBJECT, gettext_lazy("Fields"), gettext_lazy("Subject"),
        gettext_lazy("Letters received, by what they are about."),
        lambda _below: F("subject_id"), _subjects,
    ),
    Breakdown(
        "place", gettext_lazy("Places"), gettext_lazy("Place"),
        gettext_lazy(
            "Letters received, by the place below that of the office they are about."
        ),
        lambda below: below.key(), _places,
    ),
    Breakdown(
        "unit", gettext_lazy("Organs"), gettext_lazy("Organ in charge"),
        gettext_lazy(
            "The ten organs with most of the letters received in the period in their "
            "charge today, by place and name."
        ),
        lambda _below: F("unit_id"), _units, MOST_ORGANS,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class PetitionReport:
    """All is counted exactly; `in_steps` makes of its tables what may leave."""

    office: Unit
    periods: tuple[Period, ...]
    groups: list[tuple[LetterGroup, list[Line]]]
    breakdowns: list[tuple[Breakdown, list[Part]]]

    def tables(self) -> list[SheetTable]:
        found = [group_table(*it, self.periods, ALL) for it in self.groups]
        at = 1  # fields, places and organs follow what was received
        found[at:at] = [self._parts(it, parts) for it, parts in self.breakdowns]
        return found

    def _parts(self, of: Breakdown, parts: list[Part]) -> SheetTable:
        shown = [
            SheetLine(f"{of.name}-{it.key}", it.label, "", list(it.counts))
            for it in parts
        ]
        columns = period_columns(self.periods, str(of.definition))
        return SheetTable(str(of.title), str(of.head), columns, shown)


def petition_report(asked: Asked, office: Unit) -> PetitionReport:
    periods = tuple(filter(None, (asked.period, asked.period.previous)))
    question = letters_asked(asked, office=office)
    below = ByChild.of(office.place)
    breakdowns = [(it, _counted(it, question, periods, below)) for it in BREAKDOWNS]
    groups = lines_of(question, periods, GROUPS)
    return PetitionReport(office, periods, groups, breakdowns)


def _counted(
    of: Breakdown, question: LetterQuestion, periods: Sequence[Period], below: ByChild
) -> list[Part]:
    statement = _parts(of, below.place.level, len(periods))
    found = statement.rows(
        letters=question.keys, passed=each(below.passed), **days_of(periods)
    )
    counts = {part: numbers for part, *numbers in found}
    return [Part(key, label, tuple(counts[key])) for key, label in of.named({*counts})]


@cache
def _parts(of: Breakdown, level: int, periods: int) -> Statement:
    """Counts, in each of so many periods, the letters of each part."""
    within = any_periods(RECEIVED, periods)
    letters = Letter.objects.filter(
        reduce(or_, within), pk__in=Slot("letters", BigIntegerField())
    )
    rows = letters.annotate(part=of.column(any_child(level))).order_by()
    counts = {f"n{n}": Count("pk", filter=it) for n, it in enumerate(within)}
    counted: Any = rows.filter(part__isnull=False).values("part").annotate(**counts)
    most = counted.filter(n0__gt=0).order_by("-n0", "part")
    return Statement.of(most.values_list("part", *counts)[: of.most])


def rows_of_part(question: LetterQuestion, name: str, key: int) -> Any:
    """The letters received of that part; None if there is no such breakdown."""
    of = next((it for it in BREAKDOWNS if it.name == name), None)
    if of is None or question.office is None:
        return None
    letters = RECEIVED.lines(question.letters(), question.period)
    part = of.column(ByChild.of(question.office.place))
    return letters.annotate(part=part).filter(part=key)


def offices_of(reader: Account) -> list[Unit]:
    """The petition offices whose letters this account routes, its own first."""
    offices = Unit.objects.in_scopes(reader, "visits.route_letter").filter(
        kind=Unit.Kind.PETITION
    )
    found = list(offices.select_related("place").order_by("place__code", "name", "pk"))
    return sorted(found, key=lambda it: it.pk != reader.unit_id)


def in_steps(tables: Sequence[SheetTable], *, least: int) -> list[SheetTable]:
    """The tables as they leave the petition office (handbook 9.3).

    Of fields, places and organs only those with enough letters are named.
    """
    names = tuple(f"{it.name}-" for it in BREAKDOWNS)

    def step(value: Value) -> Value:
        if not isinstance(value, int):
            return value
        return str(told(value, least=least, is_exact=False))

    def is_said(line: SheetLine) -> bool:
        now = line.cells[0]
        few = isinstance(now, int) and now < least
        return not (few and line.key.startswith(names))

    return [
        replace(
            table,
            lines=[
                replace(line, cells=[step(cell) for cell in line.cells])
                for line in table.lines
                if is_said(line)
            ],
        )
        for table in tables
    ]
