"""Who changed a record, when, and what: for records without a history of their own."""

from django.db.models import Model, Q

from cadres.models import AuditEntry
from cadres.models.audit import AuditEntryQuerySet
from cadres.reports.audit_words import EntryInWords, in_words

SHOWN = 30  # the newest; the auditor reads all


CHANGES = Q(act__in=("entered", "changed", "removed"))


def history_of(record: Model) -> list[EntryInWords]:
    """Newest first; the caller has found the record among those that are visible."""
    entries = AuditEntry.objects.about((record._meta.label_lower, record.pk))
    return _told(entries.filter(CHANGES))


def history_of_all(model: type[Model]) -> list[EntryInWords]:
    """What people have done to a whole list, what they took out included."""
    entries = AuditEntry.objects.filter(object_type=model._meta.label_lower)
    return _told(entries.filter(CHANGES, account__isnull=False))


def _told(entries: AuditEntryQuerySet) -> list[EntryInWords]:
    return in_words(list(entries.select_related("account").newest_first()[:SHOWN]))
