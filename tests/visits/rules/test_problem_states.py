import pytest

from visits.rules.problem_states import (
    CLOSED,
    ROW,
    TABLE,
    UNSETTLED,
    ProblemActor,
    ProblemState,
    ProblemStep,
    steps_from,
    target_of,
)
from visits.rules.study_records import FIELDS


def test_every_step_of_the_table_has_words_for_what_it_records():
    assert set(ROW) == set(ProblemStep) - {ProblemStep.RECORD}
    assert all(name in FIELDS for move in TABLE for name in move.names)


def test_every_state_but_the_withdrawn_one_leads_on():
    stuck = [state for state in ProblemState if not steps_from(state)]

    assert stuck == [ProblemState.WITHDRAWN]
    assert {*UNSETTLED, *CLOSED, *stuck} == set(ProblemState)


def test_only_the_unit_above_answers_and_does_nothing_else():
    above = [move.step for move in TABLE if ProblemActor.ABOVE in move.by]

    assert above == [ProblemStep.ANSWER]
    assert ROW[ProblemStep.ANSWER].by == (ProblemActor.ABOVE,)


@pytest.mark.parametrize(
    ("step", "found", "after"),
    [
        ("look_back", "holds", "settled"),
        ("look_back", "fails", "open"),
        ("settle", "", "settled"),
        ("report", "", "under_way"),
    ],
)
def test_a_look_back_that_finds_it_undone_opens_it_again(step, found, after):
    move = ROW[step]
    current = "under_way" if step == "report" else next(iter(move.sources))

    assert target_of(move, current=current, look_back=found) == after
