"""What few people see is found by its keys, however much there is beside it.

A condition that has to be asked of each row costs nothing here, and seconds where a
country keeps its visits: so the plan counts, not the time.
"""

import pytest
from django.db import connection

from cadres.rules.roles import Role
from tests.factories import AccountFactory
from visits.models import Investigation, Matter, Question, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit_head(xuzhou_office):
    return AccountFactory(
        unit=xuzhou_office, role=Role.UNIT_HEAD, role__unit=xuzhou_office
    )


def plan_of(rows):
    """How PostgreSQL would go about it if reading all rows were dear, in any order."""
    sql, params = rows.order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        for name in ("seqscan", "indexscan", "indexonlyscan"):
            cursor.execute(f"SET LOCAL enable_{name} = off")
        cursor.execute(f"EXPLAIN {sql}", params)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize("model", [Visit, Question, Investigation])
@pytest.mark.parametrize("who", ["leader", "liaison", "unit_head", "district_admin"])
def test_what_a_city_or_less_sees_is_looked_up_by_key(request, who, model):
    user = request.getfixturevalue(who)

    assert "Index Cond: (id = ANY (" in plan_of(model.objects.visible_to(user))


@pytest.mark.parametrize("who", ["leader", "unit_head", "county_admin"])
def test_matters_are_found_by_whom_they_concern(request, who):
    plan = plan_of(Matter.objects.visible_to(request.getfixturevalue(who)))

    assert "Seq Scan on visits_matter" not in plan
    assert "BitmapOr" in plan or "Recheck Cond: (decided_by_id =" in plan


def test_what_a_province_sees_is_asked_of_each_row_in_its_order(province_admin):
    plan = plan_of(Visit.objects.visible_to(province_admin))

    assert "Index Cond: (id = ANY (" not in plan.partition("SubPlan")[0]
