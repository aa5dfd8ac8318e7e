"""One mail a day to whoever has unread notices: how many, and where to read them."""

import logging
from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from cadres.models import Account, CalendarDay
from visits.models import Digest, Notice
from visits.rules.quiet_hours import may_mail

log = logging.getLogger(__name__)


def send_digests(*, now: datetime) -> int:
    """Send today's mails that have not been begun; return how many went out.

    None at night or on a rest day; no word of the kinds that someone has taken out of
    their mail. The row is committed before the mail goes: whoever
    comes second finds it, and after a kill between the two the mail of that day is
    lost rather than sent twice. The notices stay in the app.
    """
    now = timezone.localtime(now)
    if not may_mail(now, CalendarDay.objects.working_calendar()):
        return 0
    waiting = (
        Account.objects.filter(is_active=True)
        .exclude(email="")
        .filter(pk__in=Notice.objects.unread().for_mail().values("account"))
        .exclude(pk__in=Digest.objects.filter(on=now.date()).values("account"))
    )
    return sum(_send(account, now) for account in waiting.order_by("pk").iterator())


def _send(account: Account, now: datetime) -> bool:
    count = Notice.objects.visible_to(account).unread().for_mail().count()
    if not count:
        return False
    with transaction.atomic(durable=True):
        digest, is_new = Digest.objects.get_or_create(
            account=account,
            on=now.date(),
            defaults={"notices": count, "begun_at": now},
        )
    if not is_new:
        return False
    try:
        _mail(account, count)
    except OSError as error:
        # A mail that did not leave is not tried again: nobody knows how far it came.
        log.warning("digest %s was not sent: %s", digest.pk, type(error).__name__)
        return False
    digest.sent_at = timezone.now()
    digest.save(update_fields=["sent_at"])
    return True


def _mail(account: Account, count: int) -> None:
    """Neither subject nor text says what it is about."""
    with translation.override(account.language or settings.LANGUAGE_CODE):
        words = ngettext(
            "You have %(count)s item to deal with",
            "You have %(count)s items to deal with",
            count,
        ) % {"count": count}
    link = settings.SITE_URL + reverse("visits:notice_list")
    send_mail(words, f"{words}\n\n{link}\n", None, [account.email])
