"""The life of a question from the public (群众提问) at a talk (handbook 5).

It is answered at once, promised, or turned into a letter or an on-the-spot matter,
which have lives of their own; a promise stays open until its answer stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from visits.rules.letter_records import Words


class QuestionState(TextChoices):
    ASKED = "asked", _("Not answered yet")
    PROMISED = "promised", _("Answer promised")
    ANSWERED = "answered", _("Answered")
    LETTER = "letter", _("Turned into a letter")
    MATTER = "matter", _("Turned into an on-the-spot matter")
    WITHDRAWN = "withdrawn", _("Withdrawn as entered by mistake")


class QuestionStep(TextChoices):
    RECORD = "record", _("Write down the question")
    ANSWER = "answer", _("Answer")
    PROMISE = "promise", _("Promise an answer")
    CORRECT = "correct", _("Correct the answer")
    PUT_OFF = "put_off", _("Set a later date")
    TO_LETTER = "letter", _("Turn into a letter")
    TO_MATTER = "matter", _("Turn into an on-the-spot matter")
    WITHDRAW = "withdraw", _("Withdraw")


class Asker(TextChoices):
    """How someone stands to a question; see `visits.reports.question_page`."""

    TEAM = "team", _("who went there")
    UNIT = "unit", _("the unit that answers")
    OFFICE = "office", _("the petition office")


OPEN = (QuestionState.ASKED, QuestionState.PROMISED)


@dataclass(frozen=True)
class QuestionMove:
    """A step: from which states, to which, by whom, and what it records."""

    step: QuestionStep
    comes_from: tuple[QuestionState, ...]
    to: QuestionState
    by: tuple[Asker, ...]
    needs: tuple[str, ...] = ()


_STAND = (QuestionState.ASKED, QuestionState.PROMISED, QuestionState.ANSWERED)
_ALL = (Asker.TEAM, Asker.UNIT)
MOVES = (
    QuestionMove(
        QuestionStep.ANSWER,
        OPEN,
        QuestionState.ANSWERED,
        _ALL,
        ("answer", "answered_by", "answered_on"),
    ),
    QuestionMove(
        QuestionStep.PROMISE,
        (QuestionState.ASKED,),
        QuestionState.PROMISED,
        (Asker.TEAM,),
        ("unit_name", "due_on"),
    ),
    QuestionMove(
        QuestionStep.PUT_OFF,
        (QuestionState.PROMISED,),
        QuestionState.PROMISED,
        (Asker.TEAM,),
        ("due_on", "reason"),
    ),
    QuestionMove(
        QuestionStep.CORRECT,
        (QuestionState.ANSWERED,),
        QuestionState.ANSWERED,
        _ALL,
        ("answer", "answered_by", "answered_on", "reason"),
    ),
    QuestionMove(
        QuestionStep.TO_LETTER,
        _STAND,
        QuestionState.LETTER,
        (Asker.TEAM, Asker.OFFICE),
    ),
    QuestionMove(
        QuestionStep.TO_MATTER,
        _STAND,
        QuestionState.MATTER,
        (Asker.TEAM, Asker.OFFICE),
    ),
    QuestionMove(
        QuestionStep.WITHDRAW,
        _STAND,
        QuestionState.WITHDRAWN,
        (Asker.TEAM,),
        ("reason",),
    ),
)
MOVE: dict[str, QuestionMove] = {it.step: it for it in MOVES}
# Those with a form of their own on the page of a question.
BY_FORM = tuple(
    it.step
    for it in MOVES
    if it.step not in (QuestionStep.TO_LETTER, QuestionStep.TO_MATTER)
)
# What the history tells, in this order.
WORDS: dict[str, Words] = {
    "text": _("Question"),
    "answer": _("Answer"),
    "answered_by": _("Answered by"),
    "answered_on": _("Answered on"),
    "unit_name": _("Who answers"),
    "due_on": _("Answer by"),
    "reason": _("Reason"),
}


def to_json(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in record.items()
        if value not in (None, "")
    }


def in_words(record: Mapping[str, Any]) -> list[tuple[Words, Any]]:
    """A kept record for people: label and value, with what stood there before."""
    found: list[tuple[Words, Any]] = []
    for name, label in WORDS.items():
        if name in record:
            found.append((label, _value(name, record[name])))
        if before := record.get(f"before_{name}"):
            found.append(
                (_("%(what)s, before") % {"what": label}, _value(name, before))
            )
    return found


def _value(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name.endswith("_on") else value
