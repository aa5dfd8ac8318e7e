from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import AccountFactory, CadreFactory, UnitFactory
from tests.factories.letters import officer, petition_office
from tests.factories.sessions import book, published_session
from visits.actions.cancel_session import cancel_session
from visits.actions.move_session import move_session
from visits.actions.replace_leader import replace_leader
from visits.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(js):
    return petition_office(js.xuzhou)


@pytest.fixture
def cadre(js):
    return CadreFactory(unit=UnitFactory(place=js.xuzhou))


@pytest.fixture
def people(office, cadre):
    """Who is told of this session; nobody else is."""
    found = {
        "planner": officer(office),
        "clerk": officer(office, Role.CLERK),
        "liaison": AccountFactory(
            role=Role.LIAISON, role__unit=cadre.unit, acts_for=[cadre]
        ),
        "leader": AccountFactory(cadre=cadre, unit=cadre.unit, role=Role.LEADER),
    }
    for account_name, account in found.items():
        account.name = account_name
        account.save()
    AccountFactory(role=Role.LIAISON, role__unit=office)  # of another desk's leaders
    officer(petition_office(office.place, name="另一信访局"))
    return found


@pytest.fixture
def session(office, cadre, people):
    session = published_session(office, [cadre], people["planner"])
    book(session, people["clerk"], name="王测试", contact="13800002207")
    return session


def told():
    rows = Notice.objects.values_list("kind", "account__name")
    return sorted((kind, name) for kind, name in rows)


def test_a_cancelled_session_is_told_to_all_concerned(people, session):
    cancel_session(session, by=people["planner"], now=timezone.localtime(), reason="汛")

    found = told()
    for name in ("clerk", "leader", "liaison"):
        assert ("session_off", name) in found
    assert ("session_off", "planner") not in found


def test_a_moved_session_is_told(people, session):
    day = timedelta(days=1)
    move_session(
        session,
        by=people["clerk"],
        now=timezone.localtime(),
        starts_at=timezone.localtime(session.starts_at) + day,
        ends_at=timezone.localtime(session.ends_at) + day,
        reason="检修",
    )

    assert ("session_moved", "planner") in told()
    assert ("session_moved", "clerk") not in told()


def test_who_leaves_and_who_comes_are_told_of_another_leader(people, session, cadre):
    other = CadreFactory(unit=cadre.unit)
    AccountFactory(cadre=other, unit=cadre.unit, role=Role.LEADER, name="successor")

    replace_leader(
        session,
        by=people["planner"],
        now=timezone.localtime(),
        leader=cadre,
        successor=other,
        reason="出差",
    )

    names = [name for _kind, name in told()]
    assert {"leader", "liaison", "successor", "clerk"} <= set(names)


def test_the_notice_names_day_and_place_and_no_caller(client, people, session):
    cancel_session(session, by=people["planner"], now=timezone.localtime(), reason="汛")
    client.force_login(people["clerk"])

    page = client.get(reverse("visits:notice_list")).content.decode()

    assert session.venue in page
    assert "王" not in page
    [notice] = Notice.objects.filter(account=people["clerk"])
    opened = client.post(reverse("visits:notice_open", args=[notice.pk]))
    assert opened.url == session.get_absolute_url()
