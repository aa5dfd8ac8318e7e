from datetime import datetime, timedelta

import pytest

from visits.rules.visibility import hidden_until
from visits.rules.visit_states import Mode

ENDS = datetime(2026, 11, 25, 17, 0)


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode != Mode.UNANNOUNCED])
def test_other_visits_never_hide(mode):
    assert hidden_until(mode, ENDS, 24) is None


@pytest.mark.parametrize("hours", [0, 24, 720])
def test_an_unannounced_visit_hides_until_it_is_over_plus_a_delay(hours):
    assert hidden_until(Mode.UNANNOUNCED, ENDS, hours) == ENDS + timedelta(hours=hours)
