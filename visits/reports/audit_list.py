"""The audit log as its reader may see it: what staff did, no content of it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from cadres.models import Account, AuditEntry, Cadre, Unit
from visits.models import (
    Export,
    Investigation,
    Letter,
    Matter,
    NamedParty,
    Problem,
    Question,
    ReceptionSession,
    Visit,
)

LETTER = "visits.letter"
WITH_REFERENCE = (
    Export,
    Investigation,
    Matter,
    Problem,
    Question,
    ReceptionSession,
    Visit,
)
# Without a period, an address is looked for so far back: it has no index.
LOOKED_BACK = timedelta(days=92)


def entries_for(user: Account) -> QuerySet[AuditEntry]:
    """An auditor with a tie to whom a letter names learns nothing of that letter."""
    tied = NamedParty.objects.tied_to(user)
    keys = tied.values_list(Cast("letter_id", TextField()), flat=True)
    return AuditEntry.objects.visible_to(user).exclude(
        object_type=LETTER, object_key__in=keys
    )


def listed(user: Account, typed: Mapping[str, Any]) -> QuerySet[AuditEntry]:
    """What a filter asks for; `typed` is cleaned, and each part may be missing.

    That the log was read is shown to who asks for the audit itself.
    """
    rows = entries_for(user)
    first = typed.get("first")
    if typed.get("address") and not first:
        first = timezone.localdate() - LOOKED_BACK
    if first:
        rows = rows.filter(at__gte=_midnight(first))
    if last := typed.get("last"):
        rows = rows.filter(at__lt=_midnight(last) + timedelta(days=1))
    if who := typed.get("who"):
        rows = rows.filter(account__in=Account.objects.matching(who))
    if kind := typed.get("kind"):
        rows = rows.filter(kind=kind)
    else:  # or each look at the log would push away what it is for
        rows = rows.exclude(kind=AuditEntry.Kind.AUDIT, act="read")
    if what := typed.get("what"):
        rows = rows.filter(_about(what))
    if result := typed.get("result"):
        rows = rows.filter(succeeded=result == "done")
    if address := typed.get("address"):
        rows = rows.filter(address=address)
    return rows.select_related("account", "acting_for")


def without_sealed(entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    """What may leave the product: nothing about a letter under seal."""
    sealed = Letter.objects.filter(is_sealed=True)
    keys = sealed.values_list(Cast("pk", TextField()), flat=True)
    return entries.exclude(object_type=LETTER, object_key__in=keys)


def _about(what: str) -> Q:
    """Records of that reference, or officials, units and accounts of that name."""
    reference = what.replace("-", "").strip().upper()
    found = Q(pk__in=[])
    for model in WITH_REFERENCE:
        found |= _of(model, model._default_manager.filter(reference=reference))
    letters = Letter.objects.filter(reference=reference, is_sealed=False)
    found |= _of(Letter, letters)
    found |= _of(Cadre, Cadre.objects.filter(name=what.strip()))
    found |= _of(Unit, Unit.objects.filter(name=what.strip()))
    return found | _of(Account, Account.objects.filter(username__iexact=what.strip()))


def _of(model: Any, rows: QuerySet[Any]) -> Q:
    keys = [str(pk) for pk in rows.order_by().values_list("pk", flat=True)[:100]]
    if not keys:
        return Q(pk__in=[])
    return Q(object_type=model._meta.label_lower, object_key__in=keys)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
