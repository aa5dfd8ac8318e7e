"""The rows behind a figure: the same facts, folded into the same things, and listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model

from cadres.models import Account, District
from visits.models import (
    Finding,
    FindingUse,
    Investigation,
    LeaderHold,
    Letter,
    LetterClock,
    Matter,
    Problem,
    Question,
    Talk,
    Visit,
)
from visits.reports import facts
from visits.reports.asked import Asked, Rows
from visits.reports.counting import Key, Number, Total, dated_facts
from visits.reports.figures import Figure

PAGE = 50


@dataclass(frozen=True)
class FigureRow:
    """One thing that was counted.

    `what` is empty and `visits` lacks those visits that the reader may count but not
    open. `url` is the page of what no visit brought about.
    """

    day: date
    amount: Number
    places: list[str]
    what: str
    visits: list[Visit]
    cursor: str
    # The key of what was counted, where that is one record.
    entry: int | None = None
    url: str = ""


@dataclass(frozen=True)
class FigurePage:
    rows: list[FigureRow]
    next: str = ""


def rows_behind(
    asked: Asked,
    rows: Rows,
    figure: Figure,
    *,
    key: Key = Total,
    week: date | None = None,
    after: str = "",
    size: int = PAGE,
) -> FigurePage:
    """The things counted by `figure` in the row `key`, newest first, after a cursor.

    `week` (its Monday) narrows to what belongs to that week.
    """
    position = _position(figure, after)
    found = _things(asked, rows, figure, key, week, position, size + 1)
    page = found[:size]
    shown = _shown(page, figure, asked)
    return FigurePage(shown, shown[-1].cursor if len(found) > size else "")


@dataclass(frozen=True)
class _Thing:
    day: date
    amount: Number
    visits: list[int | None]
    places: list[int | None]
    ids: tuple[Any, ...]

    @property
    def cursor(self) -> str:
        return ".".join([f"{self.day:%Y%m%d}", *(str(i) for i in _numbers(self.ids))])


def _thing(line: Sequence[Any]) -> _Thing:
    day, amount, visits, places, *ids = line
    return _Thing(day, amount, visits, places, tuple(ids))


def _numbers(ids: Sequence[Any]) -> list[int]:
    return [i.toordinal() if isinstance(i, date) else i for i in ids]


def _position(figure: Figure, cursor: str) -> list[Any] | None:
    """What the cursor says; None if it says nothing that could be a position."""
    parts = cursor.split(".")
    if len(parts) != len(figure.source.identity) + 1:
        return None
    if not all(p.isascii() and p.isdecimal() and len(p) <= 18 for p in parts):
        return None
    try:
        day = date.fromisoformat(parts[0])
        ids: list[Any] = [int(part) for part in parts[1:]]
        if figure.source.identity == ("day",):
            ids = [date.fromordinal(ids[0])]
    except (ValueError, OverflowError):
        return None
    return [day, *ids]


def _things(
    asked: Asked,
    rows: Rows,
    figure: Figure,
    key: Key,
    week: date | None,
    position: list[Any] | None,
    limit: int,
) -> list[_Thing]:
    """All names in the statement come from the definitions, none from a request."""
    try:
        head, params = dated_facts(figure.source, asked, rows)
    except EmptyResultSet:
        return []
    conditions = ["period = 0"]
    if key is None:
        conditions.append("key IS NULL")
    elif key is not Total:
        conditions.append("key = %s")
        params.append(key)
    if week:
        conditions.append("week = %s")
        params.append(week)
    names = figure.source.identity
    things = ", ".join(names)
    ids = ", ".join(f"{name} AS id_{name}" for name in names)
    order = ["on_day", *(f"id_{name}" for name in names)]
    holds = [f"bool_or({figure.where})"] if figure.where else []
    having = f" HAVING {' AND '.join(holds)}" if holds else ""
    before = ""
    if position:
        before = f" WHERE ({', '.join(order)}) < ({', '.join(['%s'] * len(order))})"
        params += position
    amount = f"max({figure.amount})" if figure.amount else "1"
    descending = ", ".join(f"{name} DESC" for name in order)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{head}, things AS (SELECT min(day) AS on_day, {amount} AS amount,"  # noqa: S608
            " array_agg(DISTINCT of_visit) AS visits,"
            f" array_agg(DISTINCT at_place) AS places, {ids}"
            f" FROM dated WHERE {' AND '.join(conditions)} GROUP BY {things}{having})"
            f" SELECT * FROM things{before} ORDER BY {descending} LIMIT {limit:d}",
            params,
        )
        return [_thing(line) for line in cursor.fetchall()]


def _shown(page: list[_Thing], figure: Figure, asked: Asked) -> list[FigureRow]:
    visits = {
        visit.pk: visit
        for visit in Visit.objects.visible_to(asked.reader)
        .filter(pk__in={pk for thing in page for pk in thing.visits if pk})
        .prefetch_related("team__official")
    }
    paths = dict(
        District.objects.filter(
            pk__in={pk for thing in page for pk in thing.places if pk}
        ).values_list("pk", "path")
    )
    texts = _texts(page, figure, asked.reader)
    others = _others(page, figure, asked.reader)
    rows = []
    for thing in page:
        seen = [visits[pk] for pk in thing.visits if pk in visits]
        what, url = others.get(thing.ids[0], (_what(thing, seen, texts), ""))
        rows.append(
            FigureRow(
                day=thing.day,
                amount=thing.amount,
                places=[paths[pk] for pk in thing.places if pk in paths],
                what=what,
                visits=seen,
                cursor=thing.cursor,
                entry=thing.ids[0] if figure.source.name in TEXTS else None,
                url=url,
            )
        )
    return rows


def _others(
    page: list[_Thing], figure: Figure, reader: Account
) -> dict[int, tuple[str, str]]:
    """Words and page of what no visit brought about, as far as one may see it."""
    source = figure.source
    if source.is_of_visits:
        return {}
    pks = [thing.ids[0] for thing in page]
    if source in (facts.PROBLEM, facts.PASSED_UP):
        problems = Problem.objects.visible_to(reader).filter(pk__in=pks)
        return {it.pk: (it.text, it.get_absolute_url()) for it in problems}
    if source == facts.USE:
        near = Investigation.objects.near_to(reader).values("pk")
        uses = FindingUse.objects.filter(pk__in=pks, investigation__in=near)
        return {
            it.pk: (it.finding, it.investigation.get_absolute_url())
            for it in uses.select_related("investigation")
        }
    # Of a letter no word, only its number.
    if source in (facts.LETTER, facts.EXTENDED):
        letters = Letter.objects.filter(pk__in=pks)
        return _numbers_of({it.pk: (it, "") for it in letters}, reader)
    if source == facts.LIMIT:
        limits = LetterClock.objects.filter(pk__in=pks).select_related("letter")
        told = {it.pk: (it.letter, it.get_clock_display()) for it in limits}
        return _numbers_of(told, reader)
    letters = Letter.objects.visible_to(reader)
    holds = LeaderHold.objects.filter(pk__in=pks, letter__in=letters.values("pk"))
    return {
        it.pk: (it.letter.printed_reference, it.letter.get_absolute_url())
        for it in holds.select_related("letter")
    }


def _numbers_of(
    letters: Mapping[int, tuple[Letter, str]], reader: Account
) -> dict[int, tuple[str, str]]:
    """By key, the number of each letter and a word; one that moved on has no page."""
    pks = {letter.pk for letter, _word in letters.values()}
    readable = set(
        Letter.objects.visible_to(reader)
        .filter(pk__in=pks)
        .values_list("pk", flat=True)
    )
    return {
        pk: (
            " · ".join(filter(None, [letter.printed_reference, word])),
            letter.get_absolute_url() if letter.pk in readable else "",
        )
        for pk, (letter, word) in letters.items()
    }


TEXTS: dict[str, tuple[type[Model], str]] = {
    "talk": (Talk, "theme"),
    "topic": (Investigation, "topic"),
    "finding": (Finding, "investigation__topic"),
    "matter": (Matter, "subject"),
    "promise": (Matter, "subject"),
}


def _texts(
    page: list[_Thing], figure: Figure, reader: Account
) -> dict[int, str] | None:
    """The words of the entries by id; None where the visit's own purpose speaks."""
    if figure.source == facts.QUESTION:
        asked = Question.objects.visible_to(reader)
        return dict(
            asked.filter(pk__in=[thing.ids[0] for thing in page]).values_list(
                "pk", "text"
            )
        )
    if figure.source.name not in TEXTS:
        return None
    model, column = TEXTS[figure.source.name]
    entries = model._default_manager.filter(pk__in=[thing.ids[0] for thing in page])
    return dict(entries.values_list("pk", column))


def _what(thing: _Thing, seen: list[Visit], texts: dict[int, str] | None) -> str:
    if not seen:
        return ""
    if texts is not None:
        return texts.get(thing.ids[0], "")
    return seen[0].purpose if len(seen) == 1 else ""
