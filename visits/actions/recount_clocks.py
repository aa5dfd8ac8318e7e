"""Counting clocks of open letters anew, after a rule or the calendar has changed."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cadres.actions.write_audit import write_audit
from cadres.models import AuditEntry
from visits.actions.count_clocks import count_clocks
from visits.actions.write_notices import write_notices
from visits.models import ClockRule, Letter, Notice
from visits.reports.clock_moves import ClockMove, batches, moves_of
from visits.reports.clocks_now import Calendars
from visits.reports.letter_duty import duties, running_clocks


def recount_clocks(*, now: datetime, letters: QuerySet[Letter] | None = None) -> int:
    """Bring the open ones of these letters up to the present rules and calendar.

    In batches of a transaction each: nobody waits long for a letter, and a run that
    was cut off is simply repeated. Closed letters stay as they are. Whoever acts on a
    clock is told when its day has moved to an earlier one. Returns how many changed.
    """
    letters = (Letter.objects.all() if letters is None else letters).open()  # type: ignore[attr-defined]
    rules, calendars = ClockRule.objects.as_terms(), Calendars()
    changed = 0
    for keys in batches(letters):
        with transaction.atomic():
            changed += _recount(keys, rules, calendars, now)
    return changed


def _recount(
    keys: list[int], rules: list[ClockRule], calendars: Calendars, now: datetime
) -> int:
    locked = list(
        Letter.objects.open()
        .filter(pk__in=keys)
        .select_for_update(of=("self",))
        .select_related("place", "office")
        .order_by("pk")
    )
    earlier: list[ClockMove] = []
    changed = 0
    for letter, moves, differs in moves_of(locked, rules, calendars):
        if not differs:
            continue
        count_clocks(letter, calendar=calendars.of(letter.place), rules=rules)
        earlier += [move for move in moves if move.after < move.before]
        changed += 1
    if earlier:
        _tell(earlier, now)
    if changed:
        write_audit(AuditEntry.Kind.COMMAND, "recount_clocks", letters=changed)
    return changed


def _tell(moves: list[ClockMove], now: datetime) -> None:
    wanted = {(it.letter, it.clock, it.started_on): it for it in moves}
    clocks = [
        it
        for it in running_clocks(
            by=max(move.after for move in moves),
            letters={move.letter for move in moves},
        )
        if (it.letter, it.clock, it.started_on) in wanted
    ]
    write_notices(
        [
            Notice(
                account_id=duty.account,
                kind=Notice.Kind.MOVED_EARLIER,
                key=f"moved:{duty.clock.letter}:{duty.clock.clock}:{duty.clock.safe_on}",
                letter_id=duty.clock.letter,
                at=now,
            )
            for duty in duties(clocks, on=timezone.localdate(now))
            if duty.is_own
        ]
    )
