"""What is written once, and what stays once pressure is reported (handbook 12.4)."""

import uuid

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from tests.factories.files import PDF
from tests.factories.letter_world import LetterWorld
from tests.factories.letters import take
from visits.actions.attach_file import Sent, attach_file
from visits.actions.draft_step import draft_step, return_draft
from visits.actions.open_identity import open_identity
from visits.actions.report_pressure import report_pressure
from visits.models import Access, PressureReport
from visits.rules.letter_states import Step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_dir")]


@pytest.fixture
def world(js):
    return LetterWorld(js)


def refused(act):
    with pytest.raises(ProgrammingError), transaction.atomic():
        act()


def drafted(world):
    letter = take(world.at_unit(), Step.ACCEPT, world.handler)
    letter = take(letter, Step.INQUIRE, world.handler)
    draft = draft_step(
        letter,
        by=world.handler,
        step=Step.EXTEND,
        record={"days": 10, "reasons": "需检测", "told_on": timezone.localdate()},
        version=letter.version,
        now=world.now,
    )
    file = attach_file(
        letter,
        by=world.handler,
        file=Sent("a.pdf", PDF),
        client_key=uuid.UUID(int=7),
        now=world.now,
    )
    return letter, draft, file


def test_a_look_is_never_changed_nor_taken_away(world):
    letter = world.letter()
    open_identity(letter, by=world.petition, reason="核实", now=world.now)
    looks = Access.objects.filter(letter=letter)

    refused(lambda: looks.update(reason="别的"))
    refused(looks.delete)
    assert looks.get().reason == "核实"


def test_nobody_empties_the_table_of_looks():
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute("TRUNCATE visits_access"))


def test_after_a_report_drafts_and_files_stay_as_they_are(world):
    letter, draft, file = drafted(world)
    report_pressure(text="被约谈", letter=letter, now=world.now)

    refused(draft.delete)
    refused(file.delete)
    refused(letter.petitioners.all().delete)
    draft.record = {"days": 1}
    refused(lambda: draft.save(update_fields=["record"]))


def test_the_report_itself_stays(world):
    letter = world.at_unit()
    report_pressure(text="被约谈", letter=letter, now=world.now)
    reports = PressureReport.objects.filter(letter=letter)

    refused(reports.delete)
    refused(lambda: reports.update(opened_by=[]))
    refused(lambda: reports.update(letter=None))


def test_work_goes_on_and_shows_nothing_of_the_lock(world):
    letter, draft, _file = drafted(world)
    report_pressure(text="被约谈", letter=letter, now=world.now)

    draft = return_draft(draft, by=world.head, note="请补充", now=world.now)
    letter = take(letter, Step.ANSWER, world.head)

    assert (draft.state, letter.state) == ("returned", "answered")


def test_without_a_report_a_draft_may_go(world):
    _letter, draft, file = drafted(world)

    file.delete()
    draft.delete()
