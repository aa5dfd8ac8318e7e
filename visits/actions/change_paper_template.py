"""The office's own papers in place of ours."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Unit
from visits.models import DocumentTemplate
from visits.rules.paper_template import template_faults
from visits.rules.papers import PAPERS


@transaction.atomic
def set_paper_template(
    *, by: Account, unit: Unit, kind: str, data: bytes, now: datetime
) -> DocumentTemplate:
    """Use `data` for this kind of paper of the unit, in place of what it had.

    Raises:
        ValidationError: code `template`, one message a fault, each with its place.
    """
    if faults := template_faults(data, PAPERS[kind].fields):
        raise ValidationError(
            [ValidationError(str(fault), code="template") for fault in faults[:10]]
        )
    row, _made = DocumentTemplate.objects.update_or_create(
        kind=kind, unit=unit, defaults={"file": data, "added_by": by, "added_at": now}
    )
    return row


@transaction.atomic
def drop_paper_template(*, unit: Unit, kind: str) -> None:
    """Back to ours.

    Raises:
        ValidationError: code `ours`, when the unit has none of its own.
    """
    gone, _kinds = DocumentTemplate.objects.filter(kind=kind, unit=unit).delete()
    if not gone:
        raise ValidationError(_("The paper is ours already."), code="ours")
