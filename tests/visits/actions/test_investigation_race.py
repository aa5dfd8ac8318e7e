"""One finishes while another enters a problem: never a finished topic with one open."""

import threading
import uuid

import pytest
from django.db import connections

from cadres.models import Account
from tests.factories.studies import StudyWorld
from visits.actions.move_investigation import move_investigation
from visits.actions.record_problem import record_problem
from visits.actions.refusals import Refusal
from visits.models import Investigation


@pytest.mark.django_db(transaction=True)
def test_a_topic_is_not_finished_while_a_problem_is_entered(js):
    world = StudyWorld(js)
    study = world.study()
    version = study.version
    together = threading.Barrier(2, timeout=20)
    outcomes = {}

    def finish(mine, who):
        move_investigation(
            mine,
            by=who,
            step="finish",
            record={"report": "完成"},
            version=version,
            now=world.now,
        )

    def enter(mine, who):
        record_problem(
            mine,
            by=who,
            now=world.now,
            client_key=uuid.uuid4(),
            text="管护责任没有分清",
            level="own",
        )

    def act(account, step):
        try:
            mine = Investigation.objects.get(pk=study.pk)
            who = Account.objects.get(pk=account.pk)
            together.wait()
            step(mine, who)
            outcomes[step.__name__] = None
        except Refusal as refusal:
            outcomes[step.__name__] = refusal.code
        finally:
            connections.close_all()

    pairs = [(world.leader, finish), (world.liaison, enter)]
    threads = [threading.Thread(target=act, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    study.refresh_from_db()
    assert outcomes in (
        {"finish": None, "enter": "ended"},
        {"finish": "unsettled", "enter": None},
    )
    assert study.unsettled == study.problems.count() == int(study.is_open)
