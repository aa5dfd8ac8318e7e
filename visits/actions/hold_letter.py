"""Leader-held matters (领导包案, handbook 7.9)."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre
from visits.actions.refusals import refuse
from visits.models import LeaderHold, Letter
from visits.reports.letter_steps import actors
from visits.reports.named_parties import is_or_belongs_to_named
from visits.rules.letter_states import Actor


def _office(letter: Letter, by: Account) -> Letter:
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if Actor.OFFICE not in actors(letter, by):
        refuse(_("This step is not yours."), code="not_yours")
    return letter


def _locked(hold: LeaderHold) -> LeaderHold:
    """The letter's row first: the order of all who lock both."""
    Letter.objects.select_for_update(of=("self",)).get(pk=hold.letter_id)
    return LeaderHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)


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
        Refusal: code `not_yours`.
        ValidationError: the leader or their unit is named in the letter; the deadline
            lies behind; a leader holds it already.
    """
    letter = _office(letter, by)
    today = timezone.localdate(now)
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
    return hold


@transaction.atomic
def extend_hold(hold: LeaderHold, *, by: Account, due_on: date) -> LeaderHold:
    """A later deadline, approved by the office; the first one stays visible."""
    hold = _locked(hold)
    _office(hold.letter, by)
    if due_on <= hold.due_on:
        text = _("The new deadline must be later.")
        raise ValidationError({"due_on": ValidationError(text, code="not_later")})
    hold.due_on, hold.extended_by = due_on, by
    hold.save(update_fields=["due_on", "extended_by"])
    return hold


@transaction.atomic
def note_progress(hold: LeaderHold, *, by: Account, progress: str) -> LeaderHold:
    hold = _locked(hold)
    seen = Letter.objects.visible_to(by).filter(pk=hold.letter_id)
    if hold.leader_id not in by.acts_for_ids() or not seen.exists():
        _office(hold.letter, by)
    hold.progress = progress
    hold.full_clean()
    hold.save(update_fields=["progress"])
    return hold


@transaction.atomic
def end_hold(hold: LeaderHold, *, by: Account, result: str, on: date) -> LeaderHold:
    """Say what came of the matter: solved, explained, or relief given."""
    hold = _locked(hold)
    _office(hold.letter, by)
    if hold.ended_on:
        refuse(_("This is ended already."), code="decided")
    hold.result, hold.ended_on = result, on
    hold.full_clean()
    hold.save(update_fields=["result", "ended_on"])
    return hold
