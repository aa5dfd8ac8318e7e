from datetime import date

from django.db import transaction

from cadres.actions.end_role import end
from cadres.actions.give_mandate import about_mandate
from cadres.models import Account, AccountEvent, Mandate


@transaction.atomic
def end_mandate(
    mandate: Mandate, *, by: Account, today: date, last: date | None = None
) -> None:
    """End a mandate after `last`; at once if there is none.

    Raises:
        ValidationError: code `over`; for `last`, code `past`.
    """
    mandate = Mandate.objects.select_for_update(of=["self"]).get(pk=mandate.pk)
    about = about_mandate(mandate)
    about["last"] = str(end(mandate, today, last))
    mandate.account.events.create(
        kind=AccountEvent.Kind.MANDATE_ENDED, by=by, about=about
    )
