import pytest

from visits.rules.small_counts import Told, told


@pytest.mark.parametrize(
    ("count", "at_least"),
    [
        (0, 0),
        (1, 0),
        (4, 0),
        (5, 5),
        (9, 5),
        (10, 10),
        (19, 10),
        (20, 20),
        (9999, 5000),
    ],
)
def test_told_outside_is_a_step_and_no_number(count, at_least):
    assert told(count, least=5, is_exact=False) == Told(5, at_least=at_least)


def test_told_to_the_petition_office_is_the_number():
    assert told(3, least=5, is_exact=True) == Told(5, exactly=3)
