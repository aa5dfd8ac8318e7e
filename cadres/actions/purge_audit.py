"""Old months of the audit log are dropped; what remains can still be verified."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from cadres.actions.anchor_audit import anchor_audit
from cadres.actions.write_audit import write_audit
from cadres.models import AuditEntry


@transaction.atomic
def purge_audit(*, until: datetime, letters: Collection[int]) -> int:
    """Drop the entries from before `until`; return how many went.

    `letters` are kept as evidence: what was written about them, or after that in the
    same strand, stays. For the owner of the tables alone; the database refuses to
    drop what is not half a year old.
    """
    anchor_audit()
    kept = [str(pk) for pk in letters]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_purge(%s, %s, %s::text[])", [until, "visits.letter", kept]
        )
        (dropped,) = cursor.fetchone()
    if dropped:
        write_audit(
            AuditEntry.Kind.AUDIT, "purged", until=until.isoformat(), dropped=dropped
        )
    return int(dropped)
