import pytest

from visits.rules.light_travel import warnings_of

LIMITS = {"escorts.max": 5, "vehicles.max": 2, "press.max": 2, "materials.max": 1}


@pytest.mark.parametrize(
    ("plan", "count"),
    [
        pytest.param({}, 0, id="nothing typed yet"),
        pytest.param({"escorts_own": 99}, 0, id="the own office is no burden"),
        pytest.param({"escorts_county": 5}, 0, id="five escorts"),
        pytest.param({"escorts_county": 3, "escorts_township": 3}, 1, id="six escorts"),
        pytest.param({"vehicles": 2, "press": 2}, 0, id="two of each"),
        pytest.param({"vehicles": 3, "press": 3}, 2, id="three of each"),
        pytest.param({"vehicles": None}, 0, id="not a number"),
        pytest.param({"materials": ["报表"]}, 0, id="one paper"),
        pytest.param({"materials": ["报表", "汇报"]}, 1, id="two papers"),
        pytest.param(
            {"mode": "unannounced", "materials": ["报表"]}, 1, id="unannounced: none"
        ),
        pytest.param(
            {"mode": "unannounced", "escorts_township": 1}, 1, id="unannounced: alone"
        ),
        pytest.param(
            {"mode": "unannounced", "escorts_superior": 2}, 0, id="from above they may"
        ),
    ],
)
def test_warnings_of_a_plan(plan, count):
    assert len(warnings_of(plan, LIMITS)) == count
