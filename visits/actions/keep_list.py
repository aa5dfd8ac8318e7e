"""A filter is kept under a name, shared with the office, and dropped again."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Unit
from visits.models import OwnList
from visits.rules.list_pages import filter_of

MOST = 30  # lists of one person for one page


@transaction.atomic
def keep_list(
    *,
    by: Account,
    now: datetime,
    page: str,
    name: str,
    asked: Mapping[str, str],
    is_shared: bool = False,
) -> OwnList:
    """Keep the filter; the same name again is the same list with another filter.

    Raises:
        ValidationError: keyed by field; code `no_filter`, `too_many`, `no_unit`.
    """
    # The second of two clicks waits here until the first has been written.
    Account.objects.select_for_update(no_key=True).get(pk=by.pk)
    query = filter_of(page, asked)
    if not query:
        text = _("Narrow the list first; then there is something to keep.")
        raise ValidationError(text, code="no_filter")
    own = OwnList.objects.filter(owner=by, page=page)
    row = own.filter(name=name.strip()).first()
    if row is None and own.count() >= MOST:
        raise ValidationError(
            _("You have %(most)s lists here. Remove one first."),
            code="too_many",
            params={"most": MOST},
        )
    row = row or OwnList(owner=by, page=page, name=name.strip())
    row.query, row.saved_at = query, now
    row.unit = _office_of(by) if is_shared else None
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def share_list(row: OwnList, *, by: Account, is_shared: bool) -> None:
    """Show it to the colleagues of the own office, or to them no more.

    Raises:
        ValidationError: code `no_unit`.
    """
    row.unit = _office_of(by) if is_shared else None
    row.save(update_fields=["unit"])


def drop_list(row: OwnList) -> None:
    """Gone for everyone; a second click finds nothing to do."""
    OwnList.objects.filter(pk=row.pk).delete()


def _office_of(by: Account) -> Unit:
    if by.unit is None:
        text = _("Your account belongs to no office to share with.")
        raise ValidationError(text, code="no_unit")
    return by.unit
