import pytest

from visits.rules.visit_states import (
    BOOKED,
    EDITABLE,
    HELD,
    MOVES,
    TO_COME,
    VisitState,
    may_move,
)


@pytest.mark.parametrize(
    ("current", "wanted", "allowed"),
    [
        ("draft", "planned", True),
        ("draft", "approved", False),
        ("draft", "not_held", False),
        ("planned", "approved", True),
        ("planned", "announced", False),
        ("approved", "announced", True),
        ("announced", "logged", True),
        ("planned", "logged", True),
        ("logged", "confirmed", True),
        ("logged", "cancelled", False),
        ("confirmed", "logged", True),
        ("confirmed", "cancelled", False),
        ("cancelled", "planned", False),
        ("not_held", "logged", False),
    ],
)
def test_may_move(current, wanted, allowed):
    assert may_move(current, wanted) is allowed


def test_every_state_has_its_moves_and_leads_on_to_known_states():
    assert set(MOVES) == set(VisitState)
    assert set().union(*MOVES.values()) <= set(VisitState)


def test_groups_of_states_fit_together():
    assert set(TO_COME) | set(HELD) == set(BOOKED)
    assert set(EDITABLE) == {VisitState.DRAFT, *TO_COME}
