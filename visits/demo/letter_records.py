"""What the demo's letters record at each step, as the table of steps asks for it."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from cadres.models import Account, Unit
from visits.demo import letter_words as said
from visits.demo.letter_words import Concern, words
from visits.rules.letter_states import Category, Step

ROUTES = {
    Category.REQUEST: ("petition",),
    Category.REQUEST_OTHER: ("administrative", "duty", "duty", "arbitration"),
    Category.SUGGESTION: ("study",),
}
OUTCOMES = {"supported": 55, "explained": 30, "not_supported": 15}
ADOPTIONS = {"adopted": 30, "partly": 45, "not_adopted": 25}
DELIVERIES = {"post": 40, "hand": 25, "online": 20, "phone": 12, "left": 3}


@dataclass
class Matter:
    """What a letter of the demo is about, beside its own row."""

    concern: Concern
    place: str
    unit: Unit  # which deals with it in the end
    number: int = 0  # of what is asked, in the concern's list
    is_nameless: bool = False
    outcome: str = ""


@dataclass(frozen=True)
class Moment:
    """The day of a step; `report_on` is the day that an assignment sets."""

    on: date
    report_on: date


def _pick(rng: Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def record_of(
    rng: Random,
    step: Step,
    matter: Matter,
    category: str,
    moment: Moment,
    *,
    to_unit: Unit | None = None,
    handler: Account | None = None,
) -> dict[str, Any]:
    """The words and days of one step; days as dates, the unit as it is."""
    concern, day = matter.concern, moment.on
    delivered = "waived" if matter.is_nameless else _pick(rng, DELIVERIES)

    def some(texts: tuple[str, ...], **more: str) -> str:
        return words(rng, rng.choice(texts), **more)

    match step:
        case Step.SORT:
            return {"category": category}
        case Step.REPORT_URGENT:
            return {"reported_to": "市委、市政府，市信访工作联席会议"}
        case Step.FORWARD:
            return {"to_unit": to_unit, "reasons": some(said.FORWARDED)}
        case Step.ASSIGN:
            return {
                "to_unit": to_unit,
                "reasons": some(said.ASSIGNED),
                "report_on": moment.report_on,
            }
        case Step.PROPOSE:
            return {"proposal": some(said.PROPOSALS)}
        case Step.DECIDE:
            return {"to_unit": to_unit, "decision": some(said.DECISIONS)}
        case Step.GUIDE:
            return {"where_to": some(said.GUIDED_TO[category])}
        case Step.OBJECT:
            return {"reasons": some(said.OBJECTIONS)}
        case Step.AGREE:
            return {"decision": some(said.AGREED)}
        case Step.REFUSE:
            return {"decision": some(said.REFUSED)}
        case Step.NAME_HANDLER:
            return {"handler": handler}
        case Step.ACCEPT:
            return {
                "accepted_on": day,
                "route": rng.choice(ROUTES[Category(category)]),
                "delivered_how": delivered,
                "target_on": day + timedelta(days=30)
                if category == Category.SUGGESTION
                else None,
            }
        case Step.NOT_ACCEPT:
            ground = rng.choice(list(said.GROUNDS))
            return {
                "ground": ground,
                "where_to": said.GROUNDS[ground].format(place=matter.place),
                "delivered_how": delivered,
            }
        case Step.DISPUTE:
            return {"reasons": some(said.DISPUTES)}
        case Step.NAME_UNIT:
            return {"to_unit": to_unit, "decision": some(said.NAMED_UNIT)}
        case Step.INQUIRE:
            found = words(rng, concern.finding(matter.number))
            return {"facts": some(said.INQUIRIES, found=found), "law": concern.law}
        case Step.HEAR:
            return {"held_on": day, "facts": some(said.HEARINGS)}
        case Step.MEDIATE:
            return {
                "facts": words(rng, concern.finding(matter.number)),
                "agreement": some(said.MEDIATED),
            }
        case Step.EXTEND:
            return {
                "days": rng.choice((15, 20, 30)),
                "reasons": some(said.EXTENSIONS),
                "told_on": day,
            }
        case Step.ANSWER:
            matter.outcome = matter.outcome or _pick(rng, OUTCOMES)
            return {
                "outcome": matter.outcome,
                "facts": words(rng, concern.finding(matter.number)),
                "reasons": said.REASONS[matter.outcome],
                "opinion": words(rng, concern.measure(matter.number))
                if matter.outcome == "supported"
                else said.REASONS[matter.outcome],
                "legal_basis": concern.law,
                "remedy": said.REMEDY,
                "delivered_how": delivered,
            }
        case Step.REPLY:
            matter.outcome = _pick(rng, ADOPTIONS)
            return {
                "adopted": matter.outcome,
                "reasons": said.REASONS[matter.outcome],
                "delivered_how": delivered,
                "received_on": None if matter.is_nameless else day,
            }
        case Step.REPORT_BACK:
            return {"report": some(said.REPORTS)}
        case Step.DELIVER:
            return {"received_on": day, "delivered_how": delivered}
        case Step.ASK_REVIEW | Step.ASK_REREVIEW:
            return {"to_unit": to_unit, "requested_on": day}
        case Step.REVIEW | Step.REREVIEW:
            result = rng.choices(("kept", "changed"), (70, 30))[0]
            return {
                "result": result,
                "reasons": words(rng, said.REVIEWS[result]),
                "delivered_how": delivered,
            }
        case Step.PAUSE_FOR_HEARING:
            return {"hearing_first": day - timedelta(days=2), "hearing_last": day}
        case Step.CLOSE:
            return {"delivery_checked": True}
        case Step.SUPERVISE:
            return {
                "reasons": some(said.SUPERVISIONS),
                "carry_out_by": day + timedelta(days=60),
            }
        case Step.URGE:
            return {"reasons": some(said.URGED)}
        case Step.HELP:
            return {"help_given": some(said.HELPED)}
        case Step.ARCHIVE:
            return {"retention": rng.choices(("10", "30", "permanent"), (70, 28, 2))[0]}
    raise ValueError(step)
