"""What shuts someone out is written once for them, and asked each time."""

import pytest

from cadres.models import Account
from cadres.rules.roles import Role
from tests.factories import UnitFactory
from tests.factories.letters import letter_at, officer, petition_office
from visits.models import Letter

pytestmark = pytest.mark.django_db


def test_who_is_named_or_steps_back_meanwhile_is_shut_out(js):
    office = petition_office(js.xuzhou)
    clerk, petition = officer(office, Role.CLERK), officer(office)
    named, left, kept = (
        letter_at(js.huancheng, office=office, by=clerk) for _number in range(3)
    )
    reader = Account.objects.get(pk=petition.pk)
    assert Letter.objects.visible_to(reader).count() == 3

    party = named.named.create(unit=office, added_by=clerk)
    left.recusals.create(
        account=reader, source="own", ground="亲属", recorded_by=reader
    )
    assert list(Letter.objects.visible_to(reader)) == [kept]

    party.delete()
    elsewhere = UnitFactory(name="徐州市水务局", place=js.xuzhou)
    kept.named.create(unit=elsewhere, added_by=clerk)
    assert set(Letter.objects.visible_to(reader)) == {named, kept}
