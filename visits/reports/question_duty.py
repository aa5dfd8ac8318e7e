"""Whose a promised answer is: the unit that answers, and those who were there."""

from datetime import date

from django.db.models import F, Q

from cadres.models import Account
from cadres.models.condition import among, keys_of
from visits.models import Question, Visit
from visits.models.talk import QuestionQuerySet
from visits.reports.matter_duty import acting_for, people_of_unit
from visits.reports.seen import is_own, is_seen_question
from visits.rules.question_states import QuestionState
from visits.rules.visit_states import Part


def waiting_questions(user: Account, *, until: date) -> QuestionQuerySet:
    """Answers that are promised by that day: by one's unit, or on one's own visits.

    Of one's own visits also what nobody has answered or promised yet.
    """
    promised = Q(state=QuestionState.PROMISED, due_on__lte=until)
    reach = Q(pk__in=[])
    if units := user.unit_ids("visits.handle_matter"):
        reach |= promised & Q(unit__in=units)
    if user.has_perm("visits.log_visit"):
        own = keys_of(Visit.objects.filter(is_own(user)))
        asked = Q(state=QuestionState.ASKED)
        reach |= (promised | asked) & among("talk__stop__visit", own)
    rows = Question.objects.filter(is_seen_question(user), reach)
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def unit_people(question: Question) -> list[Account]:
    """Handlers and heads of the unit that answers; nobody if it is not in here."""
    return people_of_unit(question.unit_id)


def team_people(question: Question) -> list[Account]:
    """The lead of the visit where it was asked, and those who act for them today."""
    team = question.talk.stop.visit.team.filter(part=Part.LEAD)
    lead = team.values_list("official", flat=True).first()
    return acting_for(lead) if lead else []
