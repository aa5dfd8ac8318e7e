from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.models import Feedback

SAME = timedelta(minutes=10)
MOST = 1000  # characters


@transaction.atomic
def give_feedback(*, by: Account, now: datetime, text: str, page: str = "") -> Feedback:
    """Keep a complaint or suggestion about the product.

    The same words from the same person, sent again at once, are one and the same.

    Raises:
        ValidationError: keyed by argument; no text, or too much of it.
    """
    # The second of two clicks waits here until the first has been written.
    Account.objects.select_for_update(no_key=True).get(pk=by.pk)
    same = Feedback.objects.filter(by=by, text=text, at__gt=now - SAME).first()
    if same:
        return same
    if len(text) > MOST:
        too_long = _("At most %(most)s characters.")
        raise ValidationError(
            {"text": ValidationError(too_long, params={"most": MOST})}
        )
    feedback = Feedback(by=by, at=now, text=text, page=page)
    feedback.full_clean()
    feedback.save()
    return feedback
