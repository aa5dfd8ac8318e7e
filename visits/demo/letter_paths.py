"""Which way a letter of the demo has gone: its steps, and the days between them."""

from dataclasses import dataclass
from random import Random

from visits.rules.letter_states import Category, LetterState, Step

S = LetterState
PETITIONERS_DAYS = 30  # Arts. 35, 36; rolled on to a working day
# How many letters there are in each state, and for how long the last step lies back.
# Sealed ones are told elsewhere.
SHARES: dict[LetterState, tuple[int, tuple[int, int]]] = {
    S.REGISTERED: (72, (0, 12)),
    S.FORWARDED: (82, (0, 12)),
    S.ASSIGNED: (40, (0, 12)),
    S.ESCALATED: (9, (0, 9)),
    S.GUIDED: (48, (0, 200)),
    S.OBJECTION: (12, (0, 5)),
    S.ACCEPTED: (66, (0, 14)),
    S.NOT_ACCEPTED: (46, (0, 180)),
    S.DISPUTE: (8, (0, 10)),
    S.HANDLING: (135, (0, 30)),
    S.EXTENDED: (26, (0, 24)),
    S.ANSWERED: (118, (0, 26)),
    S.UNDER_REVIEW: (15, (0, 24)),
    S.REVIEW_ANSWERED: (14, (0, 26)),
    S.UNDER_REREVIEW: (6, (0, 20)),
    S.ENDED: (12, (0, 60)),
    S.SUPERVISED: (14, (0, 50)),
    S.CLOSED: (395, (0, 170)),
    S.ARCHIVED: (210, (0, 120)),
}
TRACKS: dict[str, dict[str, int]] = {
    S.REGISTERED: {"": 40, "request": 40, "suggestion": 10, "request_other": 10},
    S.GUIDED: {"litigation": 60, "request_other": 40},
    S.NOT_ACCEPTED: {"request": 70, "request_other": 30},
    S.ESCALATED: {"request": 100},
    S.DISPUTE: {"request": 100},
    S.EXTENDED: {"request": 100},
    S.UNDER_REVIEW: {"request": 90, "request_other": 10},
    S.REVIEW_ANSWERED: {"request": 90, "request_other": 10},
    S.UNDER_REREVIEW: {"request": 100},
    S.ENDED: {"request": 100},
    S.SUPERVISED: {"request": 100},
}
USUAL_TRACKS = {"request": 70, "suggestion": 16, "request_other": 14}
REVIEWED = (S.UNDER_REVIEW, S.REVIEW_ANSWERED, S.UNDER_REREVIEW, S.ENDED)
TWICE = (S.UNDER_REREVIEW, S.ENDED)  # needs two organs above the unit


@dataclass(frozen=True)
class Leg:
    """A step, this many days after the one before it."""

    step: Step
    least: int = 0
    most: int = 0


@dataclass(frozen=True)
class Path:
    state: LetterState
    category: str
    is_urgent: bool
    is_sorted_late: bool
    legs: tuple[Leg, ...]

    def has(self, step: Step) -> bool:
        return any(leg.step == step for leg in self.legs)


def pick_category(rng: Random, state: LetterState) -> str:
    weights = TRACKS.get(state, USUAL_TRACKS)
    return rng.choices(list(weights), list(weights.values()))[0]


def path_to(rng: Random, state: LetterState, category: str) -> Path:
    """A way through the table of steps to `state`, as often gone as not."""
    is_urgent = rng.random() < 0.03
    is_sorted_late = bool(category) and rng.random() < 0.25
    legs: list[Leg] = []
    if is_urgent:
        legs.append(Leg(Step.REPORT_URGENT))
    if is_sorted_late:
        legs.append(Leg(Step.SORT, 0, 1))
    legs += _ways(rng, state, category)
    return Path(state, category, is_urgent, is_sorted_late, tuple(legs))


def _ways(rng: Random, state: LetterState, category: str) -> list[Leg]:
    if state == S.REGISTERED:
        return []
    if state == S.ARCHIVED:
        before = rng.choices(
            (S.CLOSED, S.GUIDED, S.NOT_ACCEPTED, S.ENDED), (88, 5, 5, 2)
        )[0]
        tracks = TRACKS.get(before, {category: 1})
        before = before if category in tracks else S.CLOSED
        return [*_ways(rng, before, category), Leg(Step.ARCHIVE, 5, 40)]
    if state == S.GUIDED:
        return [Leg(Step.GUIDE, 0, 9)]
    if state == S.ESCALATED:
        return _proposed()
    if state == S.OBJECTION:
        return [
            Leg(rng.choice((Step.FORWARD, Step.ASSIGN)), 0, 9),
            Leg(Step.OBJECT, 1, 4),
        ]
    legs = _routed(rng, state)
    if state in (S.FORWARDED, S.ASSIGNED):
        return [*legs, *([Leg(Step.URGE, 2, 6)] if rng.random() < 0.08 else [])]
    if state == S.NOT_ACCEPTED:
        return [*legs, Leg(Step.NOT_ACCEPT, 2, 11)]
    return legs + _worked(rng, state, category, reports=legs[-1].step == Step.ASSIGN)


def _proposed() -> list[Leg]:
    # What goes before the leadership is reported at once.
    return [Leg(Step.PROPOSE, 0, 6), Leg(Step.REPORT_URGENT)]


def _routed(rng: Random, state: LetterState) -> list[Leg]:
    if state == S.ASSIGNED:
        return [Leg(Step.ASSIGN, 0, 9)]
    if state == S.FORWARDED:
        if rng.random() < 0.06:
            return [*_proposed(), Leg(Step.DECIDE, 1, 5)]
        return [Leg(Step.FORWARD, 0, 9)]
    chance = rng.random()
    if chance < 0.03:
        return [*_proposed(), Leg(Step.DECIDE, 1, 5)]
    if chance < 0.22:
        return [Leg(Step.ASSIGN, 0, 9)]
    legs = [Leg(Step.FORWARD, 0, 5)]
    if chance < 0.25:
        legs += [Leg(Step.OBJECT, 1, 3), Leg(Step.AGREE, 1, 2), Leg(Step.FORWARD, 0, 2)]
    elif chance < 0.28:
        legs += [Leg(Step.OBJECT, 1, 3), Leg(Step.REFUSE, 1, 2)]
    return legs


def _worked(
    rng: Random, state: LetterState, category: str, *, reports: bool
) -> list[Leg]:
    legs = [Leg(Step.NAME_HANDLER, 0, 2), Leg(Step.ACCEPT, 1, 7)]
    if state == S.ACCEPTED:
        return legs
    if state == S.DISPUTE:
        return [*legs, Leg(Step.DISPUTE, 1, 6)]
    if rng.random() < 0.02:
        legs += [
            Leg(Step.DISPUTE, 1, 4),
            Leg(Step.NAME_UNIT, 2, 6),
            Leg(Step.NAME_HANDLER, 0, 2),
        ]
    legs.append(Leg(Step.INQUIRE, 1, 14))
    for step, chance in ((Step.MEDIATE, 0.2), (Step.HEAR, 0.06), (Step.URGE, 0.05)):
        if rng.random() < chance:
            legs.append(Leg(step, 2, 9))
    is_extended = state == S.EXTENDED or (
        category == Category.REQUEST and state != S.HANDLING and rng.random() < 0.08
    )
    if is_extended:
        legs.append(Leg(Step.EXTEND, 3, 25))
    if state in (S.HANDLING, S.EXTENDED):
        return legs
    is_suggestion = category == Category.SUGGESTION
    legs.append(Leg(Step.REPLY if is_suggestion else Step.ANSWER, 2, 22))
    if reports:
        legs.append(Leg(Step.REPORT_BACK, 0, 3))
    wait = rng.random()
    # A few deliveries cannot be proven, so the petitioner's window stays open.
    if not is_suggestion and (state != S.ANSWERED or wait < 0.85):
        legs.append(Leg(Step.DELIVER, 1, 5))
    return legs + _after(rng, state, category)


def _after(rng: Random, state: LetterState, category: str) -> list[Leg]:
    over = (PETITIONERS_DAYS + 1, PETITIONERS_DAYS + 11)
    if state == S.SUPERVISED:
        return [Leg(Step.SUPERVISE, 6, 25), Leg(Step.URGE, 3, 12)]
    asked = [Leg(Step.ASK_REVIEW, 3, 26)]
    reviewed = [*asked, Leg(Step.REVIEW, 8, 26)]
    delivered = [*reviewed, Leg(Step.DELIVER, 1, 5)]
    if state == S.UNDER_REVIEW:
        return asked
    if state == S.REVIEW_ANSWERED:
        return delivered
    if state in TWICE:
        legs = [*delivered, Leg(Step.ASK_REREVIEW, 3, 26)]
        if rng.random() < 0.4:
            legs.append(Leg(Step.PAUSE_FOR_HEARING, 3, 8))
        return [*legs, Leg(Step.REREVIEW, 9, 22)] if state == S.ENDED else legs
    if state == S.CLOSED:
        if category == Category.SUGGESTION:
            return [Leg(Step.CLOSE, 1, 12)]
        if category == Category.REQUEST and rng.random() < 0.04:
            return [*delivered, Leg(Step.CLOSE, *over)]
        helped = [Leg(Step.HELP, 3, 20)] if rng.random() < 0.04 else []
        return [Leg(Step.CLOSE, *over), *helped]
    return []
