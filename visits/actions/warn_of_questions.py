"""Telling people of promised answers that are due soon or late (handbook 5)."""

from datetime import datetime

from visits.actions.warn_of_deadlines import warn_of_deadlines
from visits.models import Notice, Question
from visits.reports.question_duty import team_people, unit_people
from visits.rules.question_states import QuestionState


def warn_of_questions(*, now: datetime) -> None:
    """The unit's people, and above them who was there."""
    rows = Question.objects.filter(state=QuestionState.PROMISED)
    warn_of_deadlines(
        rows.select_related("talk__stop__visit"),
        name="question",
        near=Notice.Kind.QUESTION_NEAR,
        late=Notice.Kind.QUESTION_LATE,
        doers=unit_people,
        above=team_people,
        now=now,
    )
