import pytest
from django.urls import reverse

from cadres.rules.roles import Role
from tests.factories import AccountFactory, CadreFactory, UnitFactory
from tests.factories.letters import officer
from tests.factories.studies import StudyWorld
from visits.actions.choose_notices import choose_notices
from visits.models import Notice

pytestmark = pytest.mark.django_db
WATER = {"承办人", "局长"}


@pytest.fixture
def world(js):
    return StudyWorld(js)


def told(kind):
    rows = Notice.objects.filter(kind=kind)
    return set(rows.values_list("account__name", flat=True))


def test_the_unit_above_is_told_what_was_passed_up_to_it(world):
    problem = world.passed_up()

    assert told("problem_up") == {"上级承办人"}
    [notice] = Notice.objects.all()
    assert notice.get_absolute_url() == problem.get_absolute_url()


def test_who_leads_the_lead_unit_and_nobody_else_hear_the_answer(world):
    problem = world.step(world.under_way(), "pass_up", world.leader)

    world.step(problem, "answer", world.above)

    assert told("problem_reply") == {world.leader.name, world.liaison.name} | WATER


def test_a_unit_is_told_when_the_measure_starts_there_or_comes_to_it(world):
    problem = world.problem()
    assert not Notice.objects.exists()

    problem = world.step(problem, "start", world.leader)
    assert told("problem_new") == WATER
    world.step(problem, "report", world.leader)
    row = {"measure": "清淤", "lead_unit": "水务局", "text": "淤塞"}
    problem = world.step(problem, "change", world.leader, **row)
    assert Notice.objects.count() == len(WATER)

    world.step(problem, "change", world.leader, **row | {"lead_unit": "交通局"})
    assert Notice.objects.exclude(account__name__in=WATER).count() > 0


def test_who_switched_answers_off_is_not_told(world):
    problem = world.passed_up()
    choose_notices(by=world.leader, choices={"problem_reply": "none"})

    world.step(problem, "answer", world.above)

    assert told("problem_reply") == {world.liaison.name}


def test_the_list_names_the_problem_and_says_why(client, world):
    world.passed_up()
    client.force_login(world.above)

    page = client.get(reverse("visits:notice_list")).content.decode()

    assert "管护责任没有分清" in page
    assert str(Notice.WHY[Notice.Kind.PROBLEM_UP]) in page
    assert "problem_up" in client.get(reverse("visits:notice_choices")).content.decode()


def test_leading_officials_of_a_unit_are_told_where_nobody_else_works_there(world):
    unit = UnitFactory(name="江苏省水利厅厅办", place=world.province.place)
    AccountFactory(cadre=CadreFactory(unit=unit), unit=unit, role="leader", name="厅长")
    problem = world.step(world.problem(), "pass_up", world.leader, passed_to=unit)
    assert told("problem_up") == {"厅长"}

    officer(unit, Role.HANDLER, name="厅办承办人")
    problem = world.step(problem, "call_back", world.leader)
    world.step(problem, "pass_up", world.leader, passed_to=unit)

    assert told("problem_up") == {"厅长", "厅办承办人"}
    assert Notice.objects.filter(account__name="厅长").count() == 1
