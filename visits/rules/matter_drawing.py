"""The table of a matter's steps as a drawing in Mermaid, with the table below it."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils import translation

from visits.rules.matter_states import (
    TABLE,
    Finding,
    MatterMove,
    MatterState,
    MatterStep,
    PeopleWord,
    target_of,
)

INTRO = """# The life of an on-the-spot matter

Drawn from `visits/rules/matter_states.py` by `python manage.py draw_states`; a test
fails when the two differ. Steps that keep the state stand in the table alone. No arrow
leads to “Confirmed by the people” but their own word: of the person concerned, or of
two villagers for a public matter.
"""
FIRST = (MatterState.RAISED, MatterState.SETTLED, MatterState.ASSIGNED)


def arrows() -> dict[tuple[str, str], list[MatterStep]]:
    """From state to state, by which steps; "" stands before the first state.

    A log writes a matter down as raised, or as decided already.
    """
    found: dict[tuple[str, str], list[MatterStep]] = defaultdict(list)
    for state in FIRST:
        found["", state] = [MatterStep.RAISE]
    for move in TABLE:
        for source in sorted(move.sources):
            for target in ends_of(move, source):
                if target != source:
                    found[source, target].append(move.step)
    return dict(sorted(found.items()))


def ends_of(move: MatterMove, source: str) -> list[str]:
    """Every state in which the step may end: a word, or a look back, has two."""
    ends = {
        str(
            target_of(
                move,
                current=source,
                is_public=is_public,
                heard=heard,
                says=says,
                finding=finding,
            )
        )
        for is_public, heard in ((False, 0), (True, 0), (True, 1))
        for says in PeopleWord
        for finding in Finding
    }
    return [state for state in MatterState.values if state in ends]


def drawing() -> str:
    """The same text on every machine: in English, in the order of the table."""
    with translation.override("en"):
        return "\n".join([INTRO, *_diagram(), "", *_rows(), ""])


def _diagram() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in MatterState:
        yield f"  {state.value}: {state.label}"
    for (source, target), steps in arrows().items():
        words = ", ".join(str(step.label) for step in steps)
        yield f"  {source or '[*]'} --> {target}: {words}"
    yield "```"


def _rows() -> Iterator[str]:
    yield "| Step | From | To | By | Must record |"
    yield "| --- | --- | --- | --- | --- |"
    for move in TABLE:
        sources = [state for state in MatterState if state in move.sources]
        ends = {end for source in sources for end in ends_of(move, source)}
        same = move.target is None
        cells = [
            move.step.label,
            ", ".join(str(state.label) for state in sources),
            "same"
            if same
            else ", ".join(str(it.label) for it in MatterState if it in ends),
            ", ".join(str(actor.label) for actor in move.by),
            ", ".join(move.needs) or "–",
        ]
        yield "| " + " | ".join(map(str, cells)) + " |"
