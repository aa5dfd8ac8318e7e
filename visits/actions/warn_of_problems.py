"""Telling people of deadlines of problems that are near or past (handbook 6)."""

from datetime import datetime, timedelta

from django.utils import timezone

from cadres.models import Setting
from visits.actions.write_notices import write_notices
from visits.models import Notice, Problem
from visits.reports.problem_duty import leaders, workers_of
from visits.rules.problem_states import AT_WORK
from visits.rules.warnings import UPWARD, Stage, stage_of


def warn_of_problems(*, now: datetime) -> None:
    """The lead unit's people at each of the three steps, the leader from the day on.

    Where the unit is not in this system, the leader is told from the first step. Run
    as often as one likes: each notice is written once for each deadline.
    """
    on = timezone.localdate(now)
    settings = Setting.objects.as_dict()
    furthest = max(settings[f"warn.{it}"] for it in ("blue", "yellow", "red"))
    rows = Problem.objects.filter(
        state__in=AT_WORK, due_on__lte=on + timedelta(days=furthest)
    ).select_related("investigation")
    for problem in rows.order_by("pk").iterator(chunk_size=500):
        assert problem.due_on is not None  # it is filtered by it
        left = (problem.due_on - on).days
        stage = stage_of(left, settings)
        if stage is None:
            continue
        people = workers_of(problem.unit_id)
        if stage in UPWARD or not people:
            people += leaders(problem)
        late = stage == Stage.LATE
        key = f"problem:{problem.pk}:{problem.due_on}:{stage}"
        told = set(Notice.objects.filter(key=key).values_list("account", flat=True))
        write_notices(
            [
                Notice(
                    account=account,
                    kind=Notice.Kind.PROBLEM_LATE if late else Notice.Kind.PROBLEM_NEAR,
                    key=key,
                    problem=problem,
                    days=max(left, -32_000),
                    at=now,
                )
                for account in {it.pk: it for it in people}.values()
                if account.pk not in told
                and Problem.objects.visible_to(account).filter(pk=problem.pk).exists()
            ]
        )
