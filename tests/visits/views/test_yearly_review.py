from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cadres.models import Incident
from cadres.rules.roles import Role
from config.permissions import GRANTS
from tests.factories.letter_world import LetterWorld
from tests.factories.letters import officer
from tests.factories.visits import at
from visits.actions.open_identity import open_identity
from visits.models import Access, DataRequest
from visits.reports.yearly_review import REACHING_NAMES

pytestmark = pytest.mark.django_db
URL = reverse("visits:yearly_review")
LIST = reverse("visits:access_list")


@pytest.fixture
def world(js):
    return LetterWorld(js)


def look(letter, by, moment):
    open_identity(letter, by=by, reason="核实", now=moment)


def asked(letter, **fields):
    request = DataRequest(letter=letter, kind="see", asker="self", **fields)
    request.write("请告知")
    request.save()


def figures(lines):
    return {str(it.label): (it.looks, it.people, it.letters) for it in lines}


def test_each_figure_of_looks_is_the_number_of_rows_it_opens(client_of, world):
    year = world.now.year - 1
    one, two = world.letter(), world.letter()
    look(one, world.petition, at(f"{year}-03-05 10:00"))
    look(one, world.petition, at(f"{year}-03-05 23:30"))
    look(two, world.petition, at(f"{year}-12-31 23:59"))
    look(two, world.petition, at(f"{year + 1}-01-01 00:00"))
    client = client_of(world.auditor)

    review = client.get(URL, {"year": year}).context["review"]

    assert figures([review.total]) == {"": (3, 1, 2)}
    for line in [review.total, *review.kinds, *review.odd]:
        assert len(client.get(line.address).context["rows"]) == line.looks
    [unit] = review.units
    assert (unit.label, unit.looks) == (world.petition.unit.name, 3)
    night = next(it for it in review.odd if "odd=on" in it.address)
    assert night.looks >= 2


def test_it_tells_how_requests_about_data_were_answered(client_of, world):
    letter, sealed = world.letter(), world.sealed()
    asked(letter)
    asked(
        letter,
        at=world.now - timedelta(days=9),
        outcome="refused",
        reasons="须留存",
        answered_by=world.petition,
        answered_at=world.now - timedelta(days=2),
    )
    asked(sealed)

    response = client_of(world.auditor).get(URL)

    # What is sealed does not exist for the auditor, not as a count either.
    [see, correct, _delete] = response.context["review"].asked
    assert (see.asked, see.refused, see.open, see.days) == (2, 1, 1, 7)
    assert (correct.asked, correct.days) == (0, None)


def test_it_names_incidents_and_who_never_needed_the_role(client_of, world):
    Incident.objects.create(
        title="U盘遗失",
        noticed_at=world.now,
        data="台账",
        entered_by=world.auditor,
    )
    officer(world.office, name="从未查看")
    look(world.letter(), world.petition, world.now)

    response = client_of(world.auditor).get(URL)

    assert "U盘遗失" in response.content.decode()
    holders = {it.role: it for it in response.context["review"].holders}
    petition = holders[Role.PETITION_OFFICER.label]
    assert petition.people - petition.never == 1
    assert petition.never >= 1


def test_the_roles_it_counts_are_those_that_open_names():
    opening = {"visits.open_identity", "visits.seal_letter"}

    assert {role for role in Role if GRANTS[role] & opening} == set(REACHING_NAMES)


@pytest.mark.parametrize("year", ["", "0", "2026x", "١٤٤٧", "9" * 30])
def test_a_year_it_does_not_know_is_this_one(client_of, world, year):
    response = client_of(world.auditor).get(URL, {"year": year})

    assert response.context["review"].period.year == world.now.year


def test_only_the_auditor_reads_it(client_of, world):
    for account in (world.petition, world.handler, world.head):
        assert client_of(account).get(URL).status_code in (403, 404)


def test_it_costs_the_same_whatever_the_looks(client_of, world):
    client = client_of(world.auditor)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        return len(queries)

    look(world.letter(), world.petition, world.now)
    before = cost()
    for _ in range(3):
        look(world.letter(), officer(world.office), world.now)
    assert Access.objects.count() >= 4
    assert cost() == before
