from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from tests.factories import AccountFactory, at
from visits.actions.give_feedback import give_feedback
from visits.models import Feedback

pytestmark = pytest.mark.django_db
NOW = at("2026-11-24 10:00")


def give(by, text="字太小", now=NOW):
    return give_feedback(by=by, now=now, text=text, page="/visits/")


def test_give_feedback_keeps_who_when_and_where(liaison):
    feedback = give(liaison)

    feedback.refresh_from_db()
    assert (feedback.text, feedback.page) == ("字太小", "/visits/")
    assert (feedback.by, feedback.at) == (liaison, NOW)


def test_give_feedback_twice_at_once_is_one(liaison):
    assert give(liaison) == give(liaison, now=NOW + timedelta(seconds=2))


def test_the_same_words_later_or_from_another_are_new(liaison):
    give(liaison)
    give(liaison, now=NOW + timedelta(hours=1))
    give(AccountFactory())

    assert Feedback.objects.count() == 3


@pytest.mark.parametrize("text", ["", "长" * 1001])
def test_give_feedback_refuses_no_text_and_too_much(liaison, text):
    with pytest.raises(ValidationError) as refusal:
        give(liaison, text)

    assert set(refusal.value.error_dict) == {"text"}
