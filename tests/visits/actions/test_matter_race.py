"""Two people act on one matter at once: one wins, the other is told what changed."""

import threading

import pytest
from django.db import connections

from cadres.models import Account
from tests.factories.matters import MatterWorld
from visits.actions.move_matter import move_matter
from visits.actions.refusals import Refusal
from visits.models import Matter


@pytest.mark.django_db(transaction=True)
def test_two_at_once_move_a_matter_once(js, english):
    world = MatterWorld(js)
    matter = world.matter()
    known = matter.version
    together = threading.Barrier(2, timeout=20)
    outcomes = {}

    def act(account, step):
        try:
            mine = Matter.objects.get(pk=matter.pk)
            who = Account.objects.get(pk=account.pk)
            together.wait()
            move_matter(
                mine,
                by=who,
                step=step,
                record=world.plain(step),
                version=known,
                now=world.now,
            )
            outcomes[account.name] = None
        except Refusal as refusal:
            outcomes[account.name] = refusal
        finally:
            connections.close_all()

    pairs = [(world.handler, "say_done"), (world.head, "progress")]
    threads = [threading.Thread(target=act, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    [winner] = [name for name, refusal in outcomes.items() if refusal is None]
    [lost] = [refusal for refusal in outcomes.values() if refusal is not None]
    assert lost.code == "stale"
    assert winner in lost.messages[0]
    assert matter.events.count() == 2
