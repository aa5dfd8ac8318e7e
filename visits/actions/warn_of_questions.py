"""Telling people of promised answers that are due soon or late (handbook 5)."""

from datetime import datetime, timedelta

from django.utils import timezone

from cadres.models import Setting
from visits.actions.write_notices import write_notices
from visits.models import Notice, Question
from visits.reports.question_duty import team_people, unit_people
from visits.rules.question_states import QuestionState
from visits.rules.warnings import UPWARD, Stage, stage_of


def warn_of_questions(*, now: datetime) -> None:
    """The unit's people at each of the three steps, who was there from the day on.

    Where the unit is not in this system, who was there is told from the first step.
    Run as often as one likes: each notice is written once for each date.
    """
    on = timezone.localdate(now)
    settings = Setting.objects.as_dict()
    furthest = max(settings[f"warn.{it}"] for it in ("blue", "yellow", "red"))
    rows = Question.objects.filter(
        state=QuestionState.PROMISED, due_on__lte=on + timedelta(days=furthest)
    ).select_related("talk__stop__visit")
    for question in rows.order_by("pk").iterator(chunk_size=500):
        assert question.due_on is not None  # it is filtered by it
        left = (question.due_on - on).days
        stage = stage_of(left, settings)
        if stage is None:
            continue
        people = unit_people(question)
        if stage in UPWARD or not people:
            people += team_people(question)
        kind = Notice.Kind
        key = f"question:{question.pk}:{question.due_on}:{stage}"
        told = set(Notice.objects.filter(key=key).values_list("account", flat=True))
        write_notices(
            [
                Notice(
                    account=account,
                    kind=kind.QUESTION_LATE
                    if stage == Stage.LATE
                    else kind.QUESTION_NEAR,
                    key=key,
                    question=question,
                    days=max(left, -32_000),
                    at=now,
                )
                for account in {it.pk: it for it in people}.values()
                if account.pk not in told
                and Question.objects.visible_to(account).filter(pk=question.pk).exists()
            ]
        )
