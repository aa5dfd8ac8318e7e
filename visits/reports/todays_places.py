"""The rows of a report of a place by today's borders (handbook 2.3, trap 9).

Those are places, or units, unified actions and study topics at a place.

A record counts where its place belongs today: what the row of the place says, and for
the few places that are no more, what became of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    Expression,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from cadres.models import District
from cadres.models.condition import among, keys_of
from cadres.reports.todays_borders import Borders, borders_on
from cadres.rules.levels import ANCESTORS, Level
from cadres.rules.todays_place import Chain
from visits.models import Stop, Visit
from visits.reports.asked import (
    Asked,
    AtPlace,
    ByAction,
    ByChild,
    ByTopic,
    ByUnit,
    Paths,
    nothing,
)
from visits.rules.report_kinds import Boundaries

OF_RECORD = "place__"  # from a record to the row of its place


def rows_below(asked: Asked, place: District) -> ByChild:
    if asked.boundaries == Boundaries.NOW and not place.is_together:
        return ByChildToday.on(asked.today, place)
    return ByChild.of(place)


@dataclass(frozen=True, kw_only=True)
class Today(AtPlace):
    """What all of them share: where `place` is today, and the places above a record.

    `is_far`: records of a row may be of any place, not of `place` alone.
    """

    borders: Borders
    is_far = False

    def at(self, prefix: str) -> Q:
        return among((prefix or OF_RECORD).removesuffix("__"), keys_of(self.here()))

    def target(self, column: str) -> Expression | F:
        at = ANCESTORS.index(column)
        return self._told(
            lambda chain: chain[at], F(f"{OF_RECORD}{column}_id"), OF_RECORD
        )

    def here(self) -> QuerySet[District]:
        """The rows of all places that belong to `place` today."""
        at = self.place.level - 1
        gone, come = [], []
        for pk, then, now in self._moves():
            was_here, is_here = then[at] == self.place.pk, now[at] == self.place.pk
            if was_here and not is_here:
                gone.append(pk)
            if is_here and not was_here:
                come.append(pk)
        stands = Q(**{self.place.subtree_column: self.place.pk}) & ~Q(pk__in=gone)
        return District.objects.filter(stands | Q(pk__in=come) if come else stands)

    def _moves(self) -> list[tuple[int, Chain, Chain]]:
        """The places that have changed: key, chain of their row, chain of today."""
        chains = self.borders.today.chains
        return [(pk, then, chains[pk]) for pk, then in self.borders.stored.items()]

    def _told(
        self,
        read: Callable[[Chain], int | None],
        by_row: Expression | F,
        prefix: str,
    ) -> Expression:
        """What `read` says of the chain of today; `by_row` says it of the row's chain.

        Those for which the two differ are few: the others need no look-up.
        """
        at = self.place.level - 1
        found: dict[int | None, list[int]] = {}
        for pk, then, now in self._moves():
            is_asked = self.is_far or now[at] == self.place.pk
            if is_asked and read(then) != read(now):
                found.setdefault(read(now), []).append(pk)
        places = f"{prefix or 'pk__'}in"
        cases = [When(**{places: pks}, then=Value(key)) for key, pks in found.items()]
        return Case(*cases, default=by_row, output_field=BigIntegerField())

    def points(self, stops: QuerySet[Any, Any]) -> Any:
        """As `visits.rules.counting.points`, of the places of today.

        A place that was divided among counties counts for itself.
        """
        county, prefecture = self._county(), self.target("prefecture")
        found = stops.annotate(of_county=county, of_prefecture=prefecture)
        named = Stop.objects.filter(visit=OuterRef("visit_id"), place__in=self.here())
        named = named.annotate(of_county=county, of_prefecture=prefecture)
        named = named.filter(of_county__isnull=False)
        beside = named.filter(of_prefecture=OuterRef("of_prefecture"))
        return found.filter(
            Q(of_county__isnull=False)
            | Q(of_prefecture__isnull=False) & ~Exists(beside)
            | Q(of_prefecture__isnull=True) & ~Exists(named)
        ).annotate(
            target=Coalesce("of_county", "of_prefecture", Value(self.place.province_id))
        )

    def _county(self) -> Expression:
        """The county-level place; below it, a place that was divided among several."""
        down = ANCESTORS[Level.COUNTY - 1 :]
        by_row = Coalesce(*(F(f"{OF_RECORD}{column}_id") for column in down))
        return self._told(
            lambda chain: next(filter(None, chain[Level.COUNTY - 1 :]), None),
            by_row,
            OF_RECORD,
        )


@dataclass(frozen=True, kw_only=True)
class ByUnitToday(Today, ByUnit):
    """The units whose place is at `place` or below today."""

    is_far = True


@dataclass(frozen=True, kw_only=True)
class ByActionToday(Today, ByAction):
    """Unified actions, as far as they came to what is `place` today."""


@dataclass(frozen=True, kw_only=True)
class ByTopicToday(Today, ByTopic):
    """The study topics of these units."""

    is_far = True


@dataclass(frozen=True, kw_only=True)
class ByChildToday(Today, ByChild):
    """The places that are right below `place` on the day `today`.

    `skipped` are, besides, the places that have become `place`. A place that was
    divided among several is a row of its own, below what the parts have in common.
    """

    today: date

    @classmethod
    def on(cls, today: date, place: District) -> "ByChildToday":
        borders = borders_on(today)
        skipped = (*ByChild.of(place).skipped, *borders.became(place.pk))
        return cls(place=place, skipped=skipped, today=today, borders=borders)

    @property
    def divided(self) -> frozenset[int]:
        return self.borders.today.divided

    def key(self, prefix: str = OF_RECORD) -> Expression:
        return self._told(self._key_of, super().key(prefix), prefix)

    def _key_of(self, chain: Chain) -> int | None:
        passed = (self.place.pk, *self.skipped)
        below = chain[self.place.level :]
        return next((pk for pk in below if pk and pk not in passed), None)

    def stops(self, visits: QuerySet[Visit]) -> QuerySet[Any, Any]:
        return Stop.objects.filter(self.at(""), visit__in=visits).annotate(
            key=self.key(), who=self.key()
        )

    def others(self, things: QuerySet[Any, Any], paths: Paths) -> Any:
        if paths.place is None:
            return nothing(things)
        prefix = paths.place or OF_RECORD
        return things.filter(self.at(prefix)).annotate(key=self.key(prefix))

    def townships(self, *, on: date) -> QuerySet[District]:
        """Those that exist today, whatever day is asked for."""
        found = District.objects.real().valid(on=self.today)
        found = found.filter(level=Level.TOWNSHIP, pk__in=self.here())
        return found.annotate(key=self.key(""))

    def children(self, first: date, last: date) -> QuerySet[District]:
        """The places right below today, whatever period is asked for, by code."""
        return super().children(self.today, self.today)

    def last_visits(
        self, asked: Asked, *, township: bool = False
    ) -> dict[int, datetime]:
        """When anyone was last in each row, or in each township: in one statement."""
        by = self.target("township") if township else F("key")
        stops = self.stops(asked.held()).filter(starts_at__lte=asked.until)
        found = stops.annotate(at=by).filter(at__isnull=False).order_by().values("at")
        return dict(found.annotate(last=Max("starts_at")).values_list("at", "last"))

    def visited_townships(self, asked: Asked, since: datetime) -> Any:
        """Where anyone was since then, by keys."""
        stops = self.stops(asked.held()).filter(
            starts_at__gte=since, starts_at__lte=asked.until
        )
        found = stops.annotate(at=self.target("township"))
        return found.filter(at__isnull=False).values("at")
