"""All that one page of the calendar shows, in a fixed number of queries."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from cadres.models import Account, Cadre, District, Setting, Unit
from cadres.reports.keyset import Page, page_of
from visits.reports.calendar_days import calendar_days
from visits.reports.crowded_places import crowded_places
from visits.reports.needs import area_of, needs
from visits.reports.planner import (
    Cell,
    Going,
    absences_of,
    entries_of,
    for_rows,
    goings,
    is_cut,
    officials_in_view,
    rows_of,
)
from visits.reports.workload import workload
from visits.rules.calendar_spans import Month, Span, Week, quarter_of

PER_PAGE = 20
MOST_UNITS = 200


@dataclass(frozen=True)
class Subject:
    """Whose calendar it is: of an official, of a place, or else of an office.

    An office is one `unit`, `everyone` in reach, or the reader's own.
    """

    official: Cadre | None = None
    place: District | None = None
    unit: Unit | None = None
    everyone: bool = False


def calendar_page(
    reader: Account,
    subject: Subject,
    span: Week | Month,
    *,
    now: datetime,
    after: int | None = None,
    before: int | None = None,
) -> dict[str, Any]:
    """`after` and `before` are officials next to whom a page of the office lies."""
    today = timezone.localtime(now).date()
    weeks = span.weeks if isinstance(span, Month) else [span.days]
    shown = Span(weeks[0][0], weeks[-1][-1])
    days = calendar_days(shown.days, today=today)
    settings = Setting.objects.as_dict()
    page = _officials(reader, subject, shown, today, after, before)
    pks = None if page is None else [official.pk for official in page.rows]
    going = goings(reader, shown, now=now, officials=pks, place=subject.place)
    away = absences_of(reader, pks, shown) if pks else []
    open_days = Span(
        today - timedelta(days=settings["plan.past_days"]),
        today + timedelta(days=settings["plan.ahead_days"]),
    )
    may_plan = reader.has_perm("visits.plan_visit")
    entries = entries_of(shown.days, going)
    cells = {
        day: Cell(
            days[day],
            entries[day],
            [it for it in away if it.first <= day <= it.last],
            may_add=may_plan and subject.official is None and day in open_days,
        )
        for day in shown.days
    }
    context: dict[str, Any] = {
        "subject": subject,
        "is_cut": is_cut(going),
        "days": [days[day] for day in span.days],
        "crowded": crowded_places(
            reader,
            [it.stop for it in going if _touches(it, span)],
            now=now,
            settings=settings,
        ),
        "needs": _needs(reader, subject, now),
        "officials": page,
    }
    # The month of an office has a cell a day, and no row for each official.
    if page is not None and (subject.official or not isinstance(span, Month)):
        loads = workload(reader, pks or [], [span, quarter_of(span.first)])
        every_day = [days[day] for day in shown.days]
        rows = rows_of(page.rows, every_day, entries, away, open_days=open_days)
        context["rows"] = [(row, loads[row.official.pk]) for row in rows]
        if subject.official is not None:
            cells |= {cell.day.date: cell for cell in rows[0].cells}
    return context | {
        "cells": [cells[day] for day in span.days],
        "weeks": [(Week.of(week[0]), [cells[day] for day in week]) for week in weeks],
    }


def units_in_reach(reader: Account) -> Collection[tuple[int, str]]:
    """Key and name of offices whose calendar the reader may choose, highest first."""
    officials = Cadre.objects.visible_to(reader).filter(unit=OuterRef("pk"))
    units = Unit.objects.filter(Exists(officials)).order_by("level", "name", "pk")
    return units.values_list("pk", "name")[:MOST_UNITS]


def _officials(
    reader: Account,
    subject: Subject,
    shown: Span,
    today: date,
    after: int | None,
    before: int | None,
) -> Page[Cadre] | None:
    if subject.place is not None:
        return None
    if subject.official is not None:
        one = Cadre.objects.filter(pk=subject.official.pk)
        return Page(list(for_rows(one, reader, on=today)), None, None)
    unit = subject.unit.pk if subject.unit else None
    rows = officials_in_view(
        reader, unit=unit, everyone=subject.everyone, on=shown.first
    )
    return page_of(
        rows,
        "rank",
        "pk",
        size=PER_PAGE,
        after=rows.filter(pk=after).first() if after else None,
        before=rows.filter(pk=before).first() if before else None,
    )


def _touches(going: Going, span: Span) -> bool:
    return going.first <= span.last and going.last >= span.first


def _needs(reader: Account, subject: Subject, now: datetime) -> dict[str, Any] | None:
    area = subject.place or area_of(reader)
    return {"area": area, "places": needs(reader, area, now=now)} if area else None
