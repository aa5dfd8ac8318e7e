from datetime import datetime

from cadres.models import Account
from visits.models import Notice


def read_notices(*, by: Account, now: datetime, only: Notice | None = None) -> int:
    """Mark one's own unread notices as read, or one of them; return how many were."""
    unread = Notice.objects.filter(account=by).unread()
    if only is not None:
        unread = unread.filter(pk=only.pk)
    return unread.update(read_at=now)
