from datetime import datetime, timedelta

from cadres.models import Session, WrongTry

TRIES_KEPT = timedelta(days=1)


def forget_sign_ins(*, now: datetime) -> None:
    """Remove sessions that are over, and wrong tries that no limit counts any more."""
    Session.objects.filter(expire_date__lt=now).delete()
    WrongTry.objects.filter(at__lt=now - TRIES_KEPT).delete()
