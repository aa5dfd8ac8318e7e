"""Talks and their questions as pages show them to one person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, District, Unit
from visits.models import Letter, Matter, Question, QuestionEvent, Talk, Visit
from visits.models.talk import QuestionQuerySet
from visits.reports.intake_offices import intake_offices
from visits.reports.letter_list import days_left
from visits.reports.matter_units import around
from visits.reports.seen import is_seen_question
from visits.rules.question_states import (
    MOVES,
    Asker,
    QuestionMove,
    QuestionState,
    QuestionStep,
    in_words,
)
from visits.rules.visit_states import HELD, Part

AT_PLACE = 5  # open questions that the page of a place shows


class Show(TextChoices):
    OPEN = "open", _("Still open")
    LATE = "late", _("Late")
    ANSWERED = "answered", _("Answered")
    TURNED = "turned", _("Letters and matters")
    ALL = "all", _("All")


# Lists that stand by the date of the answer; the rest is newest first.
BY_LIMIT = (Show.OPEN, Show.LATE)


def questions_of(user: Account, show: str, *, on: date) -> QuestionQuerySet:
    questions = Question.objects.visible_to(user)
    if show == Show.OPEN:
        return questions.open()
    if show == Show.LATE:
        return questions.late(on=on)
    if show == Show.ANSWERED:
        return questions.filter(state=QuestionState.ANSWERED)
    if show == Show.TURNED:
        return questions.filter(state__in=[QuestionState.LETTER, QuestionState.MATTER])
    return questions


def questions_listed(
    user: Account, typed: Mapping[str, Any], *, on: date
) -> QuestionQuerySet:
    """What the chips and the filter leave; `typed` is a cleaned form."""
    rows = questions_of(user, typed.get("show") or Show.OPEN, on=on).for_list()
    place = typed.get("place")
    return rows.at(place) if place else rows


def open_questions_at(place: District, reader: Account) -> QuestionQuerySet:
    """The first to be answered comes first."""
    rows = Question.objects.filter(is_seen_question(reader)).open().at(place)
    return rows.for_list().order_by("due_on", "pk")


@dataclass(frozen=True)
class QuestionRow:
    question: Question
    words: str
    tone: str


def with_limits(questions: Sequence[Question], *, on: date) -> list[QuestionRow]:
    return [QuestionRow(it, *limit_of(it, on=on)) for it in questions]


def limit_of(question: Question, *, on: date) -> tuple[str, str]:
    """How it stands in words, and the tone of its mark."""
    if question.state == QuestionState.PROMISED and question.due_on:
        left = (question.due_on - on).days
        return days_left(left), "late" if left < 0 else "soon"
    tones = {QuestionState.ASKED: "soon", QuestionState.ANSWERED: "ok"}
    return str(question.get_state_display()), tones.get(question.state, "neutral")  # type: ignore[call-overload]


def may_record(visit: Visit, user: Account) -> bool:
    """Whoever may write the log of a visit writes down what was asked there."""
    if visit.state not in HELD or not user.has_perm("visits.log_visit"):
        return False
    return Visit.objects.changeable_by(user).filter(pk=visit.pk).exists()


def parts_in(question: Question, user: Account) -> set[Asker]:
    """In which parts someone who sees this question may act on it."""
    found = set()
    if may_record(question.talk.stop.visit, user):
        found.add(Asker.TEAM)
    if question.unit_id in user.unit_ids("visits.handle_matter"):
        found.add(Asker.UNIT)
    if user.has_perm("visits.register_letter"):
        found.add(Asker.OFFICE)
    return found


def offers_for(
    question: Question, parts: Collection[Asker], user: Account
) -> list[QuestionMove]:
    found = [
        it
        for it in MOVES
        if question.state in it.comes_from and set(parts).intersection(it.by)
    ]
    if Asker.TEAM in parts or user.has_perm("visits.raise_matter"):
        return found
    return [it for it in found if it.step != QuestionStep.TO_MATTER]


@dataclass(frozen=True)
class QuestionPage:
    question: Question
    limit: QuestionRow
    offers: Sequence[QuestionMove]
    history: Sequence[tuple[QuestionEvent, Sequence[tuple[Any, Any]]]]
    letter: Letter | None
    matter: Matter | None
    visit: Visit | None


def question_page(question: Question, user: Account, *, on: date) -> QuestionPage:
    """Everything on the page; a letter or a matter is linked for those who see it."""
    events = question.events.select_related("by").order_by("pk")
    letters = Letter.objects.visible_to(user).unsealed()
    matters = Matter.objects.visible_to(user)
    visits = Visit.objects.visible_to(user)
    return QuestionPage(
        question=question,
        limit=QuestionRow(question, *limit_of(question, on=on)),
        offers=offers_for(question, parts_in(question, user), user),
        history=[(it, in_words(it.record)) for it in events],
        letter=letters.filter(questions=question).first(),
        matter=matters.filter(questions=question).first(),
        visit=visits.filter(pk=question.talk.stop.visit_id).first(),
    )


def leaders_at(talk: Talk) -> QuerySet[Cadre]:
    """Who was there and can decide, the lead first."""
    team = Cadre.objects.filter(visits__visit=talk.stop.visit_id)
    return team.select_related("unit").order_by("pk")


def lead_of(talk: Talk) -> Cadre | None:
    here = {"visits__visit": talk.stop.visit_id, "visits__part": Part.LEAD}
    return Cadre.objects.filter(**here).first()


def offices_for(talk: Talk, user: Account) -> QuerySet[Unit]:
    """Where a letter out of this talk goes: the nearest petition office first.

    Who registers letters for certain offices keeps to those.
    """
    if user.has_perm("visits.register_letter"):
        return intake_offices(user)
    return Unit.objects.filter(
        kind=Unit.Kind.PETITION,
        place__in=around(talk.stop.place),
        dissolved_into__isnull=True,
    ).order_by("-level", "name", "pk")
