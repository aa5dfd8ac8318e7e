"""What a report is asked: with whose eyes, for which period, and row by row of what."""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, Protocol

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    Expression,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone

from cadres.models import Account, District
from cadres.models.condition import Condition, among, keys_of
from cadres.rules.levels import ANCESTORS, Level
from visits.models import (
    Action,
    FindingUse,
    Investigation,
    LeaderHold,
    Letter,
    Matter,
    Problem,
    Stop,
    Visit,
)
from visits.reports.seen import is_counted
from visits.rules.periods import Period
from visits.rules.report_kinds import Boundaries

NOW, BEFORE, YEAR_BEFORE = 0, 1, 2


@dataclass(frozen=True)
class Asked:
    """A reader asks about a period, or about one unified action.

    Only what happened counts (logged or confirmed), and only what the reader may
    know of: an unannounced visit that is still hidden is in nobody else's figures.
    """

    reader: Account
    today: date
    period: Period
    action: Action | None = None
    unvisited_months: int = 6
    # Where records count that lie below a place: see `todays_places`.
    boundaries: Boundaries = Boundaries.THEN

    @property
    def periods(self) -> list[Period]:
        """The period, the one before, and that of the year before; none for an action.

        Their places in this list are NOW, BEFORE and YEAR_BEFORE.
        """
        if self.action:
            return []
        wanted = (self.period, self.period.previous, self.period.year_before)
        return [period for period in wanted if period]

    def within(self, first: str, last: str = "") -> Q:
        """What lies in one of the periods; with `last`, what reaches into one."""
        found = Q()
        for period in self.periods:
            found |= Q(
                **{f"{first}__lte": period.last, f"{last or first}__gte": period.first}
            )
        return found

    @property
    def as_of(self) -> date:
        """The day for "last visited": today, or the end of a past period."""
        return self.today if self.action else min(self.today, self.period.last)

    @property
    def until(self) -> datetime:
        """The last moment of that day."""
        return timezone.make_aware(datetime.combine(self.as_of, time.max))

    def counted(self) -> QuerySet[Visit]:
        """Those that the reader may know of; see `written.AnyoneAsks`."""
        return Visit.objects.filter(is_counted(self.reader))

    def held(self) -> QuerySet[Visit]:
        return self.counted().held()  # type: ignore[attr-defined, no-any-return]

    def begun(self) -> QuerySet[Visit]:
        """Visits that began in one of the periods: each belongs to one."""
        return Visit.objects.filter(self._begun)

    @cached_property
    def _begun(self) -> Condition:
        of_action = Q(action=self.action)
        return Condition(
            self.held().filter(of_action if self.action else self.within("starts_on"))
        )

    def promises(self) -> QuerySet[Matter]:
        """What was decided or raised in one of the periods, mistakes aside.

        Those of a visit count as the visit does; those of a letter, unless it is
        sealed.
        """
        held = Stop.objects.filter(pk=OuterRef("stop"), visit__in=self.held())
        rows = Matter.objects.promised().filter(Q(stop__isnull=True) | Exists(held))
        rows = rows.exclude(letter__is_sealed=True)
        if self.action:
            return rows.filter(stop__visit__action=self.action)
        return rows.filter(self.within("raised_on"))

    def problems(self) -> QuerySet[Problem]:
        """Of investigations that may be counted, mistakes aside."""
        return Problem.objects.standing().filter(
            investigation__in=self.topics().values("pk")
        )

    def uses(self) -> QuerySet[FindingUse]:
        return FindingUse.objects.filter(investigation__in=self.topics().values("pk"))

    def topics(self) -> QuerySet[Investigation]:
        return Investigation.objects.filter(pk__in=self.known_topics)

    @cached_property
    def known_topics(self) -> RawSQL:
        """Keys of the topics that may be counted."""
        return keys_of(Investigation.objects.countable_by(self.reader))

    def letters(self) -> QuerySet[Letter]:
        """Those that may be counted: a sealed one, or one with a tie, is not there."""
        return Letter.objects.filter(self._is_open_letter)

    def holds(self) -> QuerySet[LeaderHold]:
        """Letters that leaders held."""
        return LeaderHold.objects.filter(letter__in=self.letters().values("pk"))

    @cached_property
    def _is_open_letter(self) -> Condition:
        return Condition(Letter.objects.unsealed().without_conflict(self.reader))

    def touching(self) -> QuerySet[Visit]:
        """Visits with some day in one of the periods, to count their days."""
        if self.action:
            return self.held().filter(action=self.action)
        return self.held().filter(self.within("starts_on", "ends_on"))


@dataclass(frozen=True)
class Paths:
    """By which columns a thing that is no stop finds its row; None: it is in none.

    `place` begins those of its place and the places above.
    """

    official: str | None
    unit: str | None
    place: str | None
    action: str | None = None
    topic: str | None = None


OF_MATTER = Paths("decided_by", "decided_by__unit", "", action="stop__visit__action")
OF_STUDY = Paths(
    "investigation__leader",
    "investigation__unit",
    "investigation__unit__place__",
    topic="investigation",
)
# Letters are the petition office's to count: what a leader holds is in their row alone,
# and all others are where they are about.
OF_HOLD = Paths("leader", None, None)
OF_LETTER = Paths(None, None, "")


class Rows(Protocol):
    """What the rows of a report are: its stops, each with the `key` of its row.

    `who` is the official whose days are counted. `others` are things that no stop
    brought about, found by their own columns; `of_finding` says which findings of a
    stop are meant; `points` are those of its stops that stand for a place-visit, each
    with its `target`.
    """

    def stops(self, visits: QuerySet[Visit]) -> QuerySet[Any, Any]: ...

    def of_finding(self) -> Q: ...

    def points(self, stops: QuerySet[Any, Any]) -> QuerySet[Any, Any]: ...

    def target(self, column: str) -> Expression | F: ...

    def others(
        self, things: QuerySet[Any, Any], paths: Paths
    ) -> QuerySet[Any, Any]: ...


def nothing(things: QuerySet[Any, Any]) -> Any:
    """For rows of which these things have none."""
    return things.none().annotate(key=Value(None, output_field=BigIntegerField()))


class OfStops:
    """Of a stop, all findings; and the place it counted for on its day."""

    def of_finding(self) -> Q:
        return Q()

    def points(self, stops: QuerySet[Any, Any]) -> Any:
        """Stops that name the place they count for themselves.

        Each visit has one for every place it counts for, so each pair of visit and
        place falls into exactly one row, down to the counties.
        """
        names_it = (
            Q(county=F("point"))
            | Q(county__isnull=True, prefecture=F("point"))
            | Q(county__isnull=True, prefecture__isnull=True, province=F("point"))
        )
        return stops.filter(names_it).annotate(target=F("point_id"))

    def target(self, column: str) -> Expression | F:
        """The place above a stop, of the level of that column."""
        return F(f"{column}_id")


@dataclass(frozen=True)
class AtPlace(OfStops):
    place: District

    def at(self, prefix: str) -> Q:
        """What is here; `prefix` leads to a place, or to the columns of those above."""
        found = Q()
        if self.place.is_country:
            return found
        for part in self.place.parts:
            found |= Q(**{f"{prefix}{part.subtree_column}": part.pk})
        return found


@dataclass(frozen=True)
class ByOfficial(OfStops):
    officials: tuple[int, ...]

    def stops(self, visits: QuerySet[Visit]) -> QuerySet[Any, Any]:
        """A joint visit stands once for each of its officials."""
        return Stop.objects.filter(
            visit__in=visits, visit__team__official__in=self.officials
        ).annotate(key=F("visit__team__official_id"), who=F("visit__team__official_id"))

    def others(self, things: QuerySet[Any, Any], paths: Paths) -> Any:
        """These are one person's each: a promise, of the one who decided."""
        if paths.official is None:
            return nothing(things)
        mine: Q = Q(**{f"{paths.official}__in": self.officials})
        return things.filter(mine).annotate(key=F(f"{paths.official}_id"))


@dataclass(frozen=True)
class ByUnit(AtPlace):
    """The units at `place` or below, wherever they went."""

    def stops(self, visits: QuerySet[Visit]) -> QuerySet[Any, Any]:
        """By the unit that each official of the team belonged to then."""
        return Stop.objects.filter(
            self.at("visit__team__unit__place__"), visit__in=visits
        ).annotate(key=F("visit__team__unit_id"), who=F("visit__team__official_id"))

    def others(self, things: QuerySet[Any, Any], paths: Paths) -> Any:
        if paths.unit is None:
            return nothing(things)
        rows = things.filter(self.at(f"{paths.unit}__place__"))
        return rows.annotate(key=F(f"{paths.unit}_id"))


@dataclass(frozen=True)
class ByAction(AtPlace):
    """Unified actions, as far as they came to `place`."""

    def stops(self, visits: QuerySet[Visit]) -> QuerySet[Any, Any]:
        return Stop.objects.filter(
            self.at(""), visit__in=visits, visit__action__isnull=False
        ).annotate(key=F("visit__action_id"), who=F("visit__action_id"))

    def others(self, things: QuerySet[Any, Any], paths: Paths) -> Any:
        if paths.action is None or paths.place is None:
            return nothing(things)
        of_action: Q = Q(**{f"{paths.action}__isnull": False})
        rows = things.filter(self.at(paths.place), of_action)
        return rows.annotate(key=F(f"{paths.action}_id"))


@dataclass(frozen=True)
class ByTopic(AtPlace):
    """Study topics of units at `place` or below, as far as the reader is near."""

    reader: Account

    def topics(self) -> QuerySet[Investigation]:
        near = Investigation.objects.near_to(self.reader)
        return near.filter(self.at("unit__place__"))

    def stops(self, visits: QuerySet[Visit]) -> QuerySet[Any, Any]:
        """Those that added a finding."""
        topic = "findings__investigation"
        return Stop.objects.filter(
            among(topic, keys_of(self.topics())), visit__in=visits
        ).annotate(key=F(f"{topic}_id"), who=F(f"{topic}_id"))

    def of_finding(self) -> Q:
        return Q(findings__investigation=F("key"))

    def others(self, things: QuerySet[Any, Any], paths: Paths) -> Any:
        if paths.topic is None:
            return nothing(things)
        rows = things.filter(**{f"{paths.topic}__in": self.topics().values("pk")})
        return rows.annotate(key=F(f"{paths.topic}_id"))


@dataclass(frozen=True)
class ByChild(AtPlace):
    """The places right below `place`, as they were on the visit's date; of several
    together, these.

    `skipped` are the dummy rows of the code lists right below it, through which one
    looks (handbook 2.3, trap 4). What names no place below has the key None.
    """

    skipped: tuple[int, ...] = ()

    @classmethod
    def of(cls, place: District) -> "ByChild":
        dummies = District.objects.filter(parent=place, is_virtual=True)
        return cls(place, tuple(dummies.values_list("pk", flat=True)))

    @property
    def is_above_county(self) -> bool:
        """Whether its rows are county-level places or larger (a city without counties
        is a county-level place itself: trap 5)."""
        if self.place.is_together:
            return all(it.level <= Level.COUNTY for it in self.place.several)
        return self.place.level < Level.COUNTY and not self.place.is_countyless_city

    @property
    def is_of_several(self) -> bool:
        """Whether its rows are places that have no other place in common."""
        return self.place.is_together and not self.place.is_country

    @property
    def passed(self) -> tuple[int, ...]:
        """Where a row below is looked for further down."""
        return (self.place.pk, *self.skipped)

    def key(self, prefix: str = "") -> Expression:
        if self.is_of_several:
            cases = [
                When(**{f"{prefix}{it.subtree_column}": it.pk}, then=Value(it.pk))
                for it in self.place.several
            ]
            return Case(*cases, output_field=BigIntegerField())
        columns: list[Expression] = [
            Case(
                When(**{f"{prefix}{column}__in": self.passed}, then=None),
                default=F(f"{prefix}{column}_id"),
                output_field=BigIntegerField(),
            )
            for column in ANCESTORS[self.place.level :]
        ]
        nowhere = Value(None, output_field=BigIntegerField())
        return Coalesce(*columns, nowhere) if columns else nowhere

    def stops(self, visits: QuerySet[Visit]) -> QuerySet[Any, Any]:
        return Stop.objects.filter(self.at(""), visit__in=visits).annotate(
            key=self.key(), who=self.key()
        )

    def others(self, things: QuerySet[Any, Any], paths: Paths) -> Any:
        if paths.place is None:
            return nothing(things)
        return things.filter(self.at(paths.place)).annotate(key=self.key(paths.place))

    def townships(self, *, on: date) -> QuerySet[District]:
        """Those that exist on that day."""
        return (
            District.objects.real()
            .valid(on=on)
            .filter(self.at(""), level=Level.TOWNSHIP)
            .annotate(key=self.key())
        )

    def children(self, first: date, last: date) -> QuerySet[District]:
        """The places right below, as far as they existed in the period, by code."""
        parents = (self.place.pk, *self.skipped)
        below = Q(parent__in=parents)
        if self.place.is_country:
            below = Q(level=Level.PROVINCE)
        elif self.is_of_several:
            below = Q(pk__in=[it.pk for it in self.place.several])
        return (
            District.objects.real()
            .filter(below, valid_from__lte=last)
            .exclude(valid_to__lt=first)
            .order_by("code", "pk")
        )
