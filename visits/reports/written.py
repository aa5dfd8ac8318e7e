"""The facts that reports count, written as SQL once for a process.

Django takes longer to write the facts of a dozen sources than PostgreSQL to count them.
They are the same for everyone but for slots: the days, the place or the officials, and
what the reader may know of. Those are filled in each time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import BigIntegerField, DateField, DateTimeField, Q, QuerySet
from django.utils import timezone

from cadres.models import Account, District
from cadres.models.condition import among
from cadres.models.district import the_country
from cadres.models.statement import Slot, Statement, each
from visits.models import Investigation, Letter, Visit
from visits.models.letter import letters_left_by, letters_naming
from visits.reports.asked import Asked, AtPlace, ByAction, ByChild, ByOfficial, ByUnit
from visits.reports.facts import PLACE, Source
from visits.reports.seen import own_hidden
from visits.rules.periods import Period, PeriodKind

# Those whose facts are the same for all places of a level.
ALIKE = (ByChild, ByUnit, ByAction)


def facts_of(source: Source, asked: Asked, rows: Any) -> tuple[str, list[Any]]:
    """SELECT the facts of `source`; the parameters.

    Raises:
        EmptyResultSet: there can be none.
    """
    if source is PLACE or not _is_known(rows):
        sql, params = source.facts(asked, rows).query.sql_with_params()
        return sql, list(params)
    level = rows.place.level if isinstance(rows, AtPlace) else None
    is_of_action = asked.action is not None
    kind: Any = type(rows)
    statement = _written(source, is_of_action, len(asked.periods), kind, level)
    if statement is None:
        raise EmptyResultSet
    values = {
        name: VALUES[name](asked, rows) for name in statement.names & VALUES.keys()
    }
    for at, it in enumerate(asked.periods):
        values |= {f"first_{at}": it.first, f"last_{at}": it.last}
    return statement.filled(values)


def _is_known(rows: Any) -> bool:
    if type(rows) is ByOfficial:
        return True
    return type(rows) in ALIKE and (rows.place.is_country or not rows.place.is_together)


VALUES: dict[str, Callable[[Asked, Any], Any]] = {
    "today": lambda asked, _rows: asked.today,
    "now": lambda _asked, _rows: timezone.now(),
    "action": lambda asked, _rows: asked.action and asked.action.pk,
    "own_hidden": lambda asked, _rows: own_hidden(asked.reader),
    "topics": lambda asked, _rows: asked.known_topics,
    "named": lambda asked, _rows: letters_naming(asked.reader),
    "left": lambda asked, _rows: letters_left_by(asked.reader),
    "place": lambda _asked, rows: rows.place.pk,
    "passed": lambda _asked, rows: each(rows.passed),
    "officials": lambda _asked, rows: each(rows.officials),
}


@cache
def _written(
    source: Source, is_of_action: bool, spans: int, kind: Any, level: int | None
) -> Statement | None:
    asked = anyone_asks(spans, is_of_action=is_of_action)
    try:
        return Statement.of(source.facts(asked, _rows(kind, level)))
    except EmptyResultSet:
        return None


def _key(name: str) -> Any:
    return Slot(name, BigIntegerField())


def _day(name: str) -> Any:
    return Slot(name, DateField())


def anyone_asks(spans: int = 0, *, is_of_action: bool = False) -> "AnyoneAsks":
    action: Any = _key("action") if is_of_action else None
    some = Period(PeriodKind.YEAR, 2000)
    return AnyoneAsks(Account(), _day("today"), some, action, spans=spans)


class Span(NamedTuple):
    """A period of which nobody knows yet when it is."""

    first: Any
    last: Any


@dataclass(frozen=True)
class AnyoneAsks(Asked):
    """Whoever it is asks of so many periods, or of an action."""

    spans: int = 0

    @property
    def periods(self) -> list[Any]:
        return [
            Span(_day(f"first_{at}"), _day(f"last_{at}")) for at in range(self.spans)
        ]

    def counted(self) -> QuerySet[Visit]:
        """Those revealed by now, and what is hidden and the reader's own."""
        revealed = Q(hidden_until__lte=Slot("now", DateTimeField()))
        known = (
            Q(hidden_until__isnull=True) | revealed | among("pk", _key("own_hidden"))
        )
        return Visit.objects.filter(known)

    def hidden(self) -> QuerySet[Visit]:
        """The others."""
        ahead = Visit.objects.filter(hidden_until__gt=Slot("now", DateTimeField()))
        return ahead.exclude(among("pk", _key("own_hidden")))

    def topics(self) -> QuerySet[Investigation]:
        return Investigation.objects.filter(pk__in=_key("topics"))

    def letters(self) -> QuerySet[Letter]:
        unsealed = Letter.objects.unsealed()
        return unsealed.exclude(pk__in=_key("named")).exclude(pk__in=_key("left"))


@dataclass(frozen=True)
class OfAnyChild(ByChild):
    @property
    def passed(self) -> Any:
        return _key("passed")


def _rows(kind: Any, level: int | None) -> Any:
    if level is None:
        return kind(_key("officials"))
    return any_child(level) if kind is ByChild else kind(_any_place(level))


def any_child(level: int) -> ByChild:
    """The places right below any place of that level."""
    return OfAnyChild(_any_place(level))


def _any_place(level: int) -> District:
    return District(pk=_key("place"), level=level) if level else the_country()
