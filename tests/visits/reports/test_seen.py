from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from cadres.models import Account
from cadres.models.condition import Condition, keys_of
from cadres.rules.roles import Role
from tests.factories import AccountFactory, VisitFactory
from visits.models import Stop, Visit, VisitOfficial
from visits.reports.seen import is_changeable, is_counted, is_own, is_seen
from visits.rules.visit_states import Mode

pytestmark = pytest.mark.django_db

SAYS = {
    is_seen: lambda reader: Visit.objects.visible_to(reader),
    is_own: lambda reader: Visit.objects.own_of(reader),
    is_counted: lambda reader: Visit.objects.countable_by(reader),
    is_changeable: lambda reader: Visit.objects.changeable_by(reader),
}


@pytest.fixture
def visits(leader, liaison, js):
    """Own ones and others', open, hidden, in draft, elsewhere."""
    later = timezone.now() + timedelta(days=2)
    hidden = VisitFactory(mode=Mode.UNANNOUNCED, places=[js.tangzhang], starts_at=later)
    VisitFactory(
        mode=Mode.UNANNOUNCED,
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=later,
    )
    VisitFactory(officials=[leader.cadre], places=[js.liuji], held=True)
    VisitFactory(places=[js.tangzhang], unit=leader.cadre.unit)
    VisitFactory(places=[js.liuji])
    VisitFactory(state="draft", planned_by=liaison, places=[js.liuji])
    assert hidden.is_hidden
    return Visit.objects.all()


def test_a_condition_says_what_its_queryset_says_wherever_it_stands(
    visits, leader, liaison, district_admin, js
):
    clerk = AccountFactory(role=Role.CLERK, role__place=js.tongshan)
    nobody = AccountFactory(role=Role.AUDITOR)

    for reader in (leader, liaison, district_admin, clerk, nobody):
        reader = Account.objects.get(pk=reader.pk)
        for condition, rows in SAYS.items():
            wanted = set(rows(reader))
            known, others = condition(reader), visits.exclude(pk__in=rows(reader))

            assert set(visits.filter(known)) == wanted
            assert set(visits.filter(~Q(known))) == set(others)
            assert set(visits.filter(Q(known, state="draft") | Q(pk=0))) == {
                visit for visit in wanted if visit.state == "draft"
            }
            # In a question within a question, and made of one that has one already.
            stops = Stop.objects.filter(visit__in=visits.filter(known))
            within = VisitOfficial.objects.filter(visit__stops__in=stops)
            assert {it.visit for it in within.distinct()} == wanted
            again = Condition(visits.filter(known, pk__in=stops.values("visit")))
            assert set(visits.filter(again, known)) == wanted
            keys = keys_of(visits.filter(known))
            assert set(visits.filter(pk__in=keys)) == wanted


def test_a_condition_over_other_tables_is_asked_for_by_key(visits, js):
    there = Visit.objects.filter(stops__place=js.liuji, unit__place__isnull=False)

    assert set(visits.filter(Condition(there))) == set(there)
    assert set(visits.filter(Condition(Visit.objects.all()))) == set(visits)
    assert not visits.filter(pk__in=keys_of(Visit.objects.none()))
