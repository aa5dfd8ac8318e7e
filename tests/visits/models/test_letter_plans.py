"""The lists are read from an index in their order, whatever the table holds.

With few rows PostgreSQL would rather sort; what it could do is what counts here.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cadres.models import Account
from cadres.rules.roles import Role
from tests.factories import CadreFactory, UnitFactory
from tests.factories.letters import letter_at, officer, petition_office, take
from visits.actions.hold_letter import hold_letter
from visits.models import Letter, SealedHandler
from visits.reports.letter_search import search_letters, wanted_in
from visits.reports.letter_worklists import Worklist, letters_of
from visits.rules.letter_states import Step

pytestmark = pytest.mark.django_db
DUE = ("due_on", "pk")


@pytest.fixture
def world(js):
    class World:
        place = js.huancheng
        office = petition_office(js.xuzhou)
        petition = officer(office)
        clerk = officer(office, Role.CLERK)
        water = UnitFactory(name="徐州市水务局", place=js.xuzhou)
        handler = officer(water, Role.HANDLER)

        def letter(self, **fields):
            return letter_at(self.place, office=self.office, by=self.clerk, **fields)

    return World()


def plan_of(rows):
    """How PostgreSQL would go about it if neither sorting nor reading all were cheap."""
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        for name in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            cursor.execute(f"SET LOCAL enable_{name} = off")
        cursor.execute(f"EXPLAIN {sql}", params)
        return "\n".join(line for (line,) in cursor.fetchall())


def again(account):
    """The account as the next request has it: what was asked before is forgotten."""
    return Account.objects.get(pk=account.pk)


def in_order(rows, *keys):
    return rows.defer("search_text").order_by(*keys)[:51]


def test_an_office_reads_its_open_letters_in_order(world):
    rows = letters_of(world.petition, Worklist.ALL, on=timezone.localdate(), near=10)
    plan = plan_of(in_order(rows.open().filter(due_on__isnull=False), *DUE))

    assert "letter_open_office" in plan
    assert "Sort" not in plan


def test_an_office_reads_what_it_has_to_decide_in_order(world):
    on = timezone.localdate()
    rows = letters_of(world.petition, Worklist.WAITING, on=on, near=10)
    plan = plan_of(in_order(rows, *DUE))

    assert "letter_at_office" in plan
    assert "Sort" not in plan


def test_a_unit_and_its_handler_read_theirs_in_order(world):
    rows = Letter.objects.visible_to(world.handler).open()
    of_unit = plan_of(in_order(rows, *DUE))
    mine = plan_of(in_order(rows.filter(handler=world.handler), *DUE))

    assert "letter_open_unit" in of_unit
    assert "Sort" not in of_unit
    assert "Sort" not in mine


def test_all_letters_of_an_office_are_read_newest_first(world):
    rows = Letter.objects.visible_to(world.petition)
    plan = plan_of(in_order(rows, "-received_on", "-pk"))

    assert "letter_office_day" in plan
    assert "Sort" not in plan


def test_a_search_can_go_by_the_pairs_or_from_the_newest_on(world):
    rows = search_letters(Letter.objects.visible_to(world.petition), wanted_in("供水"))
    newest = plan_of(in_order(rows, "-received_on", "-pk"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = on")
        cursor.execute("SET LOCAL enable_indexscan = off")
        # Of an office with this few letters its own index would be the shorter way.
        all_letters = search_letters(Letter.objects.all(), wanted_in("供水"))
        sql, params = all_letters.query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", params)
        by_pairs = "\n".join(line for (line,) in cursor.fetchall())

    assert "letter_office_day" in newest
    assert newest.index("strpos") < newest.index("zh_bigrams")
    assert "letter_text_bigrams" in by_pairs


def test_what_comes_by_a_row_of_its_own_is_seen_while_that_row_stands(world):
    leader = officer(world.office, Role.LEADER, cadre=CadreFactory(unit=world.office))
    held = world.letter()
    supported = take(
        world.letter(), Step.FORWARD, world.petition, to_unit=UnitFactory()
    )
    sealed = world.letter(complains_about_someone=True)
    hold = hold_letter(
        held,
        by=world.petition,
        leader=leader.cadre,
        plan="每月会商",
        due_on=timezone.localdate() + timedelta(days=30),
        now=timezone.localtime(),
    )
    supported.supporting_units.add(world.water)
    named = SealedHandler.objects.create(
        letter=sealed, account=world.handler, named_by=world.clerk
    )
    leader, handler = again(leader), again(world.handler)

    assert set(Letter.objects.visible_to(leader)) == {held}
    assert set(Letter.objects.visible_to(handler)) == {supported, sealed}

    # The very same accounts, that have asked before: the rows themselves decide.
    hold.delete()
    named.delete()
    supported.supporting_units.clear()
    assert not Letter.objects.visible_to(leader).exists()
    assert not Letter.objects.visible_to(handler).exists()


def test_more_letters_than_are_named_one_by_one_are_seen_too(world, monkeypatch):
    monkeypatch.setattr("visits.models.letter.FEW", 1)
    letters = [
        take(world.letter(), Step.FORWARD, world.petition, to_unit=UnitFactory())
        for _letter in range(3)
    ]
    for letter in letters:
        letter.supporting_units.add(world.water)

    assert set(Letter.objects.visible_to(again(world.handler))) == set(letters)
