from datetime import datetime

import pytest

from cadres.rules.audit_retention import kept_since


@pytest.mark.parametrize(
    ("now", "months", "since"),
    [
        (datetime(2026, 11, 30, 9, 5, 1, 7), 36, datetime(2023, 11, 1)),
        (datetime(2026, 3, 1), 6, datetime(2025, 9, 1)),
        (datetime(2026, 12, 31), 12, datetime(2025, 12, 1)),
    ],
)
def test_kept_since_is_the_first_of_a_month(now, months, since):
    assert kept_since(now, months=months) == since
