"""Equal names are hinted at, to those who may know them; nothing is inferred."""

import pytest

from cadres.models import Account
from tests.factories.letters import take
from tests.factories.visits import at
from visits.actions.register_letter import Identity
from visits.models import NamedParty, Recusal
from visits.reports.letter_page import letter_page
from visits.reports.recusal_hints import should_check_recusal
from visits.rules.letter_states import Step

pytestmark = pytest.mark.django_db


def written_by(desk, name, **fields):
    return desk.accepted(petitioners=[Identity(name=name)], **fields)


def hinted(letter, account):
    account = Account.objects.get(pk=account.pk)
    return letter_page(letter, account, now=at("2026-03-02 10:00")).check_recusal


def test_a_handler_named_like_the_petitioner_is_hinted_at(desk):
    letter = written_by(desk, desk.handler.name)
    letter = take(letter, Step.NAME_HANDLER, desk.head, handler=desk.handler)

    assert hinted(letter, desk.head)
    # The office has passed the letter on, and may not know the name now.
    assert not hinted(letter, desk.petition)
    assert not Recusal.objects.exists()


def test_another_name_is_not(desk):
    letter = written_by(desk, "张三")
    letter = take(letter, Step.NAME_HANDLER, desk.head, handler=desk.handler)

    assert not hinted(letter, desk.head)


def test_a_name_that_is_kept_secret_is_not_told_by_a_hint(desk):
    letter = written_by(desk, desk.handler.name, keep_name_secret=True)
    letter = take(letter, Step.NAME_HANDLER, desk.head, handler=desk.handler)

    assert not hinted(letter, desk.head)
    assert hinted(letter, desk.petition)


def test_the_handlers_own_unit_named_or_writing_is_hinted_at(desk):
    by_unit = written_by(desk, desk.water.name)
    named = desk.letter()
    NamedParty.objects.create(letter=named, unit=desk.water, added_by=desk.clerk)

    assert should_check_recusal(by_unit, desk.handler, names=True)
    assert should_check_recusal(named, desk.handler, names=False)
    assert not should_check_recusal(named, desk.roads_handler, names=False)
