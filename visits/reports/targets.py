"""How one official stands to their targets: what is next, and what is left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Value

from cadres.models import Account, Cadre
from visits.models import Absence, Target
from visits.reports.asked import Asked, ByOfficial
from visits.reports.counting import Number, count
from visits.reports.figures import FIGURES
from visits.rules.periods import Period, PeriodKind, period_of
from visits.rules.targets import Span, days_here, goal_of, next_due


@dataclass(frozen=True)
class TargetLine:
    """`goal` is the part of the minimum that is due after absences and arrival."""

    target: Target
    period: Period
    goal: int
    done: Number
    next_due: date | None

    @property
    def left(self) -> Number:
        return max(self.goal - self.done, 0)

    @property
    def is_prorated(self) -> bool:
        return self.goal != self.target.minimum


def may_see_targets(user: Account, official: Cadre) -> bool:
    """The official, who acts for them, and the head of their own unit; nobody else.

    Whoever sets targets sees what they have set, never how anyone stands to it.
    """
    if official.pk in user.acts_for_ids():
        return True
    return official.unit_id in user.unit_ids("visits.see_targets")


def target_lines(official: Cadre, reader: Account, *, on: date) -> list[TargetLine]:
    """One line a target that holds today; `official` comes with its unit and place.

    Counted with the reader's eyes, as in reports. One query when there is no target.
    """
    targets = _most_special(
        Target.objects.for_official(official).valid(on=on).select_related("place")
    )
    if not targets:
        return []
    periods = {it.period: period_of(PeriodKind(it.period), on) for it in targets}
    rows = ByOfficial((official.pk,))
    done = {}
    for kind, period in periods.items():
        wanted = {it.indicator for it in targets if it.period == kind}
        figures = [FIGURES[name] for name in sorted(wanted)]
        counts = count(Asked(reader, on, period), rows, figures)
        for figure in figures:
            done[kind, figure.name] = counts.of(figure, official.pk)
    arrived_on, away = _presence(official, periods.values())
    in_office = Span(arrived_on, official.left_on)
    return [
        _line(it, periods[it.period], done[it.period, it.indicator], in_office, away)
        for it in targets
    ]


def _line(
    target: Target, period: Period, done: Number, in_office: Span, away: list[Span]
) -> TargetLine:
    span = Span(period.first, period.last)
    days = days_here(span, holds=target.holds, in_office=in_office, away=away)
    whole = (period.last - period.first).days + 1
    goal = goal_of(target.minimum, here=len(days), whole=whole)
    due = next_due(days, goal=goal, done=float(done))
    return TargetLine(target, period, goal, done, due)


def _most_special(targets: Iterable[Target]) -> list[Target]:
    """For each thing and period one: the official's own before that of a rank, that of
    the nearer area before the wider one, the later before the earlier."""

    def nearness(target: Target) -> tuple[bool, int, date, int]:
        level = target.place.level if target.place else 0
        return bool(target.official_id), level, target.valid_from, target.pk

    found: dict[tuple[str, str], Target] = {}
    for target in sorted(targets, key=nearness):
        found[target.indicator, target.period] = target
    return sorted(found.values(), key=lambda it: (it.indicator, it.period))


def _presence(
    official: Cadre, periods: Iterable[Period]
) -> tuple[date | None, list[Span]]:
    """When they first held a post in their present unit, if that is on record; and when
    they were away since. One query."""
    spans = list(periods)
    posts = official.posts.filter(unit=official.unit_id).order_by("first")
    absences = Absence.objects.filter(
        cadre=official,
        first__lte=max(it.last for it in spans),
        last__gte=min(it.first for it in spans),
    )
    post = posts.annotate(away=Value(False)).values_list("away", "first", "last")[:1]
    away = absences.annotate(away=Value(True)).values_list("away", "first", "last")
    rows = list(post.union(away, all=True))
    arrived = next((first for is_away, first, _last in rows if not is_away), None)
    return arrived, [Span(first, last) for is_away, first, last in rows if is_away]
