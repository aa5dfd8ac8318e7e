"""Sessions end: the next request with one of them is nobody's."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.actions.refusals import refuse
from cadres.models import Account, AccountEvent


@transaction.atomic
def end_session(account: Account, *, key: str) -> None:
    """End one session of one's own.

    Raises:
        ValidationError: code `gone`.
    """
    ended, _rows = account.sessions.filter(session_key=key).delete()
    if not ended:
        refuse(None, _("This session has ended already."), code="gone")


@transaction.atomic
def sign_out_everywhere(account: Account, *, by: Account, but: str | None) -> int:
    """End all sessions of an account, `but` the one that asks; say how many ended."""
    ended, _rows = account.sessions.exclude(session_key=but).delete()
    account.events.create(kind=AccountEvent.Kind.SIGNED_OUT, by=by)
    return ended
