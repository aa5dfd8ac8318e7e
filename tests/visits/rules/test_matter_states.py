import pytest

from visits.rules.matter_states import (
    AWAITING,
    HEARS,
    OPEN,
    ROW,
    TABLE,
    WITH_WORD,
    MatterActor,
    MatterState,
    MatterStep,
    target_of,
)


def test_only_the_peoples_word_confirms():
    confirming = {move.step for move in TABLE if move.target == MatterState.CONFIRMED}

    assert confirming == set(HEARS)
    assert all(ROW[step].sources == set(AWAITING) for step in HEARS)


def test_nothing_is_struck_off_before_it_is_confirmed():
    assert ROW[MatterStep.STRIKE_OFF].sources == {MatterState.CONFIRMED}
    assert ROW[MatterStep.LOOK_BACK].sources == {
        MatterState.STRUCK_OFF,
        MatterState.LOOKED_BACK,
    }


def test_the_unit_never_hears_the_people():
    assert not any(MatterActor.UNIT in ROW[step].by for step in HEARS)


def test_every_state_is_open_awaits_has_the_word_or_was_a_mistake():
    assert {*OPEN, *AWAITING, *WITH_WORD, MatterState.WITHDRAWN} == set(MatterState)


@pytest.mark.parametrize(
    ("is_public", "heard", "says", "state"),
    [
        (False, 0, "settled", "confirmed"),
        (True, 0, "settled", "said_done"),
        (True, 1, "settled", "confirmed"),
        (False, 0, "not_settled", "reopened"),
        (True, 1, "not_settled", "reopened"),
    ],
)
def test_one_word_or_two_of_a_public_matter_and_any_refusal(
    is_public, heard, says, state
):
    found = target_of(
        ROW[MatterStep.HEAR_CALL],
        current="said_done",
        is_public=is_public,
        heard=heard,
        says=says,
    )

    assert found == state
