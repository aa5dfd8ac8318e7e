from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.actions.refusals import refuse
from cadres.models import Account, AccountEvent, Cadre, Mandate
from cadres.rules.roles import Role


@transaction.atomic
def give_mandate(
    *,
    by: Account,
    today: date,
    account: Account,
    cadre: Cadre,
    first: date,
    last: date | None = None,
) -> Mandate:
    """Let an account act for an official for a time; both days belong to it.

    Raises:
        ValidationError: by argument; code `self` if one gives it to oneself.
    """
    account = Account.objects.select_for_update(of=["self"]).get(pk=account.pk)
    if account == by:
        refuse("account", _("Nobody gives a mandate to themselves."), code="self")
    if not account.is_active:
        refuse("account", _("This account is closed."), code="closed")
    if account.cadre_id == cadre.pk:
        text = _("The official acts for themselves without a mandate.")
        refuse("cadre", text, code="own")
    if first < today:
        refuse("first", _("A mandate cannot begin in the past."), code="past")
    if account.mandates.filter(cadre=cadre).overlapping(first, last).exists():
        text = _("The account acts for this official in that time already.")
        refuse("first", text, code="already")
    roles = account.grants.overlapping(first, last)
    if roles.filter(role=Role.SECURITY_ADMIN).exists():
        text = _("A security administrator acts for nobody.")
        refuse("account", text, code="security_admin")
    mandate = Mandate(account=account, cadre=cadre, first=first, last=last)
    mandate.full_clean()
    mandate.save()
    account.events.create(
        kind=AccountEvent.Kind.MANDATE_GIVEN, by=by, about=about_mandate(mandate)
    )
    return mandate


def about_mandate(mandate: Mandate) -> dict[str, str]:
    return {
        "whom": mandate.cadre.name,
        "first": str(mandate.first),
        "last": str(mandate.last or ""),
    }
