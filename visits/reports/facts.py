"""What the figures are counted from: one source for each unit of count.

A source yields facts: one line per thing and stop, with the `key` of the report's row,
the `day` (or `half`, a half-day) by which it belongs to a period, its visit and place,
the columns that make two lines the same thing (`identity`), and what figures ask of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, TruncDate

from visits.models import (
    ESCORTS,
    MatterEvent,
    MatterState,
    ProblemEvent,
    VisitOfficial,
)
from visits.reports.asked import (
    OF_HOLD,
    OF_LETTER,
    OF_MATTER,
    OF_STUDY,
    Asked,
    ByChild,
    Rows,
)
from visits.reports.last_visits import is_unvisited, unvisited_since
from visits.reports.todays_places import ByChildToday
from visits.rules.activities import Activity
from visits.rules.letter_states import Clock, Step
from visits.rules.matter_states import (
    AT_UNIT,
    AWAITING,
    OPEN,
    WITH_WORD,
    MatterStep,
    UnitWord,
)
from visits.rules.problem_states import ProblemStep
from visits.rules.question_states import OPEN as OPEN_QUESTIONS
from visits.rules.question_states import QuestionState
from visits.rules.visit_states import VisitState

Facts = Callable[[Asked, Any], "QuerySet[Any, Any]"]


@dataclass(frozen=True, eq=False)  # each is itself alone, and quickly found
class Source:
    name: str
    identity: tuple[str, ...]
    facts: Facts
    by_half: bool = False
    is_dated: bool = True
    # Whether a visit brought it about; if not, no unified action has any.
    is_of_visits: bool = True
    # Whether each thing is one line in all rows together, so that lines can be counted.
    is_one_line: bool = False


def _is(condition: Q) -> Any:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _lines(stops: QuerySet[Any, Any], **columns: Any) -> QuerySet[Any, Any]:
    return stops.values(
        "key",
        of_visit=F("visit_id"),
        at_place=F("place_id"),
        day=F("visit__starts_on"),
        **columns,
    )


def _visits(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    planned = sum((F(f"visit__{name}") for name in ESCORTS), Value(0))
    team = VisitOfficial.objects.filter(visit=OuterRef("visit_id")).order_by()
    team_size = Subquery(team.values("visit").annotate(n=Count("pk")).values("n"))
    came_along = Coalesce("visit__actual_escorts", planned, output_field=IntegerField())
    # A kind of work belongs to the visit's part at this row's place.
    kinds = {
        f"with_{kind}": _is(Q(activities__contains=[kind])) for kind in Activity.values
    }
    return _lines(
        rows.stops(asked.begun()),
        unconfirmed=_is(Q(visit__state=VisitState.LOGGED)),
        contact=_is(Q(visit__is_contact_point=True)),
        escorts=came_along,
        people=Coalesce(team_size, 0) + came_along + F("visit__press"),
        materials=Func(
            "visit__materials", function="cardinality", output_field=IntegerField()
        ),
        **kinds,
    )


def _official_visits(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    return _lines(rows.stops(asked.begun()), official=F("visit__team__official_id"))


def _place_visits(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    return _lines(rows.points(rows.stops(asked.begun())), target=F("target"))


def _half_days(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    half = Func("half_days", function="unnest", output_field=IntegerField())
    return rows.stops(asked.touching()).values(
        "key",
        of_visit=F("visit_id"),
        at_place=F("place_id"),
        half=half,
        who=F("who"),
        studied=_is(Q(activities__contains=[Activity.STUDY])),
        halves=Value(Decimal("0.5"), output_field=DecimalField()),
    )


def _counties(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    return _places_above(asked, rows, "county")


def _townships(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    return _places_above(asked, rows, "township")


def _places_above(asked: Asked, rows: Rows, column: str) -> QuerySet[Any, Any]:
    stops = rows.stops(asked.begun()).annotate(target=rows.target(column))
    return _lines(stops.filter(target__isnull=False), target=F("target"))


def _talks(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    stops = rows.stops(asked.begun()).filter(talks__isnull=False)
    return _lines(stops, entry=F("talks__pk"), audience=F("talks__audience"))


def _questions(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    """As with matters: what comes of a sealed letter does not exist for others."""
    question = "talks__questions"
    known = [state for state in QuestionState if state != QuestionState.WITHDRAWN]
    stands = Q(**{f"{question}__state__in": known})
    stands &= Q(**{f"{question}__letter__isnull": True}) | Q(
        **{f"{question}__letter__is_sealed": False}
    )

    def is_in(*states: str) -> Any:
        return _is(Q(**{f"{question}__state__in": states}))

    return _lines(
        rows.stops(asked.begun()).filter(stands),
        entry=F(f"{question}__pk"),
        answered=is_in(QuestionState.ANSWERED),
        still_open=is_in(*OPEN_QUESTIONS),
        turned=is_in(QuestionState.LETTER, QuestionState.MATTER),
    )


def _topics(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    stops = rows.stops(asked.begun())
    stops = stops.filter(rows.of_finding(), findings__isnull=False)
    topic = "findings__investigation"
    return _lines(
        stops, entry=F(f"{topic}_id"), led=_is(Q(**{f"{topic}__leader_id": F("who")}))
    )


def _findings(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    stops = rows.stops(asked.begun())
    stops = stops.filter(rows.of_finding(), findings__isnull=False)
    return _lines(stops, entry=F("findings__pk"))


def _receptions(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    return _lines(
        rows.stops(asked.begun()).filter(receptions__isnull=False),
        entry=F("receptions__pk"),
        groups=F("receptions__groups"),
        people=F("receptions__person_visits"),
        requests=F("receptions__matters"),
    )


def _matters(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    """Matters decided at a stop; what was settled at once never had a deadline.

    Done is what the unit said to be done, not in part and not that it cannot be; in
    time, if it said so, the last time, by the deadline as it then was.
    """
    decided = Q(matters__isnull=False) & ~Q(
        matters__state__in=[MatterState.RAISED, MatterState.WITHDRAWN]
    )
    # As with promises: what comes of a sealed letter does not exist for anyone else.
    decided &= Q(matters__letter__isnull=True) | Q(matters__letter__is_sealed=False)
    late = Q(matters__state__in=AT_UNIT, matters__due_on__lt=asked.today)
    said = MatterEvent.objects.filter(
        matter=OuterRef("matters__pk"), step=MatterStep.SAY_DONE
    )
    done = Q(
        matters__state__in=[MatterState.SAID_DONE, *WITH_WORD],
        matters__due_on__isnull=False,
        matters__unit_word=UnitWord.DONE,
    )
    stops = rows.stops(asked.begun()).filter(decided)
    return _lines(
        stops.annotate(done_on=Subquery(said.order_by("-pk").values("on")[:1])),
        entry=F("matters__pk"),
        settled=_is(Q(matters__due_on__isnull=True)),
        assigned=_is(Q(matters__due_on__isnull=False)),
        at_unit=_is(Q(matters__state__in=AT_UNIT)),
        overdue=_is(late),
        done_in_time=_is(done & Q(done_on__lte=F("matters__due_on"))),
        done_late=_is(done & Q(done_on__gt=F("matters__due_on"))),
        was_reopened=_is(Q(matters__reopened__gt=0)),
    )


def _promises(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    """Each promise stands in exactly one of five: they add up to all of them."""
    is_open, broken = Q(state__in=OPEN), Q(state__in=OPEN, reopened__gt=0)
    late = Q(state__in=AT_UNIT, reopened=0, due_on__lt=asked.today)
    in_time = (
        is_open
        & Q(reopened=0)
        & (~Q(state__in=AT_UNIT) | Q(due_on__isnull=True) | Q(due_on__gte=asked.today))
    )
    return rows.others(asked.promises(), OF_MATTER).values(
        "key",
        of_visit=F("stop__visit_id"),
        at_place=F("place_id"),
        day=F("raised_on"),
        entry=F("pk"),
        kept=_is(Q(state__in=WITH_WORD)),
        said=_is(Q(state__in=AWAITING)),
        in_time=_is(in_time),
        late=_is(late),
        broken=_is(broken),
        was_reopened=_is(Q(reopened__gt=0)),
    )


def _others(
    asked: Asked,
    rows: QuerySet[Any, Any],
    day: str,
    place: str | None,
    *,
    entry: str = "pk",
    where: Q | None = None,
    **columns: Any,
) -> QuerySet[Any, Any]:
    """Lines of things that no visit brought about, each on a day of its own."""
    if asked.action:
        return rows.none().values("key")
    return rows.filter(asked.within(day), where or Q()).values(
        "key",
        of_visit=Value(None, output_field=IntegerField()),
        at_place=F(place) if place else Value(None, output_field=IntegerField()),
        day=F(day),
        entry=F(entry),
        **columns,
    )


def _problems(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    entered = ProblemEvent.objects.filter(
        problem=OuterRef("pk"), step=ProblemStep.RECORD
    ).order_by("pk")
    found = asked.problems().annotate(
        found_on=Subquery(entered.values(day=TruncDate("at"))[:1])
    )
    things = rows.others(found, OF_STUDY)
    return _others(asked, things, "found_on", "investigation__unit__place_id")


def _passed_up(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    return _others(
        asked,
        rows.others(asked.problems(), OF_STUDY),
        "passed_on",
        "investigation__unit__place_id",
        answered=_is(Q(answered_on__isnull=False)),
    )


def _uses(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    """What is yet to be put to use has no date, or one that lies ahead."""
    uses = rows.others(asked.uses().filter(used_on__lte=asked.today), OF_STUDY)
    return _others(asked, uses, "used_on", "investigation__unit__place_id")


def _holds(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    holds = rows.others(asked.holds(), OF_HOLD)
    return _others(asked, holds, "started_on", None)


def _ended_holds(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    holds = rows.others(asked.holds(), OF_HOLD)
    return _others(asked, holds, "ended_on", None)


def _letters(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    letters = rows.others(asked.letters(), OF_LETTER)
    return _others(asked, letters, "received_on", "place_id")


def _extended(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    letters = rows.others(asked.letters(), OF_LETTER)
    where = Q(events__step=Step.EXTEND)
    return _others(asked, letters, "events__on", "place_id", where=where)


# What an organ has to do by law with a letter, and the clocks that run meanwhile.
LIMITS = {
    "route": (Clock.ROUTE,),
    "notice": (Clock.NOTICE, Clock.NOTICE_FORWARDED),
    "handle": (Clock.HANDLE, Clock.EXTENSION),
}


def _limits(asked: Asked, rows: Rows) -> QuerySet[Any, Any]:
    """Limits of the law by the day on which they end, once they are met or past.

    Each is kept, late or overdue: these add up to all of them.
    """
    done, past = (
        Q(clocks__stopped_on__isnull=False),
        Q(clocks__legal_on__lt=asked.today),
    )
    kept = Q(clocks__stopped_on__lte=F("clocks__legal_on"))
    columns: dict[str, Any] = {}
    for name, clocks in LIMITS.items():
        of_this = Q(clocks__clock__in=clocks)
        columns |= {name: _is(of_this), f"{name}_kept": _is(of_this & kept)}
    known = [clock for clocks in LIMITS.values() for clock in clocks]
    return _others(
        asked,
        rows.others(asked.letters(), OF_LETTER),
        "clocks__legal_on",
        "place_id",
        entry="clocks__pk",
        where=Q(done | past, clocks__clock__in=known),
        late=_is(Q(clocks__stopped_on__gt=F("clocks__legal_on"))),
        overdue=_is(~done),
        **columns,
    )


def _places(asked: Asked, rows: ByChild) -> Any:
    townships: Any = rows.townships(on=asked.as_of)
    if isinstance(rows, ByChildToday):
        since = unvisited_since(asked)
        unvisited = ~Q(pk__in=rows.visited_townships(asked, since))
    else:
        unvisited = Q(is_unvisited(asked))
    return townships.values(
        "key",
        target=F("pk"),
        at_place=F("pk"),
        of_visit=Value(None, output_field=IntegerField()),
        day=Value(asked.as_of),
        unvisited=_is(unvisited),
    )


VISIT = Source("visit", ("of_visit",), _visits)
OFFICIAL_VISIT = Source("official_visit", ("of_visit", "official"), _official_visits)
PLACE_VISIT = Source("place_visit", ("of_visit", "target"), _place_visits)
HALF_DAY = Source("half_day", ("who", "half"), _half_days, by_half=True)
DATE = Source("date", ("day",), _half_days, by_half=True)
COUNTY = Source("county", ("target",), _counties)
TOWNSHIP = Source("township", ("target",), _townships)
TALK = Source("talk", ("entry",), _talks)
QUESTION = Source("question", ("entry",), _questions)
TOPIC = Source("topic", ("entry",), _topics)
FINDING = Source("finding", ("entry",), _findings)
RECEPTION = Source("reception", ("entry",), _receptions)
MATTER = Source("matter", ("entry",), _matters)
PROMISE = Source("promise", ("entry",), _promises, is_one_line=True)
PROBLEM = Source("problem", ("entry",), _problems, is_of_visits=False, is_one_line=True)
PASSED_UP = Source(
    "passed_up", ("entry",), _passed_up, is_of_visits=False, is_one_line=True
)
USE = Source("use", ("entry",), _uses, is_of_visits=False, is_one_line=True)
HOLD = Source("hold", ("entry",), _holds, is_of_visits=False, is_one_line=True)
ENDED_HOLD = Source(
    "ended_hold", ("entry",), _ended_holds, is_of_visits=False, is_one_line=True
)
LETTER = Source("letter", ("entry",), _letters, is_of_visits=False, is_one_line=True)
EXTENDED = Source("extended", ("entry",), _extended, is_of_visits=False)
LIMIT = Source("limit", ("entry",), _limits, is_of_visits=False, is_one_line=True)
PLACE = Source("place", ("target",), _places, is_dated=False, is_one_line=True)
