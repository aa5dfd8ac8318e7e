"""Files of letters, encrypted anew under the newest key."""

from cadres.models.encrypted import WrongKey
from visits.models import Attachment, file_store


def rotate_files() -> tuple[int, list[int]]:
    """How many files were sealed anew, and which attachments cannot be opened.

    A stop in between does no harm: each file is whole under its old or its new key,
    and run again it goes on. Of a file whose row was not reached the hash is set right.
    """
    done, failed = 0, []
    kept = Attachment.objects.exclude(state=Attachment.State.ARCHIVED)
    rows = kept.order_by("pk").only("pk", "key", "sha256")
    for row in rows.iterator():
        try:
            sha256 = file_store.reseal(row.key)
        except (OSError, WrongKey):
            failed.append(row.pk)
            continue
        if sha256 is not None:
            done += 1
        else:
            sha256 = file_store.hash_of(row.key)
        if sha256 != row.sha256:
            Attachment.objects.filter(pk=row.pk).update(sha256=sha256)
    return done, failed
