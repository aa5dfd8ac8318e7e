import pytest
from django.conf import settings

from visits.management.commands.draw_states import TARGETS
from visits.rules.letter_drawing import arrows, drawing
from visits.rules.letter_states import TABLE, LetterState, Step


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_the_committed_drawings_are_those_of_the_tables(target):
    committed = (settings.BASE_DIR / target).read_text(encoding="utf-8")

    assert committed == TARGETS[target](), "run: python manage.py draw_states"


def test_every_state_is_reached_from_the_first():
    reached, onward = set(), {""}
    while onward:
        reached |= onward
        onward = {t for s, t in arrows() if s in reached} - reached

    assert reached - {""} == set(LetterState.values)


def test_every_step_of_the_table_is_in_the_drawing(english):
    assert {move.step for move in TABLE} == set(Step)
    text = drawing()
    assert [move.step for move in TABLE if f"| {move.step.label} |" not in text] == []


def test_a_step_with_two_ends_is_drawn_with_both():
    assert Step.REFUSE in arrows()[LetterState.OBJECTION, LetterState.FORWARDED]
    assert Step.REFUSE in arrows()[LetterState.OBJECTION, LetterState.ASSIGNED]
    assert Step.DECIDE in arrows()[LetterState.ESCALATED, LetterState.ASSIGNED]
