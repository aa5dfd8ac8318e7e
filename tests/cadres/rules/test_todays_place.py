"""Where places of the past belong today."""

from datetime import date

import pytest

from cadres.rules.todays_place import Heir, PlaceThen, todays_places

DAY = date(2021, 3, 1)
# Province 1; cities 10, 20; counties 11, 12 of 10, and 21 of 20; townships 111, 112.
OTHERS = {
    11: (1, 10, 11, None, None),
    12: (1, 10, 12, None, None),
    21: (1, 20, 21, None, None),
    111: (1, 10, 11, 111, None),
    112: (1, 10, 11, 112, None),
    121: (1, 10, 12, 121, None),
    211: (1, 20, 21, 211, None),
}


def township(*heirs, on=DAY, parent=11):
    """Number 119 of county 11, ended on the day before."""
    chain = (1, 10, parent, 119, None)
    return PlaceThen(4, parent, chain, DAY, [Heir(heir, on) for heir in heirs])


@pytest.mark.parametrize(
    ("heirs", "chain", "is_divided"),
    [
        pytest.param([111], OTHERS[111], False, id="renamed, recoded or merged"),
        pytest.param([121], OTHERS[121], False, id="moved to another county"),
        pytest.param(
            [111, 112], (1, 10, 11, 119, None), True, id="split in its county"
        ),
        pytest.param(
            [111, 121], (1, 10, None, 119, None), True, id="over two counties"
        ),
        pytest.param(
            [111, 211], (1, None, None, 119, None), True, id="over two cities"
        ),
        pytest.param([], (1, 10, 11, 119, None), False, id="nothing came of it"),
    ],
)
def test_a_place_that_has_ended_is_followed(heirs, chain, is_divided):
    today = todays_places({119: township(*heirs)}, OTHERS)

    assert today.chains[119] == chain
    assert (119 in today.divided) == is_divided


def test_it_is_followed_through_several_changes_and_to_one_place_by_two_ways():
    changed = {
        119: township(118, 117),
        118: township(111),
        117: township(116),
        116: township(111),
    }

    today = todays_places(changed, OTHERS)

    assert set(today.chains.values()) == {OTHERS[111]}
    assert not today.divided


def test_what_hangs_on_it_goes_with_it():
    village = PlaceThen(5, 119, (1, 10, 11, 119, 1199))

    moved = todays_places({119: township(121), 1199: village}, OTHERS)
    divided = todays_places({119: township(111, 121), 1199: village}, OTHERS)

    assert moved.chains[1199] == (1, 10, 12, 121, 1199)
    assert divided.chains[1199] == (1, 10, None, 119, 1199)
    assert divided.divided == {119}


def test_a_county_made_into_townships_stands_below_what_they_share():
    county = PlaceThen(
        3, 10, (1, 10, 19, None, None), DAY, [Heir(111, DAY), Heir(112, DAY)]
    )

    today = todays_places({19: county}, OTHERS)

    assert today.chains[19] == (1, 10, 11, 19, None)


def test_land_lost_before_the_end_is_not_what_became_of_it():
    place = PlaceThen(
        4,
        11,
        (1, 10, 11, 119, None),
        DAY,
        [Heir(121, date(2010, 1, 1)), Heir(111, date(2021, 3, 2))],
    )

    assert todays_places({119: place}, OTHERS).chains[119] == OTHERS[111]


def test_a_circle_ends():
    today = todays_places({119: township(118), 118: township(119)}, OTHERS)

    assert set(today.chains) == {118, 119}
