"""Two act on one accusation at once: in either order, nobody waits for the other."""

import threading
import time
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from cadres.models import Account
from cadres.rules.roles import Role
from tests.factories.letter_world import LetterWorld
from tests.factories.letters import officer, take
from visits.actions.draft_step import approve_draft, draft_step
from visits.actions.hold_letter import hold_letter, note_progress
from visits.actions.move_letter import move_letter
from visits.actions.name_party import name_party
from visits.actions.open_identity import open_identity
from visits.actions.seal_transfer import ask_transfer, confirm_transfer
from visits.models import Access, LeaderHold, Letter, LetterEvent
from visits.rules.letter_states import LetterState, Step

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(js):
    return LetterWorld(js)


def race(letter, *acts):
    """Let all `acts` meet at the letter's row, in this order; what became of each."""
    outcomes = [None] * len(acts)

    def run(number, act):
        try:
            act()
            outcomes[number] = "done"
        except ValidationError as refusal:
            outcomes[number] = refusal.code
        except DatabaseError as fault:  # a deadlock, above all
            outcomes[number] = fault
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(acts)
    ]
    with transaction.atomic():
        Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
        for count, thread in enumerate(threads, start=1):
            thread.start()
            wait_for(count)
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


def wait_for(count):
    """Until so many connections of this very database wait for a lock."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] >= count:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def again(account):
    return Account.objects.get(pk=account.pk)


def proposed(world):
    letter = world.sealed(named_units=[world.water])
    transfer = ask_transfer(
        letter, by=world.sealer, to_unit=world.discipline, reasons="属", now=world.now
    )
    return letter, transfer


def test_two_confirmations_hand_it_on_once(world):
    letter, transfer = proposed(world)
    third = officer(world.office, Role.SEAL_OFFICER)

    def confirm(account):
        return lambda: confirm_transfer(
            transfer, by=again(account), now=timezone.localtime()
        )

    # Whoever waits longer need not come first: one of them does, whichever.
    outcomes = race(letter, confirm(world.second), confirm(third))
    assert sorted(outcomes) == ["decided", "done"]
    letter.refresh_from_db()
    assert (letter.state, letter.unit) == (LetterState.SEALED, world.discipline)
    assert LetterEvent.objects.filter(letter=letter, step=Step.SEAL).count() == 1


@pytest.mark.parametrize("first", ["naming", "confirming"])
def test_whom_it_names_never_gets_it_however_close(world, first):
    letter, transfer = proposed(world)

    def name():
        name_party(
            letter,
            by=again(world.sealer),
            official=None,
            unit=world.discipline,
            now=timezone.localtime(),
        )

    def confirm():
        confirm_transfer(transfer, by=again(world.second), now=timezone.localtime())

    acts = [name, confirm] if first == "naming" else [confirm, name]
    outcomes = race(letter, *acts)

    assert outcomes == ["done", "decided" if first == "naming" else "not_yours"]
    letter.refresh_from_db()
    is_named = letter.named.filter(unit=world.discipline).exists()
    assert is_named == (first == "naming")
    assert (letter.unit == world.discipline) == (first == "confirming")


def sealing(world, letter):
    version = Letter.objects.get(pk=letter.pk).version
    return lambda: move_letter(
        letter,
        by=again(world.handler),
        step=Step.FIND_ACCUSATION,
        record={"reasons": "反映干部"},
        version=version,
        now=timezone.localtime(),
    )


@pytest.mark.parametrize("first", ["sealing", "opening"])
def test_who_looks_while_it_is_sealed_looks_before_or_not_at_all(world, first):
    letter = take(world.at_unit(), Step.ACCEPT, world.handler)
    seal = sealing(world, letter)

    def look():
        open_identity(
            letter, by=again(world.handler), reason="核实", now=timezone.now()
        )

    outcomes = race(letter, *([seal, look] if first == "sealing" else [look, seal]))

    assert outcomes == ["done", "not_yours" if first == "sealing" else "done"]
    assert Access.objects.filter(letter=letter).exists() == (first == "opening")
    letter.refresh_from_db()
    assert letter.is_sealed


@pytest.mark.parametrize("first", ["sealing", "other"])
@pytest.mark.parametrize("what", ["progress", "draft"])
def test_what_is_written_while_it_is_sealed_leaves_no_word(world, leader, what, first):
    letter = take(world.at_unit(), Step.ACCEPT, world.handler)
    letter = take(letter, Step.INQUIRE, world.handler)
    if what == "progress":
        day = timezone.localdate() + timedelta(days=9)
        hold = hold_letter(
            letter,
            by=world.petition,
            leader=leader.cadre,
            plan="协调",
            due_on=day,
            now=world.now,
        )

        def other():
            note_progress(hold, by=again(world.petition), progress="查清了")

    else:
        record = {"days": 9, "reasons": "需检测", "told_on": timezone.localdate()}
        draft = draft_step(
            letter,
            by=world.handler,
            step=Step.EXTEND,
            record=record,
            version=letter.version,
            now=world.now,
        )

        def other():
            approve_draft(draft, by=again(world.head), now=timezone.localtime())

    seal = sealing(world, letter)
    outcomes = race(letter, *([seal, other] if first == "sealing" else [other, seal]))

    # An approved draft is a step of its own: then whoever seals looks again.
    loser = {"progress": "not_yours", "draft": "decided"}[what]
    if first == "sealing":
        assert outcomes == ["done", loser]
    else:
        assert outcomes == ["done", "stale" if what == "draft" else "done"]
    letter.refresh_from_db()
    assert letter.is_sealed == (outcomes[0 if first == "sealing" else 1] == "done")
    texts = str(list(LeaderHold.objects.values_list("plan", "progress")))
    assert ("查清了" in texts or "协调" in texts) == (
        what == "progress" and not letter.is_sealed
    )
