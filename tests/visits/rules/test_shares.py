import pytest

from visits.rules.shares import share


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [
        (5, 10, 50),
        (1, 3, None),
        (9, 9, None),
        (0, 10, 0),
        (1, 200, 1),
        (2, 300, 1),
        (199, 200, 100),
        (0, 0, None),
    ],
)
def test_share_needs_a_base_and_rounds_half_up(part, whole, percent):
    assert share(part, whole, min_base=10) == percent


def test_share_of_nothing_is_none_whatever_the_base():
    assert share(0, 0, min_base=0) is None
