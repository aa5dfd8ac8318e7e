"""The table of a letter's steps as a drawing in Mermaid, with the table below it."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils import translation

from visits.rules.letter_states import (
    AT_UNIT,
    OPEN,
    TABLE,
    LetterState,
    Move,
    Step,
    target_of,
)

INTRO = """# The life of a letter

Drawn from `visits/rules/letter_states.py` by `python manage.py draw_states`;
a test fails when the two differ. Steps that keep the state stand in the table alone.
"""


def arrows() -> dict[tuple[str, str], list[Step]]:
    """From state to state, by which steps; "" stands before the first state."""
    found: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for move in TABLE:
        for source in sorted(move.sources) or [""]:
            for target in _targets(move, source):
                if target != source:
                    found[source, target].append(move.step)
    return dict(sorted(found.items()))


def _targets(move: Move, source: str) -> list[str]:
    """Every state in which the step may end; some rows of the table have two ends."""
    ends = {
        str(target_of(move, current=source, came_from=came_from, is_assigned=assigned))
        for came_from in ("", *AT_UNIT)
        for assigned in (False, True)
    }
    return sorted(ends)


def drawing() -> str:
    """The same text on every machine: in English, in the order of the table."""
    with translation.override("en"):
        return "\n".join([INTRO, *_diagram(), "", *_rows(), ""])


def _diagram() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in LetterState:
        yield f"  {state.value}: {state.label}"
    for (source, target), steps in arrows().items():
        words = ", ".join(str(step.label) for step in steps)
        yield f"  {source or '[*]'} --> {target}: {words}"
    for state in LetterState:
        if state not in OPEN and not any(source == state for source, _t in arrows()):
            yield f"  {state.value} --> [*]"
    yield "```"


def _rows() -> Iterator[str]:
    yield "| Step | From | To | By | Must record | Stops | Starts | Art. |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for move in TABLE:
        order = [state for state in LetterState if state in move.sources]
        ends: set[str] = set()
        for source in move.sources or [""]:
            ends.update(_targets(move, source))
        same = move.target is None
        cells = [
            move.step.label,
            ", ".join(str(state.label) for state in order) or "–",
            "same"
            if same
            else ", ".join(str(it.label) for it in LetterState if it in ends),
            ", ".join(str(actor.label) for actor in move.by),
            ", ".join(move.needs) or "–",
            ", ".join(move.stops) or "–",
            ", ".join(move.starts) or "–",
            move.article,
        ]
        yield "| " + " | ".join(map(str, cells)) + " |"
