"""Jobs run at least once: a second time, by whatever clock, changes nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.factories.letter_world import LetterWorld
from tests.factories.letters import letter_at
from visits.models import Notice
from visits.operate.postgres import tables_of
from visits.tasks import (
    draw_samples,
    expire,
    forget,
    mail,
    mask,
    recount_day,
    scan_what_waits,
    sweep,
    warn,
)

PERIODIC = (warn, draw_samples, forget, mail, scan_what_waits, expire, mask, sweep)


@pytest.mark.django_db
def test_every_task_may_run_twice_and_by_any_clock(js, files_dir):
    world = LetterWorld(js)
    past = timezone.localtime() - timedelta(days=70)
    letter_at(world.place, office=world.office, by=world.clerk, now=past)
    kept = []

    for timestamp in (0, 2**40, -(2**40)):
        for task in PERIODIC:
            task(timestamp)
        recount_day(day="2026-05-01")
        kept.append(tables_of(connection))

    assert Notice.objects.exists()
    assert kept[1:] == kept[:-1]
