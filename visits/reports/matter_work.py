"""What on-the-spot matters ask of someone now, for the page of today."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.models import Matter
from visits.reports.matter_steps import at_work, drawn_for, to_look_back
from visits.reports.seen import is_seen_matter
from visits.reports.task import SHOWN, SOON, Task
from visits.rules.matter_states import AT_UNIT, MatterState, MatterStep

AT_WORK = [MatterState.ASSIGNED, MatterState.IN_PROGRESS]
MOST = 100  # look-backs that are counted


def matter_work(user: Account, today: date) -> Sequence[Task]:
    """Those that wait for a step of this person, and promises that are due soon."""
    if not user.has_perm("visits.view_matter"):
        return []
    soon = today + timedelta(days=SOON)
    # The first report comes long before the deadline.
    report = Q(reported_on__isnull=True, report_due_on__lte=today + timedelta(days=2))
    pressing = (
        Q(due_on__isnull=True) | Q(due_on__lte=soon) | ~Q(state__in=AT_WORK) | report
    )
    mine = Q(decided_by__in=user.acts_for_ids(), state__in=AT_UNIT, due_on__lte=soon)
    drawn, old = drawn_for(user), to_look_back(user)
    seen = Matter.objects.filter(is_seen_matter(user))
    rows = seen.filter(
        (at_work(user) & (pressing | Q(asked_due_on__isnull=False))) | mine
    ).exclude(state=MatterState.STRUCK_OFF)
    first = rows.order_by(F("due_on").asc(nulls_last=True), "pk")[:SHOWN]
    found = [_of_matter(it, user, today) for it in first]
    if user.has_perm("visits.hear_matter"):
        found += [_of_call(it, today) for it in seen.filter(drawn)[:SHOWN]]
        due = seen.filter(old & ~drawn, look_back_on__isnull=False)
        days = due.order_by("look_back_on").values_list("look_back_on", flat=True)
        found += _of_look_backs([it for it in days[:MOST] if it], today)
    return found


def _of_matter(matter: Matter, user: Account, today: date) -> Task:
    day = matter.due_on or matter.raised_on
    unit = f" · {matter.lead_unit}" if matter.lead_unit else ""
    what, action = _asked_of(matter, user)
    return Task(
        "matter" if matter.due_on and matter.is_at_unit else "received",
        what,
        action,
        matter.get_absolute_url(),
        None,
        f"{matter.subject}{unit}",
        day,
        (day - today).days,
    )


def _asked_of(matter: Matter, user: Account) -> tuple[str | Promise, str | Promise]:
    """Why it stands in the list, and the one step that is expected now."""
    state = matter.get_state_display()
    decides = matter.decided_by_id in user.acts_for_ids()
    if decides and matter.asked_due_on:
        return _("A later date is asked for"), _("Decide on the date")
    if matter.state == MatterState.CONFIRMED:
        return state, MatterStep.STRIKE_OFF.label
    if decides and (matter.state == MatterState.RAISED or not matter.lead_unit):
        return state, _("Decide what is done")
    if matter.unit_id in user.unit_ids("visits.handle_matter"):
        if matter.reported_on is None and matter.report_due_on:
            return _("First report"), MatterStep.PROGRESS.label
        return state, _("Report on it")
    return state, _("Open the matter")


def _of_call(matter: Matter, today: date) -> Task:
    """Drawn for a call-back: by chance, among those without a hand in it."""
    day = matter.struck_off_on or matter.raised_on
    return Task(
        "drawn",
        _("Drawn for your call-back"),
        MatterStep.LOOK_BACK.label,
        matter.get_absolute_url(),
        None,
        matter.subject,
        day,
        (day - today).days,
    )


def _of_look_backs(days: list[date], today: date) -> list[Task]:
    """One line for all of them; the list has them one by one."""
    if not days:
        return []
    number = f"{MOST - 1}+" if len(days) == MOST else f"{len(days)}"
    return [
        Task(
            "matter",
            _("Struck-off matters"),
            _("Open the list"),
            f"{reverse('visits:matter_list')}?work=mine&state=struck_off",
            None,
            _("Matters to look back on: %(n)s") % {"n": number},
            days[0],
            (days[0] - today).days,
        )
    ]
