from typing import Any

from django.db import models

from cadres.models import Account, AuditEntry


def write_audit(
    kind: str,
    act: str,
    *,
    by: Account | None = None,
    about: models.Model | None = None,
    succeeded: bool = True,
    **details: Any,
) -> None:
    """Write an act down that has no history of its own; what has, writes by itself.

    Call it in the act's transaction, before anything is shown. `details` are of tiers
    T0 and T1: never a petitioner's name, a letter's words, or anything typed freely.
    """
    AuditEntry.objects.create(
        kind=kind,
        act=act,
        account=by,
        object_type=about._meta.label_lower if about else "",
        object_key=str(about.pk) if about else "",
        succeeded=succeeded,
        details=details,
    )
