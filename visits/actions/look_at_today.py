"""Someone looks at Today: from then on "what changed" begins there."""

from datetime import datetime, timedelta

from cadres.models import Account
from visits.models import TodayLook

GRAIN = timedelta(minutes=1)


def look_at_today(*, by: Account, now: datetime) -> datetime | None:
    """Put down that `by` looks now; return when they looked before, if they ever did.

    To the minute: reloading a page writes nothing. See `TodayLook` on what it is for.
    """
    look, is_first = TodayLook.objects.get_or_create(
        account=by, defaults={"looked_at": now}
    )
    if is_first:
        return None
    if now - look.looked_at > GRAIN:
        TodayLook.objects.filter(account=by).update(looked_at=now)
    return look.looked_at
