"""Which notices come by mail as well, and which do not come at all."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.models import Notice, NoticeChoice

Channel = NoticeChoice.Channel


@transaction.atomic
def choose_notices(*, by: Account, choices: Mapping[str, str]) -> None:
    """Set the channel of each kind in `choices`; "" is the default, app and mail.

    Kinds that are not named stay as they are; the default leaves no row behind.

    Raises:
        ValidationError: keyed by kind, code `stays` when it cannot be switched off.
    """
    stays = [
        kind
        for kind, channel in choices.items()
        if channel == Channel.NONE and kind not in Notice.MAY_MUTE
    ]
    if stays:
        text = _("This kind always stands in the app.")
        raise ValidationError(
            {kind: ValidationError(text, code="stays") for kind in stays}
        )
    NoticeChoice.objects.filter(account=by, kind__in=choices).delete()
    NoticeChoice.objects.bulk_create(
        [
            NoticeChoice(account=by, kind=kind, channel=channel)
            for kind, channel in choices.items()
            if channel
        ],
        # Two pages saved at once: the later one has deleted what it saw.
        update_conflicts=True,
        unique_fields=["account", "kind"],
        update_fields=["channel"],
    )
