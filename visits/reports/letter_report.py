"""Letters of one period in figures: what came, what became of it, and in which time.

Each figure is one condition on letters, on their steps or on their clocks; the page and
the rows behind it ask the same one (handbook 9.2; Art. 41 for the yearly report). A
sealed letter is in none of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, reduce
from operator import or_
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Count,
    DateField,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, District, Setting, Unit
from cadres.models.condition import keys_of
from cadres.models.statement import Slot, Statement
from visits.models import Letter, LetterClock, LetterEvent
from visits.reports.asked import Asked
from visits.reports.todays_places import ByChildToday
from visits.reports.where_to_go import counts_letters
from visits.rules.letter_records import ReviewResult
from visits.rules.letter_states import Category, Clock, Step
from visits.rules.periods import Period
from visits.rules.report_kinds import Boundaries
from visits.rules.shares import share
from visits.rules.small_counts import Told, told

MOST_SUBJECTS = 10


@dataclass(frozen=True)
class Source:
    """Where a figure's lines stand, whose letter they are, and their day."""

    model: Any
    letter: str
    day: str

    def within(self, period: Period) -> Q:
        return Q(**{f"{self.day}__range": (period.first, period.last)})

    def lines(self, letters: Any, *periods: Period) -> Any:
        """Those of these letters that belong to one of the periods."""
        within = reduce(or_, map(self.within, periods))
        of_letters = {} if self.model is Letter else {"letter__in": letters}
        rows = letters if self.model is Letter else self.model.objects
        return rows.filter(within, **of_letters)


RECEIVED = Source(Letter, "pk", "received_on")
STEPS = Source(LetterEvent, "letter", "on")
# A clock belongs to the period in which it ends by law.
CLOCKS = Source(LetterClock, "letter", "legal_on")


@dataclass(frozen=True, eq=False)  # each is itself alone, and quickly found
class LetterFigure:
    """Letters for which some line of `source` in the period fulfils `where`.

    `base` names the figure that it is a part of; without a `definition` it has that of
    its group.
    """

    name: str
    label: Any
    source: Source
    where: Q
    base: str = ""
    definition: Any = ""


@dataclass(frozen=True)
class LetterGroup:
    title: Any
    definition: Any
    figures: tuple[LetterFigure, ...]


def _channels() -> Iterator[LetterFigure]:
    for channel in Letter.Channel:
        where = Q(channel=channel)
        yield LetterFigure(f"by_{channel}", channel.label, RECEIVED, where, "received")


def _categories() -> Iterator[LetterFigure]:
    for category in Category:
        # An accusation is sealed: it is in no figure.
        if category != Category.ACCUSATION:
            where = Q(category=category)
            yield LetterFigure(
                f"as_{category}", category.label, RECEIVED, where, "received"
            )
    yield LetterFigure(
        "unsorted", _("Not sorted yet"), RECEIVED, Q(category=""), "received"
    )


def _steps() -> Iterator[LetterFigure]:
    for step in (
        Step.FORWARD,
        Step.ASSIGN,
        Step.PROPOSE,
        Step.GUIDE,
        Step.ACCEPT,
        Step.NOT_ACCEPT,
        Step.EXTEND,
        Step.URGE,
        Step.SUPERVISE,
    ):
        yield LetterFigure(f"step_{step}", step.label, STEPS, Q(step=step))


def _outcomes() -> Iterator[LetterFigure]:
    yield LetterFigure("answered", _("Opinions issued"), STEPS, Q(step=Step.ANSWER))
    for outcome in (
        Letter.Outcome.SUPPORTED,
        Letter.Outcome.EXPLAINED,
        Letter.Outcome.NOT_SUPPORTED,
    ):
        where = Q(step=Step.ANSWER, letter__outcome=outcome)
        yield LetterFigure(f"is_{outcome}", outcome.label, STEPS, where, "answered")
    asked = Q(step__in=[Step.ASK_REVIEW, Step.ASK_REREVIEW])
    yield LetterFigure("reviews_asked", _("Reviews asked for"), STEPS, asked)
    given = Q(step__in=[Step.REVIEW, Step.REREVIEW])
    yield LetterFigure("reviews_given", _("Review opinions given"), STEPS, given)
    changed = given & Q(record__result=ReviewResult.CHANGED)
    label = _("Of which the opinion was changed")
    yield LetterFigure("reviews_changed", label, STEPS, changed, "reviews_given")


def of_clock(clock: Clock) -> Iterator[LetterFigure]:
    due = Q(clock=clock)
    yield LetterFigure(f"due_{clock}", clock.label, CLOCKS, due)
    for name, label, where in (
        ("kept", _("in time"), Q(stopped_on__lte=F("legal_on"))),
        ("late", _("late"), Q(stopped_on__gt=F("legal_on"))),
        ("open", _("still running"), Q(stopped_on__isnull=True)),
    ):
        part = due & where
        yield LetterFigure(f"{name}_{clock}", label, CLOCKS, part, f"due_{clock}")


def _clocks() -> Iterator[LetterFigure]:
    for clock in (
        Clock.ROUTE,
        Clock.NOTICE,
        Clock.NOTICE_FORWARDED,
        Clock.HANDLE,
        Clock.EXTENSION,
    ):
        yield from of_clock(clock)


OF_RECEIPT = LetterGroup(
    _("Received"),
    _("Letters, calls and visits that came in, in the period of their receipt."),
    (
        LetterFigure("received", _("Received"), RECEIVED, Q()),
        *_channels(),
        *_categories(),
        LetterFigure("urgent", _("Urgent"), RECEIVED, Q(is_urgent=True), "received"),
    ),
)
OF_LIMITS = LetterGroup(
    _("Within the legal limits"),
    _("Letters with a limit of the law that ends in the period."),
    tuple(_clocks()),
)
OF_OPINIONS = LetterGroup(
    _("Opinions and reviews"),
    _("Opinions issued in the period, by what the letter’s opinion says now."),
    tuple(_outcomes()),
)
GROUPS = (
    OF_RECEIPT,
    LetterGroup(
        _("Routed and accepted"),
        _("Letters for which the step was taken in the period, whenever they came."),
        tuple(_steps()),
    ),
    OF_LIMITS,
    OF_OPINIONS,
)
FIGURES = {figure.name: figure for group in GROUPS for figure in group.figures}


@dataclass(frozen=True)
class LetterQuestion:
    """Who asks, of which place, for which period; `place` None: of one's own offices,
    or of one of them.

    Of their own offices' letters people of the petition office read exact figures and
    open the rows. Of a place, figures leave the office: in steps (handbook 9.3).
    """

    reader: Account
    period: Period
    place: District | None
    least: int
    min_base: int
    office: Unit | None = None
    # The day whose borders the place has, where it is not as on the day of receipt.
    borders_of: date | None = None
    # For others to read, whoever asks.
    is_of_others: bool = False

    @property
    def is_exact(self) -> bool:
        if self.place is None:
            return True
        return not self.is_of_others and counts_letters(self.reader, self.place)

    def letters(self) -> Any:
        rows = Letter.objects.unsealed().without_conflict(self.reader)
        if self.office:
            return rows.filter(office=self.office)
        if self.place is None:
            own = Q(pk__in=[])
            for scope in self.reader.scopes("visits.route_letter"):
                own |= scope.q(place="office__place", unit="office")
            return rows.filter(own)
        return rows.filter(self._here)

    @cached_property
    def keys(self) -> RawSQL:
        """Those of the letters, for several statements."""
        return keys_of(self.letters())

    @cached_property
    def _here(self) -> Q:
        assert self.place is not None, "asked of a place"
        if self.borders_of:
            return ByChildToday.on(self.borders_of, self.place).at("")
        return Q(**{self.place.subtree_column: self.place.pk})

    def rows_of(self, figure: LetterFigure) -> Any:
        """The letters that `figure` counts."""
        lines = figure.source.lines(self.letters(), self.period).filter(figure.where)
        if figure.source is RECEIVED:
            return lines
        return self.letters().filter(pk__in=lines.values("letter"))


def letters_asked(
    asked: Asked,
    place: District | None = None,
    office: Unit | None = None,
    *,
    is_of_others: bool = False,
) -> LetterQuestion:
    settings = Setting.objects.as_dict()
    is_now = asked.boundaries == Boundaries.NOW
    return LetterQuestion(
        asked.reader,
        asked.period,
        place,
        settings["report.min_cell"],
        settings["report.min_base"],
        office,
        asked.today if is_now else None,
        is_of_others,
    )


@dataclass(frozen=True)
class Line:
    """A figure in the period, the one before it, and the same of the year before."""

    figure: LetterFigure
    counts: tuple[Told, ...]
    percent: int | None

    @property
    def is_part(self) -> bool:
        return bool(self.figure.base)


@dataclass(frozen=True)
class LetterReport:
    asked: LetterQuestion
    periods: tuple[Period, ...]
    tables: list[tuple[LetterGroup, list[Line]]]
    subjects: list[tuple[int, str, Told]]


def letter_report(asked: LetterQuestion) -> LetterReport:
    period = asked.period
    periods = tuple(filter(None, (period, period.previous, period.year_before)))
    exact = asked.is_exact
    tables = lines_of(asked, periods, GROUPS)
    return LetterReport(asked, periods, tables, _subjects(asked, exact))


def lines_of(
    asked: LetterQuestion, periods: Sequence[Period], groups: Sequence[LetterGroup]
) -> list[tuple[LetterGroup, list[Line]]]:
    exact = asked.is_exact
    figures = [figure for group in groups for figure in group.figures]
    counted = _counted(asked, periods, figures)
    tables = []
    for group in groups:
        lines = []
        for figure in group.figures:
            counts = tuple(
                told(found[figure.name], least=asked.least, is_exact=exact)
                for found in counted
            )
            percent = None
            if figure.base and exact:
                now = counted[0]
                percent = share(
                    now[figure.name], now[figure.base], min_base=asked.min_base
                )
            lines.append(Line(figure, counts, percent))
        tables.append((group, lines))
    return tables


def _counted(
    asked: LetterQuestion, periods: Sequence[Period], figures: Sequence[LetterFigure]
) -> list[dict[str, int]]:
    """All figures of each period, in one query for each source."""
    none = dict.fromkeys((figure.name for figure in figures), 0)
    found = [dict(none) for _period in periods]
    days = days_of(periods)
    for source in (RECEIVED, STEPS, CLOCKS):
        wanted = tuple(figure for figure in figures if figure.source is source)
        statement = _counts(source, wanted, len(periods))
        for period, *numbers in statement.rows(letters=asked.keys, **days):
            names = (figure.name for figure in wanted)
            found[period] |= dict(zip(names, numbers, strict=True))
    return found


def days_of(periods: Sequence[Period]) -> dict[str, date]:
    """What fills the slots of `any_periods`."""
    days = {f"first_{n}": period.first for n, period in enumerate(periods)}
    return days | {f"last_{n}": period.last for n, period in enumerate(periods)}


def any_periods(source: Source, count: int) -> list[Q]:
    """Of a line, that it belongs to the first of so many periods, or to the next."""
    return [
        Q(**{f"{source.day}__gte": Slot(f"first_{n}", DateField())})
        & Q(**{f"{source.day}__lte": Slot(f"last_{n}", DateField())})
        for n in range(count)
    ]


@cache
def _counts(
    source: Source, figures: tuple[LetterFigure, ...], periods: int
) -> Statement:
    """Counts every figure in each of so many periods, of the letters that are told."""
    within = any_periods(source, periods)
    whens = [When(it, then=Value(n)) for n, it in enumerate(within)]
    of_letters = {f"{source.letter}__in": Slot("letters", BigIntegerField())}
    rows = source.model.objects.filter(reduce(or_, within), **of_letters).order_by()
    by_period = rows.annotate(period=Case(*whens, output_field=IntegerField()))
    if source.model is Letter:
        counts = {it.name: Count("pk", filter=it.where or None) for it in figures}
        return Statement.of(by_period.values("period").annotate(**counts))
    # A letter may be several lines: each is folded into one before it is counted, which
    # is far quicker than dozens of counts that look for its like again.
    has = {it.name: BoolOr(_is(it.where)) for it in figures}
    folded = by_period.values("period", source.letter).annotate(**has)
    counted = ", ".join(f'count(*) FILTER (WHERE "{it.name}")' for it in figures)
    # All names in the statement are those of figures.
    around = f"SELECT period, {counted} FROM ({{}}) letters GROUP BY period"  # noqa: S608
    return Statement.of(folded, around)


def _is(condition: Q) -> Any:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _subjects(asked: LetterQuestion, exact: bool) -> list[tuple[int, str, Told]]:
    """What the letters received were about, most first: keys, names, counts.

    In steps, those that reach the first one by name: their order would tell more.
    """
    rows = (
        RECEIVED.lines(asked.letters(), asked.period)
        .filter(subject__isnull=False)
        .order_by()
        .values("subject", "subject__name")
        .annotate(n=Count("pk"))
        .order_by("-n", "subject__name")[:MOST_SUBJECTS]
    )
    found = [
        (
            row["subject"],
            row["subject__name"],
            told(row["n"], least=asked.least, is_exact=exact),
        )
        for row in rows
    ]
    return found if exact else by_name(it for it in found if it[2].at_least)


def by_name(
    subjects: Iterable[tuple[int, str, Told]],
) -> list[tuple[int, str, Told]]:
    return sorted(subjects, key=lambda it: it[1])
