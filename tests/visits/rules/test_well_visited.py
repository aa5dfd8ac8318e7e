import pytest

from visits.rules.well_visited import well_visited


@pytest.mark.parametrize(
    ("visits", "beside", "studies", "often", "chosen"),
    [
        (5, [1, 0, 2], 0, True, False),
        (5, [1, 0, 2], 1, True, True),
        (1, [0, 0, 0], 2, False, True),
        (9, [], 3, False, True),
    ],
)
def test_it_warns_of_what_is_visited_or_chosen_often(
    visits, beside, studies, often, chosen
):
    warning = well_visited(visits, beside, studies=studies)

    assert (warning.is_often_visited, warning.is_often_chosen) == (often, chosen)


@pytest.mark.parametrize(
    ("visits", "beside", "studies"),
    [
        (3, [0, 0, 0], 0),  # few
        (8, [4, 5, 4], 1),  # as many as elsewhere
        (9, [], 0),  # nothing to compare it with
        (0, [0], 1),
    ],
)
def test_it_does_not_warn_of_what_is_usual(visits, beside, studies):
    assert well_visited(visits, beside, studies=studies) is None
