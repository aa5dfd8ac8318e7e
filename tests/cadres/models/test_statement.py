"""What is written once for a process, and filled in each time."""

from datetime import date

import pytest
from django.db.models import BigIntegerField, CharField, Count, Q, Value

from cadres.models import District
from cadres.models.condition import Condition, keys_of
from cadres.models.statement import ConditionSlot, Slot, Statement, each

pytestmark = pytest.mark.django_db


def test_slots_take_values_and_sql_with_its_own(js):
    named = Q(name=Slot("name", CharField()))
    rows = District.objects.filter(pk__in=Slot("known", BigIntegerField())).order_by()
    counts = {"all": Count("pk"), "named": Count("pk", filter=named)}
    statement = Statement.of(rows.values(one=Value(1)).annotate(**counts))

    found = [
        statement.rows(known=keys_of(known), name="柳新镇")
        for known in (
            District.objects.filter(pk__in=[js.liuji.pk, js.village.pk]),
            District.objects.filter(pk=js.village.pk),
            District.objects.none(),
        )
    ]

    assert found == [[(1, 2, 1)], [(1, 1, 0)], [(1, 0, 0)]]


def test_a_day_is_for_a_slot(js):
    today = District.objects.filter(valid_from__lte=date(2026, 11, 22))

    with pytest.raises(AssertionError):
        Statement.of(today.values("pk"))


def test_conditions_that_are_filled_with_others_are_others(js):
    form = Condition(District.objects.filter(pk__in=Slot("known", BigIntegerField())))

    found = [form.filled(known=each(it)) for it in ([js.liuji.pk], [js.js.pk], [])]

    assert [[*District.objects.filter(it)] for it in found] == [[js.liuji], [js.js], []]
    assert len({*found, form.filled(known=each([js.js.pk]))}) == 3


def test_slots_take_conditions_on_the_row_that_is_meant(js):
    known = District.objects.filter(ConditionSlot("known"))
    rows = District.objects.filter(ConditionSlot("outer"), parent__in=known)
    statement = Statement.of(rows.order_by().values_list("pk"))
    is_one_of = Condition(
        District.objects.filter(pk__in=Slot("keys", BigIntegerField()))
    )

    def of(*places):
        return is_one_of.filled(keys=each([place.pk for place in places]))

    both = statement.rows(known=of(js.tongshan), outer=of(js.tangzhang, js.shitun))
    none = statement.rows(known=of(js.xuzhou), outer=of(js.tangzhang))

    assert (both, none) == ([(js.tangzhang.pk,)], [])
    assert set(District.objects.filter(of(js.liuji))) == {js.liuji}
