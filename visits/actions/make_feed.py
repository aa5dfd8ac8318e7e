"""A calendar address is made, or ends."""

from datetime import datetime

from django.db import transaction

from cadres.models import Account
from visits.models.feed import CalendarFeed, hash_of_key, new_key


@transaction.atomic
def make_feed(*, by: Account, now: datetime) -> str:
    """A new address; the one before it ends. Returns its key, which is kept nowhere."""
    revoke_feed(by=by, now=now)
    key = new_key()
    CalendarFeed.objects.create(account=by, key_hash=hash_of_key(key), made_at=now)
    return key


@transaction.atomic
def revoke_feed(*, by: Account, now: datetime) -> bool:
    """End the standing address; False if there was none."""
    # Two tabs that do this at once do it one after the other.
    Account.objects.select_for_update(of=("self",)).get(pk=by.pk)
    return bool(
        CalendarFeed.objects.filter(account=by).standing().update(revoked_at=now)
    )
