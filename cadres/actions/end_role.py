from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.actions.grant_role import about_role
from cadres.actions.refusals import refuse
from cadres.models import Account, AccountEvent, Mandate, RoleGrant


@transaction.atomic
def end_role(
    grant: RoleGrant, *, by: Account, today: date, last: date | None = None
) -> None:
    """End a role after `last`; at once if there is none. What never held is deleted.

    Raises:
        ValidationError: code `self`, `over`; for `last`, code `past`.
    """
    grant = RoleGrant.objects.select_for_update(of=["self"]).get(pk=grant.pk)
    if grant.account_id == by.pk:
        refuse(None, _("Nobody changes their own roles."), code="self")
    about = about_role(grant)
    ended = end(grant, today, last)
    about["last"] = str(ended)
    grant.account.events.create(kind=AccountEvent.Kind.ROLE_ENDED, by=by, about=about)
    if ended < today:
        grant.account.sessions.all().delete()


def end(row: RoleGrant | Mandate, today: date, last: date | None) -> date:
    """End a dated row, which is locked; say which day is its last."""
    yesterday = today - timedelta(days=1)
    if row.last and row.last < today:
        refuse(None, _("It has ended already."), code="over")
    if last and last < today:
        refuse("last", _("This day is over."), code="past")
    last = last or yesterday
    if row.last and row.last < last:
        refuse("last", _("It ends before that day as it is."), code="later")
    if last < row.first:
        row.delete()
    else:
        row.last = last
        row.save(update_fields=["last"])
    return last
