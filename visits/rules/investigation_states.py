"""The life of an investigation (课题): what it may be, and the steps between.

It is finished when its problems are settled, handed over or answered from above, not
when a report is uploaded (handbook 6).
"""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StudyKind(TextChoices):
    """The kinds of the 2023 plan (wording: to be verified)."""

    STRATEGIC = "strategic", _("Strategic")
    PROBLEM = "problem", _("Problem-solving")
    FORWARD = "forward", _("Forward-looking")
    TRACKING = "tracking", _("Tracking")
    CASE = "case", _("Dissection of a case")
    SUPERVISORY = "supervisory", _("Supervisory")


class StudyMethod(TextChoices):
    VISIT = "visit", pgettext_lazy("method of study", "Visit")
    SEMINAR = "seminar", _("Seminar")
    INTERVIEW = "interview", _("Interview")
    QUESTIONNAIRE = "questionnaire", _("Questionnaire")
    STAY = "stay", _("Stay at one place")
    UNANNOUNCED = "unannounced", pgettext_lazy("method of study", "Unannounced")
    DOCUMENTS = "documents", _("Documents")
    LIVING = "living", _("Living and working together")


class StudyState(TextChoices):
    OPEN = "open", pgettext_lazy("investigation", "Running")
    FINISHED = "finished", pgettext_lazy("investigation", "Finished")
    HANDED_OVER = "handed_over", pgettext_lazy("investigation", "Handed over")


class StudyStep(TextChoices):
    BEGIN = "begin", _("Open the investigation")
    CHANGE = "change", _("Change the investigation")
    CHOOSE_PLACE = "choose_place", _("Choose a place")
    DROP_PLACE = "drop_place", _("Take a place out")
    PLAN_USE = "plan_use", _("Plan to put a finding to use")
    RECORD_USE = "record_use", _("Record that a finding was put to use")
    FINISH = "finish", _("Finish the investigation")
    HAND_OVER = "hand_over", _("Hand the investigation over")
    REOPEN = "reopen", _("Open the investigation again")


@dataclass(frozen=True)
class StudyMove:
    """A step that changes the state: from which states, to which, what it records."""

    step: StudyStep
    sources: tuple[StudyState, ...]
    target: StudyState
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


ENDED = (StudyState.FINISHED, StudyState.HANDED_OVER)
MOVES = (
    StudyMove(
        StudyStep.FINISH,
        (StudyState.OPEN,),
        StudyState.FINISHED,
        ("report",),
        ("follow_up",),
    ),
    StudyMove(
        StudyStep.HAND_OVER,
        (StudyState.OPEN,),
        StudyState.HANDED_OVER,
        ("handed_to", "reason"),
    ),
    StudyMove(StudyStep.REOPEN, ENDED, StudyState.OPEN, ("reason",)),
)
MOVE: dict[str, StudyMove] = {it.step: it for it in MOVES}


def moves_from(state: str) -> list[StudyMove]:
    return [it for it in MOVES if state in it.sources]
