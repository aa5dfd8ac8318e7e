from visits.rules.matter_drawing import arrows, drawing
from visits.rules.matter_states import HEARS, TABLE, MatterState, MatterStep


def test_every_state_is_reached_from_the_first():
    reached, onward = set(), {""}
    while onward:
        reached |= onward
        onward = {t for s, t in arrows() if s in reached} - reached

    assert reached - {""} == set(MatterState.values)


def test_only_the_word_of_the_people_confirms_and_nothing_is_struck_off_before_it():
    confirming = {
        s for (_, t), steps in arrows().items() if t == "confirmed" for s in steps
    }
    before_struck_off = {s for (s, t) in arrows() if t == MatterState.STRUCK_OFF}

    assert confirming == set(HEARS)
    assert before_struck_off == {MatterState.CONFIRMED}


def test_a_word_that_it_is_not_settled_is_drawn_too():
    reopening = arrows()[MatterState.SAID_DONE, MatterState.REOPENED]

    assert set(HEARS) < set(reopening)
    assert (
        MatterStep.LOOK_BACK in arrows()[MatterState.STRUCK_OFF, MatterState.REOPENED]
    )


def test_every_step_of_the_table_is_in_the_drawing(english):
    text = drawing()

    assert [move.step for move in TABLE if f"| {move.step.label} |" not in text] == []
