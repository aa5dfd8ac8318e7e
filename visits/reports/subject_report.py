"""The reports per unit, per unified action and per study topic: the same figures, other
rows. Each is asked of a place; what stands in several rows is counted once in total."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cadres.models import District, Unit
from cadres.reports.todays_borders import borders_on
from visits.models import Action
from visits.reports.asked import Asked, ByAction, ByTopic, ByUnit, Rows
from visits.reports.counting import Counts, count
from visits.reports.figures import (
    EVERY,
    OF_ACTIONS,
    OF_TOPICS,
    OF_UNITS,
    Group,
    figures_of,
    groups_asked,
)
from visits.reports.table import (
    Column,
    Line,
    Link,
    Table,
    cells,
    figure_column,
    footers,
)
from visits.reports.todays_places import ByActionToday, ByTopicToday, ByUnitToday
from visits.rules.report_kinds import Boundaries, ReportKind

PAGE = 50


@dataclass(frozen=True)
class Subject:
    """A row: a unit, an action, or a topic; the latter two have a reference."""

    pk: int
    name: str
    note: str
    reference: str = ""


@dataclass(frozen=True)
class SubjectReport:
    """Rows are those for which something was counted in the period."""

    asked: Asked
    kind: ReportKind
    groups: list[Group]
    rows: Rows
    counts: Counts
    subjects: list[Subject]


@dataclass(frozen=True)
class _Kind:
    """What is different from one to the other; `named` keeps the order of the rows."""

    head: str | Promise
    groups: list[Group]
    named: Callable[[Asked, Any, set[int]], list[Subject]]


def rows_of(kind: str, asked: Asked, place: District) -> ByUnit | ByAction | ByTopic:
    reader = asked.reader
    if asked.boundaries == Boundaries.NOW:
        borders = borders_on(asked.today)
        if kind == ReportKind.UNITS:
            return ByUnitToday(place=place, borders=borders)
        if kind == ReportKind.ACTIONS:
            return ByActionToday(place=place, borders=borders)
        return ByTopicToday(place=place, borders=borders, reader=reader)
    if kind == ReportKind.UNITS:
        return ByUnit(place)
    if kind == ReportKind.ACTIONS:
        return ByAction(place)
    return ByTopic(place, reader)


def groups_of(kind: str, asked: Asked, chosen: str = EVERY) -> list[Group]:
    of_action = asked.action is not None or kind == ReportKind.ACTIONS
    return groups_asked(SUBJECTS[kind].groups, of_action=of_action, chosen=chosen)


def subject_report(
    kind: ReportKind, asked: Asked, place: District, chosen: str = EVERY
) -> SubjectReport:
    """`chosen` is the name of a group; the first is counted with it, for the rows."""
    rows, groups = rows_of(kind, asked, place), groups_of(kind, asked, chosen)
    first = groups_of(kind, asked)[0]
    counts = count(asked, rows, dict.fromkeys(figures_of([first, *groups])))
    subjects = SUBJECTS[kind].named(asked, rows, counts.keys())
    return SubjectReport(asked, kind, groups, rows, counts, subjects)


def one_subject(kind: str, asked: Asked, place: District, pk: int) -> Subject | None:
    """If that row may stand in the report."""
    rows = rows_of(kind, asked, place)
    return next(iter(SUBJECTS[kind].named(asked, rows, {pk})), None)


def tables(
    report: SubjectReport,
    *,
    link: Link,
    drill: Callable[[Subject], str],
    subjects: list[Subject] | None = None,
) -> list[Table]:
    """For `subjects`, by default all; the total is always that of all."""
    found = []
    for group in report.groups:
        columns = [_column(it, report.counts, link) for it in group.figures]
        lines = [
            Line(it.name, cells(columns, it.pk), drill(it), it.note, it.pk)
            for it in (report.subjects if subjects is None else subjects)
        ]
        head, label = str(SUBJECTS[report.kind].head), str(group.label)
        feet = footers(columns, report.asked.periods)
        found.append(Table(group.name, label, head, columns, lines, feet))
    return found


def _column(figure: Any, counts: Counts, link: Link) -> Column:
    """One visit may be of several units, and one stop of several topics."""
    return replace(figure_column(figure, counts, link), is_additive=False)


# --- The rows -------------------------------------------------------------------------


def _units(_asked: Asked, rows: ByUnit, pks: set[int]) -> list[Subject]:
    here = Unit.objects.filter(rows.at("place__"), pk__in=pks)
    units = here.select_related("place")
    return [
        Subject(it.pk, it.name, it.place.path)
        for it in units.order_by("place__code", "name", "pk")
    ]


def _actions(asked: Asked, _rows: ByAction, pks: set[int]) -> list[Subject]:
    actions = Action.objects.reportable_to(asked.reader).filter(pk__in=pks)
    return [
        Subject(
            it.pk,
            it.name,
            f"{it.organiser} · {date_format(it.first)} – {date_format(it.last)}",
            it.reference,
        )
        for it in actions.select_related("organiser").order_by("first", "name", "pk")
    ]


def _topics(_asked: Asked, rows: ByTopic, pks: set[int]) -> list[Subject]:
    topics = rows.topics().filter(pk__in=pks)
    topics = topics.select_related("leader", "unit")
    return [
        Subject(it.pk, it.topic, f"{it.leader.name} · {it.unit.name}", it.reference)
        for it in topics.order_by("unit__place__code", "unit__name", "topic", "pk")
    ]


SUBJECTS: dict[str, _Kind] = {
    ReportKind.UNITS: _Kind(_("Unit"), OF_UNITS, _units),
    ReportKind.ACTIONS: _Kind(_("Unified action"), OF_ACTIONS, _actions),
    ReportKind.TOPICS: _Kind(_("Study topic"), OF_TOPICS, _topics),
}
