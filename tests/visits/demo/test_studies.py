"""The demo's investigations: three stories, told through the actions."""

import pytest
from django.db.models import F

from tests.visits.demo.conftest import NOW
from visits.models import Investigation, Problem
from visits.rules.problem_states import ProblemState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]
TODAY = NOW.date()


def test_one_runs_one_is_finished_and_one_is_late():
    told = Investigation.objects.filter(problems__isnull=False).distinct()

    assert sorted(it.state for it in told) == ["finished", "open", "open"]
    late = Problem.objects.late(on=TODAY)
    assert late.values("investigation").distinct().count() == 2
    assert set(Problem.objects.values_list("state", flat=True)) == {
        ProblemState.UNDER_WAY,
        ProblemState.PASSED_UP,
        ProblemState.ANSWERED,
        ProblemState.SETTLED,
        ProblemState.HANDED_OVER,
    }
    assert Problem.objects.exclude(due_on=F("first_due_on")).filter(due_on__gt=TODAY)


def test_what_was_passed_up_is_answered_or_waits_where_someone_signs_in():
    answered = Problem.objects.filter(state=ProblemState.ANSWERED)

    assert set(answered.values_list("answer_kind", flat=True)) == {"taken_on", "advice"}
    waiting = Problem.objects.filter(state=ProblemState.PASSED_UP)
    assert waiting.filter(passed_to__name="徐州市水务局").exists()


def test_the_finished_one_has_findings_in_use_and_places_have_their_reasons():
    finished = Investigation.objects.get(state="finished")

    assert finished.uses.filter(used_on__isnull=False).exclude(effect="").count() == 2
    assert finished.unsettled == 0
    [running] = Investigation.objects.filter(places__isnull=False).distinct()
    assert (running.state, running.places.count()) == ("open", 3)
    assert not running.places.filter(reason="").exists()


def test_every_topic_has_the_log_that_named_it_at_the_head_of_its_history():
    assert not Investigation.objects.filter(events__isnull=True).exists()
