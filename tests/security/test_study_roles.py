"""Which role opens which page of investigations; to the others it does not exist."""

import pytest
from django.urls import reverse

from cadres.rules.roles import Role
from tests.study_addresses import ADDRESSES

pytestmark = pytest.mark.django_db
LEADS = {Role.LEADER, Role.LIAISON}
# The office of all accounts is the leader's own; its other people read along.
READS = {
    Role.CLERK,
    Role.PETITION_OFFICER,
    Role.HANDLER,
    Role.UNIT_HEAD,
    Role.DISTRICT_ADMIN,
}
OPENS = {
    "visits:investigation_list": LEADS | READS,
    "visits:investigation_detail": LEADS | READS,
    "visits:problem_list": LEADS | READS,
    "visits:problem_detail": LEADS | READS,
    "visits:investigation_open": LEADS,
    "visits:investigation_change": LEADS,
    "visits:investigation_place_choose": LEADS,
    "visits:investigation_use_plan": LEADS,
    "visits:investigation_use_record": LEADS,
    "visits:problem_record": LEADS,
    "visits:investigation_step": LEADS,
    "visits:study_areas": {Role.DISTRICT_ADMIN},
}


def test_every_role_opens_what_is_its_business_and_nothing_else(world, client):
    found = {name: set() for name in OPENS}
    for role, account in world.accounts.items():
        client.force_login(account)
        for name in OPENS:
            answer = client.get(world.url(name, ADDRESSES[name]))
            assert answer.status_code in (200, 403, 404)
            if answer.status_code == 200:
                found[name].add(role)

    assert found == OPENS


def test_a_step_is_offered_to_those_whose_part_it_is(world, client):
    problem = world.things["problem"]
    found = set()
    for role, account in world.accounts.items():
        client.force_login(account)
        for step in ("settle", "report"):
            url = reverse("visits:problem_step", args=[problem, step])
            if client.get(url).status_code == 200:
                found.add((role, step))

    both = {(role, step) for role in LEADS for step in ("settle", "report")}
    of_unit = {(role, "report") for role in (Role.HANDLER, Role.UNIT_HEAD)}
    assert found == both | of_unit
