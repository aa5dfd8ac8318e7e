"""Who is told of a step, once each, and never who may not see the letter."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import UnitFactory
from tests.factories.letters import PLAIN, officer, take
from visits.actions.draft_step import draft_step, return_draft
from visits.actions.recuse import declare_recusal
from visits.models import NamedParty, Notice
from visits.reports.letter_steps import handlers_of
from visits.rules.letter_states import Step

pytestmark = pytest.mark.django_db
Kind = Notice.Kind


def told(letter, kind):
    rows = Notice.objects.filter(letter=letter, kind=kind)
    return {notice.account for notice in rows.select_related("account")}


def test_the_people_of_a_unit_hear_that_a_letter_came(desk):
    letter = desk.forwarded()

    assert told(letter, Kind.ROUTED) == {desk.handler, desk.head}


def test_once_there_is_a_handler_only_they_and_the_heads_are_urged(desk):
    second = officer(desk.water, Role.HANDLER)
    letter = take(desk.accepted(), Step.NAME_HANDLER, desk.head, handler=desk.handler)

    take(letter, Step.URGE, desk.petition, reasons="请抓紧")

    assert told(letter, Kind.URGED) == {desk.handler, desk.head}
    assert second not in told(letter, Kind.URGED)


def test_urged_twice_is_told_twice(desk):
    letter = desk.forwarded()
    for _i in range(2):
        take(letter, Step.URGE, desk.petition, reasons="请抓紧")

    notices = Notice.objects.filter(letter=letter, kind=Kind.URGED, account=desk.head)
    assert notices.count() == 2


def test_the_office_hears_of_objections_but_not_who_objected(desk):
    other = officer(desk.office)
    both = officer(desk.office)

    letter = take(desk.forwarded(), Step.OBJECT, desk.handler)

    assert told(letter, Kind.DECISION) == {desk.petition, other, both}


def test_common_superior_and_office_hear_of_a_dispute(desk):
    letter = take(desk.accepted(), Step.DISPUTE, desk.handler, reasons="职责交叉")

    assert told(letter, Kind.DECISION) == {desk.superior, desk.petition}


def test_reviewers_hear_of_a_request_unless_they_handled_it(desk):
    letter = desk.answered(received_on=timezone.localdate())
    take(
        letter,
        Step.ASK_REVIEW,
        desk.petition,
        to_unit=desk.above,
        requested_on=timezone.localdate(),
    )

    assert told(letter, Kind.DECISION) == {desk.reviewer}


def test_heads_hear_of_a_draft_and_its_drafter_of_its_return(desk):
    letter = desk.handling()
    draft = draft_step(
        letter,
        by=desk.handler,
        step=Step.EXTEND,
        record=PLAIN[Step.EXTEND],
        version=letter.version,
        now=timezone.localtime(),
    )
    waits = told(letter, Kind.DECISION)
    return_draft(draft, by=desk.head, note="说明理由", now=timezone.localtime())

    assert waits == {desk.head}
    assert told(letter, Kind.RETURNED) == {desk.handler}


def test_who_is_shut_out_is_told_nothing(desk):
    letter = desk.letter()
    NamedParty.objects.create(
        letter=letter, unit=UnitFactory(name="被反映单位"), added_by=desk.clerk
    )
    tied = officer(desk.water, Role.HANDLER, cadre=None)
    tied.unit = NamedParty.objects.get().unit
    tied.save()

    take(letter, Step.FORWARD, desk.petition, to_unit=desk.water)

    assert tied not in told(letter, Kind.ROUTED)
    assert desk.head in told(letter, Kind.ROUTED)


def test_a_sealed_letter_tells_nobody(desk):
    letter = desk.letter()
    take(letter, Step.SORT, desk.petition, category="accusation")

    assert not Notice.objects.filter(letter=letter).exists()


@pytest.mark.parametrize("role", [Role.CLERK, Role.LEADER])
def test_only_who_handles_letters_in_the_unit_is_named(desk, role):
    colleague = officer(desk.water, role)
    letter = desk.accepted()

    with pytest.raises(ValidationError) as refused:
        take(letter, Step.NAME_HANDLER, desk.head, handler=colleague)

    assert refused.value.error_dict["handler"][0].code == "not_of_unit"
    assert list(handlers_of(letter)) == [desk.handler, desk.head]


def test_who_stepped_back_is_not_named(desk):
    letter = desk.accepted()
    declare_recusal(letter, by=desk.handler, ground="亲属", now=timezone.localtime())

    with pytest.raises(ValidationError) as refused:
        take(letter, Step.NAME_HANDLER, desk.head, handler=desk.handler)

    assert refused.value.error_dict["handler"][0].code == "shut_out"
