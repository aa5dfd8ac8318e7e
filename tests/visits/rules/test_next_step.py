import pytest

from visits.rules.letter_states import LetterState, Step
from visits.rules.next_step import expected_step

S = LetterState


@pytest.mark.parametrize(
    ("state", "offered", "category", "window", "expected"),
    [
        (S.REGISTERED, {Step.SORT, Step.FORWARD}, "", "none", Step.SORT),
        (S.REGISTERED, {Step.SORT, Step.FORWARD}, "request", "none", Step.FORWARD),
        (S.REGISTERED, {Step.ACCEPT}, "request", "none", Step.ACCEPT),
        (S.OBJECTION, {Step.AGREE, Step.REFUSE}, "request", "none", Step.AGREE),
        (S.HANDLING, {Step.ANSWER, Step.INQUIRE}, "request", "none", Step.ANSWER),
        (S.HANDLING, {Step.REPLY}, "suggestion", "none", Step.REPLY),
        (S.ANSWERED, {Step.CLOSE, Step.DELIVER}, "request", "unproven", Step.DELIVER),
        (S.ANSWERED, {Step.CLOSE, Step.DELIVER}, "request", "open", None),
        (S.ANSWERED, {Step.CLOSE, Step.DELIVER}, "request", "over", Step.CLOSE),
        (S.ANSWERED, {Step.CLOSE, Step.DELIVER}, "request", "waived", Step.CLOSE),
        (S.ANSWERED, {Step.CLOSE}, "suggestion", "none", Step.CLOSE),
        (S.ARCHIVED, set(), "request", "none", None),
        (S.FORWARDED, {Step.URGE}, "request", "none", None),
    ],
)
def test_one_step_is_expected_or_none(state, offered, category, window, expected):
    assert expected_step(state, offered, category=category, window=window) == expected
