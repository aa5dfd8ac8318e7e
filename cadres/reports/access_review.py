"""When the review of accounts is due, and for whom."""

from datetime import date

from django.utils import timezone

from cadres.models import AccessReview, Account, Setting
from cadres.rules.months import months_later


def review_due_on(user: Account) -> date | None:
    """The day on which the person's next review is due; None for who reviews nothing.

    Counted from the end of their last one, else from when their account was opened.
    """
    if not user.has_perm("cadres.review_access"):
        return None
    done = AccessReview.objects.filter(by=user, finished_at__isnull=False)
    last = done.order_by("-finished_at").first()
    since = last.finished_at if last and last.finished_at else user.created_at
    months = Setting.objects.as_dict()["review.months"]
    return months_later(timezone.localtime(since).date(), months)
