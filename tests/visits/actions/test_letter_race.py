"""Two officers act on one letter at once: one wins, the other is told what changed."""

import threading

import pytest
from django.db import connection, connections
from django.utils import timezone

from cadres.models import Account
from tests.factories.letters import officer
from visits.actions.move_letter import move_letter
from visits.actions.refusals import Refusal
from visits.models import Letter
from visits.rules.letter_states import LetterState, Step


@pytest.mark.django_db(transaction=True)
def test_two_at_once_move_a_letter_once(desk, english):
    letter = desk.letter()
    known = letter.version
    officers = [desk.petition, officer(desk.office)]
    together = threading.Barrier(2, timeout=20)
    outcomes = {}

    def forward(account, unit):
        try:
            mine = Letter.objects.get(pk=letter.pk)
            who = Account.objects.get(pk=account.pk)
            together.wait()
            move_letter(
                mine,
                by=who,
                step=Step.FORWARD,
                record={"to_unit": unit, "reasons": "属其职责"},
                version=known,
                now=timezone.localtime(),
            )
            outcomes[account.pk] = None
        except Refusal as refusal:
            outcomes[account.pk] = refusal
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=forward, args=pair)
        for pair in zip(officers, [desk.water, desk.roads], strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    [winner] = [it for it in officers if outcomes[it.pk] is None]
    [loser] = [it for it in officers if outcomes[it.pk] is not None]
    letter.refresh_from_db()
    assert outcomes[loser.pk].code == "stale"
    assert winner.name in outcomes[loser.pk].messages[0]
    assert letter.state == LetterState.FORWARDED
    assert letter.events.filter(step=Step.FORWARD).count() == 1
    assert letter.unit == (desk.water if winner == officers[0] else desk.roads)
    assert connection.vendor == "postgresql"
