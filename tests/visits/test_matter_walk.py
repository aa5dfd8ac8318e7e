"""Random walks of matters through the real steps: a promise cannot vanish.

Whatever people try, in whatever order: it is open, awaits the people's word, is struck
off with that word, or was reopened; and its history tells how it came there.
"""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.matters import MatterWorld
from visits.actions.move_matter import move_matter
from visits.actions.print_slips import print_slips
from visits.actions.speak_by_code import find_slip, speak_by_code
from visits.models import Matter
from visits.rules.matter_states import (
    AWAITING,
    HEARS,
    OPEN,
    ROW,
    WITH_WORD,
    MatterStep,
    words_needed,
)

pytestmark = pytest.mark.django_db
PEOPLE = ["leader", "liaison", "handler", "head", "petition", "admin", "second", "far"]
STEPS = [*ROW, MatterStep.SLIP]


@pytest.fixture
def world(js):
    return MatterWorld(js)


def attempt(world, matter, step, who, says, finding, codes):
    person = getattr(world, who)
    if step == MatterStep.SLIP:
        codes[:] = print_slips(matter, by=person, now=world.now)
    elif step == MatterStep.HEAR_CODE:
        code = codes[0] if codes else "22222222"
        slip = find_slip(
            reference=matter.reference, code=code, address="", now=world.now
        )
        speak_by_code(slip, says=says, now=world.now)
        codes.pop(0)
    else:
        record = world.plain(step) | {"says": says, "finding": finding}
        if step == MatterStep.ASK_DELAY and matter.due_on:
            record["new_due_on"] = matter.due_on + timedelta(days=5)
        move_matter(
            matter,
            by=person,
            step=step,
            record=record,
            version=matter.version,
            now=world.now,
        )


def check(matter):
    events = list(matter.events.order_by("pk"))
    assert matter.state in {*OPEN, *AWAITING, *WITH_WORD}
    assert events[-1].to_state == matter.state
    assert all(
        before.to_state == after.from_state for before, after in pairwise(events)
    )
    if matter.state in WITH_WORD:
        since = max(
            (
                number
                for number, it in enumerate(events)
                if it.step in (MatterStep.SAY_DONE, MatterStep.RAISE)
                or it.to_state == "reopened"
            ),
            default=0,
        )
        words = [it.record["says"] for it in events[since + 1 :] if it.step in HEARS]
        assert words.count("settled") >= words_needed(is_public=matter.is_public)
        assert "not_settled" not in words
    moved = {
        it.record["before_due_on"] for it in events if "before_due_on" in it.record
    }
    if matter.first_due_on and matter.first_due_on != matter.due_on:
        assert matter.first_due_on.isoformat() in moved


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    is_public=st.booleans(),
    is_settled=st.booleans(),
    tries=st.lists(
        st.tuples(
            st.sampled_from(STEPS),
            st.sampled_from(PEOPLE),
            st.sampled_from(["settled", "settled", "not_settled"]),
            st.sampled_from(["holds", "fails"]),
        ),
        max_size=25,
    ),
)
def test_a_promise_cannot_vanish(world, is_public, is_settled, tries):
    make = world.settled if is_settled else world.matter
    matter = make(is_public=is_public)
    codes = []
    for step, who, says, finding in tries:
        # Of what people try, mostly what the state allows: else a walk stands still.
        if step in ROW and matter.state not in ROW[step].sources:
            fitting = [it for it in ROW if matter.state in ROW[it].sources]
            step = fitting[len(step) % len(fitting)]
        try:
            with transaction.atomic():
                attempt(world, matter, step, who, says, finding, codes)
        except ValidationError:
            pass
        matter = Matter.objects.get(pk=matter.pk)
        check(matter)
