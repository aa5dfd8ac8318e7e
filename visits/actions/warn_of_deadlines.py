"""Telling people of deadlines that are near or past, whatever has the deadline."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cadres.models import Account, Setting
from visits.actions.write_notices import write_notices
from visits.models import Notice
from visits.rules.warnings import UPWARD, Stage, stage_of


def warn_of_deadlines(
    rows: QuerySet[Any],
    *,
    name: str,
    near: Notice.Kind,
    late: Notice.Kind,
    doers: Callable[[Any], list[Account]],
    above: Callable[[Any], list[Account]],
    now: datetime,
) -> None:
    """The `doers` at each of the three steps, those `above` them from the day on.

    Where there is no doer in this system, who is above is told from the first step. Run
    as often as one likes: each notice is written once for each deadline. `name` is the
    field of a notice that names the row.
    """
    on = timezone.localdate(now)
    settings = Setting.objects.as_dict()
    furthest = max(settings[f"warn.{it}"] for it in ("blue", "yellow", "red"))
    due = rows.filter(due_on__lte=on + timedelta(days=furthest))
    for row in due.order_by("pk").iterator(chunk_size=500):
        left = (row.due_on - on).days
        stage = stage_of(left, settings)
        if stage is None:
            continue
        people = doers(row)
        if stage in UPWARD or not people:
            people += above(row)
        key = f"{name}:{row.pk}:{row.due_on}:{stage}"
        told = set(Notice.objects.filter(key=key).values_list("account", flat=True))
        write_notices(
            [
                Notice(
                    account=account,
                    kind=late if stage == Stage.LATE else near,
                    key=key,
                    days=max(left, -32_000),
                    at=now,
                    **{name: row},
                )
                for account in {it.pk: it for it in people}.values()
                if account.pk not in told
                and rows.model.objects.visible_to(account).filter(pk=row.pk).exists()
            ]
        )
