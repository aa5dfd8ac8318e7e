"""Telling people of deadlines of matters that are near or past (handbook 8)."""

from datetime import datetime, timedelta

from django.utils import timezone

from cadres.models import Setting
from visits.actions.write_notices import write_notices
from visits.models import Matter, Notice
from visits.reports.matter_duty import deciders, unit_people
from visits.rules.matter_states import AT_UNIT
from visits.rules.warnings import UPWARD, Stage, stage_of


def warn_of_matters(*, now: datetime) -> None:
    """The lead unit's people at each of the three steps, the decider from the day on.

    Where the unit is not in this system, the decider is told from the first step. Run
    as often as one likes: each notice is written once for each deadline.
    """
    on = timezone.localdate(now)
    settings = Setting.objects.as_dict()
    furthest = max(settings[f"warn.{it}"] for it in ("blue", "yellow", "red"))
    rows = Matter.objects.filter(
        state__in=AT_UNIT, due_on__lte=on + timedelta(days=furthest)
    ).order_by("pk")
    for matter in rows.iterator(chunk_size=500):
        assert matter.due_on is not None  # it is filtered by it
        left = (matter.due_on - on).days
        stage = stage_of(left, settings)
        if stage is None:
            continue
        people = unit_people(matter)
        if stage in UPWARD or not people:
            people += deciders(matter)
        kind = (
            Notice.Kind.MATTER_LATE if stage == Stage.LATE else Notice.Kind.MATTER_NEAR
        )
        key = f"matter:{matter.pk}:{matter.due_on}:{stage}"
        told = set(Notice.objects.filter(key=key).values_list("account", flat=True))
        write_notices(
            [
                Notice(
                    account=account,
                    kind=kind,
                    key=key,
                    matter=matter,
                    days=max(left, -32_000),
                    at=now,
                )
                for account in {it.pk: it for it in people}.values()
                if account.pk not in told
                and Matter.objects.visible_to(account).filter(pk=matter.pk).exists()
            ]
        )
