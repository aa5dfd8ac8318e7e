import pytest

from cadres.rules.roles import Role, may_hold_both

S, C, A = Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        (S, S, True),
        (S, C, False),
        (S, A, False),
        (C, A, False),
        (C, Role.LEADER, False),
        (Role.LEADER, C, False),
        (S, Role.LIAISON, True),
        (A, Role.REPORT_READER, True),
        (Role.LEADER, Role.UNIT_HEAD, True),
    ],
)
def test_may_hold_both_keeps_the_three_posts_apart(one, other, may):
    assert may_hold_both(one, other) is may
