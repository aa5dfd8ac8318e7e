"""The archives have their copies, says the petition office: then masking may begin."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.refusals import refuse
from visits.models import ArchiveCopy, Letter
from visits.reports.letter_worklists import routed_by


@transaction.atomic
def acknowledge_archive(
    *, by: Account, copies: Collection[int], receipt: str, now: datetime
) -> int:
    """Write the archives' receipt on these copies; how many there were.

    Raises:
        Refusal: code `nothing` when none of them is verified, fresh and this person's.
    """
    letters = Letter.objects.visible_to(by).unsealed().filter(routed_by(by))
    rows = (
        ArchiveCopy.objects.fresh()
        .to_acknowledge()
        .filter(pk__in=copies, letter__in=letters.values("pk"))
    )
    pks = list(rows.values_list("pk", flat=True))
    if not pks:
        refuse(_("Tick the copies that the archives have received."), code="nothing")
    return ArchiveCopy.objects.filter(pk__in=pks).update(
        receipt=receipt.strip(), acknowledged_by=by, acknowledged_at=now
    )
