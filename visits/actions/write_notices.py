"""Where every notice is written, so that what someone has switched off stays off."""

from collections.abc import Iterable

from visits.models import Notice, NoticeChoice


def write_notices(notices: Iterable[Notice]) -> None:
    """Put each before its person, once; passed over is what they have switched off.

    Only kinds that may be switched off are asked about.
    """
    rows = list(notices)
    if asked := [it for it in rows if it.kind in Notice.MAY_MUTE]:
        choices = NoticeChoice.objects.filter(
            channel=NoticeChoice.Channel.NONE,
            account__in={it.account_id for it in asked},
            kind__in={it.kind for it in asked},
        )
        off = set(choices.values_list("account", "kind"))
        rows = [it for it in rows if (it.account_id, it.kind) not in off]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
