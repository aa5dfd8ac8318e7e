"""What a log of a visit consists of, and what is wrong with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cadres.rules.faults import Fault
from visits.rules.activities import Activity
from visits.rules.plan import StopPlan


@dataclass(frozen=True)
class StopLog(StopPlan):
    """A stop as it was; `pk` of the planned one, None for one that came about."""

    pk: int | None = None


@dataclass(frozen=True)
class TalkEntry:
    stop: int
    theme: str
    audience: int
    pk: int | None = None
    format: Any = None
    documents: str = ""
    speaker: str = ""
    speaker_post: str = ""
    minutes: int | None = None
    audience_kind: str = ""
    language: str = ""
    is_online: bool = False
    material: str = ""
    feedback: str = ""


@dataclass(frozen=True)
class FindingEntry:
    stop: int
    topic: str
    text: str
    pk: int | None = None


@dataclass(frozen=True)
class ReceptionEntry:
    stop: int
    groups: int
    person_visits: int
    matters: int
    pk: int | None = None


@dataclass(frozen=True)
class MatterEntry:
    stop: int
    subject: str
    decision: str
    settled: bool = False
    lead_unit: str = ""
    due_on: date | None = None
    pk: int | None = None
    is_public: bool = False


TALK_WORDS = (
    "theme",
    "audience",
    "format",
    "documents",
    "speaker",
    "speaker_post",
    "minutes",
    "audience_kind",
    "language",
    "is_online",
    "material",
    "feedback",
)
# `stop` of an entry is the row of its stop among the log's stops, counted from 0.
ENTRIES = {
    "talks": (TalkEntry, Activity.PUBLICITY),
    "findings": (FindingEntry, Activity.STUDY),
    "receptions": (ReceptionEntry, Activity.RECEPTION),
    "matters": (MatterEntry, Activity.ONSITE),
}


def faults_of_log(stops: Sequence[StopLog], *, now: datetime) -> Iterator[Fault]:
    """What the times of a log add to those of a plan: nothing lies ahead."""
    for row, stop in enumerate(stops):
        if stop.starts_at > now:
            text = _("This lies ahead; log what has been.")
            yield Fault(row, "starts", "ahead", text)


def faults_of_receptions(entries: Sequence[ReceptionEntry]) -> Iterator[Fault]:
    for row, entry in enumerate(entries):
        if entry.person_visits < entry.groups:
            text = _("A group has at least one person.")
            yield Fault(row, "person_visits", "too_few", text)


def faults_of_matters(entries: Sequence[MatterEntry]) -> Iterator[Fault]:
    for row, entry in enumerate(entries):
        if entry.settled:
            continue
        if not entry.lead_unit.strip():
            text = _("Name the unit, or mark it as settled on the spot.")
            yield Fault(row, "lead_unit", "no_unit", text)
        if entry.due_on is None:
            text = _("Name the deadline, or mark it as settled on the spot.")
            yield Fault(row, "due_on", "no_deadline", text)


def activities_logged(planned: Sequence[str], kinds_here: Sequence[str]) -> list[str]:
    """The activities of a stop once logged: what was planned and what was entered."""
    return [code for code in Activity.values if code in {*planned, *kinds_here}]
