"""One question for all places of a role, which says what one for each would."""

from datetime import date
from functools import reduce
from operator import or_

import pytest

from cadres.models import Account, Cadre, RoleGrant
from cadres.rules.roles import Role
from tests.factories import AccountFactory, CadreFactory, UnitFactory, VisitFactory
from visits.models import Stop

pytestmark = pytest.mark.django_db
PERMISSION = "visits.report_on_scope"


def test_reach_is_every_scope_and_no_more(js):
    places = [js.xuzhou, js.tongshan, js.gulou, js.yancheng, js.liuji, js.gulou_nj]
    units = [UnitFactory(place=place) for place in places]
    for unit in units:
        CadreFactory(unit=unit)
    account = AccountFactory(role=Role.UNIT_HEAD, role__unit=units[3])
    several = [js.tongshan, js.gulou_nj, js.liuji]
    for given in ([], several[:1], several):
        for place in given:
            RoleGrant.objects.get_or_create(
                account=account,
                role=Role.DISTRICT_ADMIN,
                place=place,
                first=date(2026, 1, 1),
            )
        reader = Account.objects.get(pk=account.pk)
        scopes = reader.scopes(PERMISSION)
        paths = {"place": "unit__place", "unit": "unit"}

        found = Cadre.objects.filter(reader.reach(PERMISSION, **paths))

        assert len(scopes) == len(given) + 1
        each = reduce(or_, (scope.q(**paths) for scope in scopes))
        assert set(found) == set(Cadre.objects.filter(each))
        assert 0 < len(found) < len(places)


def test_without_the_path_of_a_unit_only_places_are_in_reach(js):
    head = AccountFactory(role=Role.UNIT_HEAD, role__unit=UnitFactory(place=js.xuzhou))

    VisitFactory(places=[js.xuzhou])

    assert not Stop.objects.filter(head.reach(PERMISSION, place="")).exists()
