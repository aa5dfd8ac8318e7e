"""Leader-held matters (领导包案, handbook 7.9)."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre
from visits.actions.notify import holders_of, tell_of_hold
from visits.actions.refusals import refuse
from visits.models import LeaderHold, Letter
from visits.reports.letter_steps import actors
from visits.reports.named_parties import is_or_belongs_to_named
from visits.rules.letter_states import Actor, Step


def _office(letter: Letter, by: Account) -> Letter:
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if Actor.OFFICE not in actors(letter, by):
        refuse(_("This step is not yours."), code="not_yours")
    return letter


def _still_open(letter: Letter) -> None:
    if not letter.is_open:
        refuse(_("This letter is closed."), code="closed")


def _standing(hold: LeaderHold) -> LeaderHold:
    """The hold, locked, if neither it nor its letter is over.

    The letter's row is locked first: the order of all who lock both.
    """
    Letter.objects.select_for_update(of=("self",)).get(pk=hold.letter_id)
    rows = LeaderHold.objects.select_for_update(of=("self",)).select_related("letter")
    hold = rows.get(pk=hold.pk)
    if hold.ended_on:
        refuse(_("This is ended already."), code="decided")
    return hold


@transaction.atomic
def hold_letter(
    letter: Letter,
    *,
    by: Account,
    leader: Cadre,
    plan: str,
    due_on: date,
    now: datetime,
) -> LeaderHold:
    """Give a matter into a leader's hands, with a plan and a deadline.

    Raises:
        Refusal: code `not_yours`, `closed`.
        ValidationError: the leader or their unit is named in the letter, or they have
            stepped back from it; the deadline lies behind; a leader holds it already.
    """
    letter = _office(letter, by)
    _still_open(letter)
    today = timezone.localdate(now)
    people = holders_of(leader)
    if letter.recusals.in_force().filter(account__in=people).exists():
        text = _("This leader, or who acts for them, has stepped back from it.")
        raise ValidationError({"leader": ValidationError(text, code="recused")})
    if letter.named.in_force().filter(official=leader).exists() or (
        is_or_belongs_to_named(letter, leader.unit)
    ):
        text = _("This leader is named in the letter, or their unit is.")
        raise ValidationError({"leader": ValidationError(text, code="named")})
    if due_on <= today:
        text = _("This day must lie ahead.")
        raise ValidationError({"due_on": ValidationError(text, code="not_ahead")})
    hold = LeaderHold(
        letter=letter,
        leader=leader,
        started_on=today,
        plan=plan,
        due_on=due_on,
        first_due_on=due_on,
        named_by=by,
    )
    hold.full_clean()
    hold.save()
    tell_of_hold(hold)
    return hold


@transaction.atomic
def extend_hold(hold: LeaderHold, *, by: Account, due_on: date) -> LeaderHold:
    """A later deadline, approved by the office; the first one stays visible."""
    hold = _standing(hold)
    _still_open(_office(hold.letter, by))
    if due_on <= hold.due_on:
        text = _("The new deadline must be later.")
        raise ValidationError({"due_on": ValidationError(text, code="not_later")})
    hold.due_on, hold.extended_by = due_on, by
    hold.save(update_fields=["due_on", "extended_by"])
    return hold


@transaction.atomic
def note_progress(hold: LeaderHold, *, by: Account, progress: str) -> LeaderHold:
    hold = _standing(hold)
    _still_open(hold.letter)
    seen = Letter.objects.visible_to(by).filter(pk=hold.letter_id)
    if hold.leader_id not in by.acts_for_ids() or not seen.exists():
        _office(hold.letter, by)
    hold.progress = progress
    hold.full_clean()
    hold.save(update_fields=["progress"])
    return hold


@transaction.atomic
def end_hold(
    hold: LeaderHold, *, by: Account, result: str, closing: str, on: date
) -> LeaderHold:
    """Say what came of the matter, and put the closing paper on record.

    A matter that the petitioner withdrew is never counted as solved (handbook 12.4).
    """
    hold = _standing(hold)
    _office(hold.letter, by)
    withdrawn = hold.letter.events.filter(step=Step.WITHDRAW)
    if result == LeaderHold.Result.SOLVED and withdrawn.exists():
        text = _("The petitioner withdrew it: that is not a solution.")
        raise ValidationError({"result": ValidationError(text, code="withdrawn")})
    if not closing.strip():
        text = _("This must be recorded.")
        raise ValidationError({"closing": ValidationError(text, code="required")})
    hold.result, hold.closing, hold.ended_on = result, closing.strip(), on
    hold.full_clean()
    hold.save(update_fields=["result", "closing", "ended_on"])
    return hold
