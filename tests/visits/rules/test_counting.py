import pytest

from visits.rules.counting import Spot, points

JIANGSU, XUZHOU, GULOU, TONGSHAN = 32, 3203, 320302, 320312
YANCHENG = 3209


@pytest.mark.parametrize(
    ("spots", "counted"),
    [
        pytest.param([Spot(JIANGSU, XUZHOU, GULOU)], [GULOU], id="a county"),
        pytest.param([Spot(JIANGSU, YANCHENG, None)], [YANCHENG], id="a prefecture"),
        pytest.param([Spot(JIANGSU, None, None)], [JIANGSU], id="a province"),
        pytest.param(
            [Spot(JIANGSU, XUZHOU, None), Spot(JIANGSU, XUZHOU, GULOU)],
            [GULOU, GULOU],
            id="a county named there takes the prefecture in",
        ),
        pytest.param(
            [Spot(JIANGSU, YANCHENG, None), Spot(JIANGSU, XUZHOU, GULOU)],
            [YANCHENG, GULOU],
            id="a county elsewhere does not",
        ),
        pytest.param(
            [Spot(JIANGSU, XUZHOU, GULOU), Spot(JIANGSU, XUZHOU, TONGSHAN)],
            [GULOU, TONGSHAN],
            id="two counties",
        ),
        pytest.param([], [], id="no stop"),
    ],
)
def test_points_of_a_visit(spots, counted):
    assert points(spots) == counted
