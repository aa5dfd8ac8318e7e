import logging

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from cadres.actions.invite import Invited

log = logging.getLogger(__name__)


def can_mail() -> bool:
    """Whether mail leaves this machine at all."""
    return not settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend")


def mail_invitation(invited: Invited) -> bool:
    """Send the code to the account's own address; say whether it left.

    The user name does not stand in it: whoever else reads the mail has one half.
    """
    account = invited.invitation.account
    with translation.override(account.language or settings.LANGUAGE_CODE):
        subject = _("An account has been opened for you")
        text = _(
            "Set your password with this code: %(code)s\n%(address)s\n\nYou know your "
            "user name from your system administrator. The code can be used once."
        ) % {"code": invited.code, "address": settings.SITE_URL + reverse("welcome")}
    try:
        send_mail(subject, text, None, [account.email])
    except OSError as error:
        log.warning("invitation %s: %s", invited.invitation.pk, type(error).__name__)
        return False
    return True
