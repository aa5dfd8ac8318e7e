"""Findings are put to use (成果转化): where, when, and with what effect."""

import uuid
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.move_investigation import happened, locked
from visits.models import FindingUse, Investigation
from visits.rules.investigation_states import StudyStep
from visits.rules.study_records import earlier


def plan_use(
    investigation: Investigation,
    *,
    by: Account,
    now: datetime,
    client_key: uuid.UUID,
    finding: str,
    where: str,
    used_on: date | None = None,
    effect: str = "",
) -> FindingUse:
    """Write down where a finding is to be put to use, or was; also after the end.

    Sent twice with one `client_key`, it is one.

    Raises:
        ValidationError: keyed by field.
    """
    known = FindingUse.objects.filter(recorded_by=by, client_key=client_key)
    try:
        with transaction.atomic():
            held = locked(investigation, also_ended=True)
            if found := known.first():
                return found
            _check(held, used_on, now)
            row = FindingUse(
                investigation=held,
                recorded_by=by,
                client_key=client_key,
                finding=finding.strip(),
                where=where.strip(),
                used_on=used_on,
                effect=effect.strip(),
            )
            row.full_clean()
            row.save()
            step = StudyStep.RECORD_USE if used_on else StudyStep.PLAN_USE
            happened(held, step, by=by, now=now, record=_words(row))
            return row
    except IntegrityError:
        # The same form, sent twice at once: the first one to arrive has won.
        if found := known.first():
            return found
        raise


@transaction.atomic
def record_use(
    use: FindingUse, *, by: Account, now: datetime, used_on: date, effect: str
) -> FindingUse:
    """A finding was put to use; what stood there before stays in the history.

    Raises:
        ValidationError: keyed by field.
    """
    held = locked(use.investigation, also_ended=True)
    row = FindingUse.objects.select_for_update().get(pk=use.pk)
    _check(held, used_on, now)
    before = _words(row)
    row.used_on, row.effect = used_on, effect.strip()
    row.full_clean()
    row.save()
    more = earlier(before, _words(row))
    happened(held, StudyStep.RECORD_USE, by=by, now=now, record=_words(row), more=more)
    return row


def _check(held: Investigation, used_on: date | None, now: datetime) -> None:
    if used_on is None:
        return
    if used_on > timezone.localdate(now):
        text = _("This day lies ahead.")
        raise ValidationError({"used_on": ValidationError(text, code="future")})
    if used_on < held.opened_on:
        text = _("The investigation was opened only later.")
        raise ValidationError({"used_on": ValidationError(text, code="too_early")})


def _words(row: FindingUse) -> dict[str, Any]:
    names = ("finding", "where", "used_on", "effect")
    return {name: getattr(row, name) for name in names}
