"""The list of what letters are about; a subject is never removed, only left out."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.rules.pinyin import initials_of, pinyin_of
from visits.models import ContentSubject


def add_subject(*, name: str) -> ContentSubject:
    """Add a subject, to be typed by its name, its pinyin or its initials.

    Raises:
        ValidationError: keyed by field; code `unique` when it is on the list.
    """
    name = name.strip()
    subject = ContentSubject(
        name=name, pinyin=pinyin_of(name)[:150], initials=initials_of(name)[:50]
    )
    subject.full_clean()
    subject.save()
    return subject


@transaction.atomic
def use_subject(subject: ContentSubject, *, is_used: bool) -> ContentSubject:
    """Offer it for new letters, or no longer; letters that have it keep it.

    Raises:
        ValidationError: code `last` when none would be left.
    """
    rows = ContentSubject.objects.select_for_update().order_by("pk")
    others = [it for it in rows if it.is_used and it.pk != subject.pk]
    if not is_used and not others:
        raise ValidationError(_("At least one subject is needed."), code="last")
    subject.is_used = is_used
    subject.save(update_fields=["is_used"])
    return subject
