import pytest

from cadres.rules.outlines import Frame, NoOutline, middle_of, own_code, rings_of

SQUARE = [[117.0, 34.0], [117.2, 34.0], [117.2, 34.2], [117.0, 34.2], [117.0, 34.0]]


def test_a_polygon_and_several_are_rings():
    one = rings_of({"type": "Polygon", "coordinates": [SQUARE]})
    two = rings_of({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]})

    assert one == [[tuple(point) for point in SQUARE]]
    assert two == one * 2


def test_heights_and_points_that_repeat_fall_away():
    points = [[*point, 12.5] for point in SQUARE for _twice in range(2)]

    assert rings_of({"type": "Polygon", "coordinates": [points]}) == [
        [tuple(point) for point in SQUARE]
    ]


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        [],
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [SQUARE[:4]]},
        {"type": "Polygon", "coordinates": [[[1], [2], [3], [1]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"], *SQUARE]]},
        {"type": "Polygon", "coordinates": [[[True, False], *SQUARE]]},
        {"type": "Polygon", "coordinates": [[[float("nan"), 1], *SQUARE]]},
        # Metres of a projection, not degrees.
        {"type": "Polygon", "coordinates": [[[500000, 3700000], *SQUARE]]},
    ],
)
def test_what_is_no_border_is_refused(geometry):
    with pytest.raises(NoOutline):
        rings_of(geometry)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (320312, "320312"),
        ("320312000000", "320312"),
        ("320312103000", "320312103"),
        ("320312103201", "320312103201"),
        ("320300", "3203"),
        ("320000", "32"),
        ("32a", "32a"),
        (None, ""),
        (True, "True"),
        ("²" * 6, "²" * 6),
    ],
)
def test_codes_lose_the_zeros_that_stand_for_lower_levels(given, code):
    assert own_code(given) == code


def test_the_paper_has_north_up_and_the_shape_of_the_land():
    ring = [tuple(point) for point in SQUARE]
    frame = Frame.around([ring])

    assert frame.spot((117.0, 34.2)) == (0, 0)
    assert frame.spot((117.2, 34.0)) == (frame.width, frame.height)
    # At 34° a degree of longitude is 0.83 of one of latitude.
    assert (frame.width, frame.height) == (828, 1000)
    assert frame.path([ring]) == "M0 1000L828 1000L828 0L0 0Z"
    assert middle_of([ring]) == pytest.approx((117.1, 34.1))


def test_what_is_smaller_than_a_dot_is_not_drawn():
    ring = [tuple(point) for point in SQUARE]
    speck = [(117.1, 34.1), (117.10001, 34.1), (117.1, 34.10001), (117.1, 34.1)]
    frame = Frame.around([ring, speck])

    assert frame.path([speck]) == ""
