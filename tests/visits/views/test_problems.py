import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.factories.studies import StudyWorld
from visits.models import Matter, Problem

pytestmark = pytest.mark.django_db
LIST = reverse("visits:problem_list")
TODAY = reverse("visits:today")


@pytest.fixture
def world(js):
    return StudyWorld(js)


def step_url(problem, step):
    return reverse("visits:problem_step", args=[problem.reference, step])


def matter_url(problem):
    return reverse("visits:problem_matter", args=[problem.reference])


def typed(page):
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {
        name: getattr(value, "pk", value)
        for name, value in values.items()
        if value not in (None, False, "")
    }


def listed(browser, show):
    rows = browser.get(f"{LIST}?show={show}").context["rows"]
    return [row.problem.text for row in rows]


def offered(browser, problem):
    page = browser.get(problem.get_absolute_url()).context["page"]
    moves = [*page.others, *([page.expected] if page.expected else [])]
    return {str(move.step) for move in moves}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(
    client, world, count, django_assert_num_queries
):
    study = world.study()
    for _n in range(count):
        world.under_way(study)
    client.force_login(world.liaison)

    with django_assert_num_queries(7):
        response = client.get(f"{LIST}?show=open")

    assert len(response.context["rows"]) == count


def test_what_was_passed_up_waits_in_the_list_of_the_unit_above(client_of, world):
    study = world.study()
    passed = world.passed_up(study)
    world.problem(study, text="本级问题")
    above = client_of(world.above)

    assert above.get(LIST).context["show"] == "passed_up"
    assert listed(above, "passed_up") == [passed.text]
    assert listed(above, "all") == [passed.text]
    page = above.get(step_url(passed, "answer"))
    sent = typed(page) | {"answer_kind": "advice", "answer": "可先行试点"}
    assert above.post(step_url(passed, "answer"), sent).status_code == 302
    assert listed(above, "passed_up") == []
    assert listed(above, "answered") == [passed.text]
    leader = client_of(world.leader)
    assert listed(leader, "from_above") == [passed.text]
    assert "可先行试点" in leader.get(passed.get_absolute_url()).text


@pytest.mark.parametrize("who", ["far", "county_admin", "stranger", "handler"])
def test_a_problem_is_nobody_elses(client_of, world, who):
    problem = world.passed_up()
    browser = client_of(getattr(world, who))

    assert browser.get(problem.get_absolute_url()).status_code == 404
    assert browser.get(step_url(problem, "answer")).status_code == 404
    assert listed(browser, "all") == []


def test_each_is_offered_the_steps_of_their_part(client_of, world):
    study = world.study()
    problem = world.under_way(study, supporting="交通局")
    passed = world.passed_up(study)

    assert offered(client_of(world.handler), problem) == {"report"}
    assert offered(client_of(world.helper), problem) == {"report"}
    assert offered(client_of(world.admin), problem) == set()
    assert offered(client_of(world.above), passed) == {"answer"}
    assert offered(client_of(world.leader), passed) == {"call_back", "hand_over"}
    assert offered(client_of(world.liaison), problem) == {
        "change",
        "report",
        "put_off",
        "pass_up",
        "settle",
        "hand_over",
    }


def test_a_row_is_entered_with_as_much_as_is_known(client, world):
    study = world.study()
    page = reverse("visits:problem_record", args=[study.reference])
    client.force_login(world.liaison)
    sent = typed(client.get(page))

    wrong = client.post(page, sent | {"due_on": "2020-01-01", "text": "水压"})
    client.post(page, sent | {"text": "水压", "root_cause": "管径小"})

    assert list(wrong.context["form"].errors) == ["due_on"]
    assert wrong.context["form"]["text"].value() == "水压"
    problem = study.problems.get()
    assert (problem.state, problem.root_cause) == ("open", "管径小")


def test_a_step_that_somebody_overtook_is_refused_with_what_was_typed(client, world):
    problem = world.under_way()
    client.force_login(world.liaison)
    sent = typed(client.get(step_url(problem, "settle"))) | {"evidence": "已办"}
    world.step(problem, "report", world.handler)

    answer = client.post(step_url(problem, "settle"), sent)

    assert answer.status_code == 422
    form = answer.context["form"]
    assert form["evidence"].value() == "已办"
    assert "已签协议" in answer.text
    again = sent | {"version": form["version"].value()}
    assert client.post(step_url(problem, "settle"), again).status_code == 302


@pytest.mark.parametrize(
    ("step", "sent"),
    [
        ("pass_up", {"passed_to": "9" * 30, "asked": "请"}),
        ("pass_up", {"passed_to": "x", "asked": "请"}),
        ("settle", {"evidence": "办", "look_back_on": "9999-99-99"}),
        ("put_off", {"due_on": "0001-01-01", "reason": "雨"}),
        ("change", {"text": "字" * 301, "level": "own"}),
        ("change", {"text": "问题", "level": "none"}),
    ],
)
def test_no_input_breaks_a_step(client, world, step, sent):
    problem = world.under_way()
    client.force_login(world.liaison)

    answer = client.post(step_url(problem, step), sent | {"version": problem.version})

    assert answer.status_code == 422
    assert len(answer.context["form"].errors) == 1


def test_a_step_that_is_not_offered_leads_back(client, world):
    problem = world.problem()
    client.force_login(world.liaison)

    assert client.get(step_url(problem, "settle")).url == problem.get_absolute_url()
    assert client.get(matter_url(problem)).url == problem.get_absolute_url()


def test_one_click_raises_a_matter_and_both_lead_to_each_other(client, world):
    study = world.study()
    world.finding(study)
    problem = world.problem(study)
    client.force_login(world.liaison)

    page = client.get(matter_url(problem))
    answer = client.post(matter_url(problem), typed(page))

    matter = Matter.objects.get(source="study")
    assert answer.url == matter.get_absolute_url()
    assert matter.subject == problem.text
    assert problem.get_absolute_url() in client.get(matter.get_absolute_url()).text
    assert matter.get_absolute_url() in client.get(problem.get_absolute_url()).text


def test_a_log_keeps_the_stop_at_which_a_study_raised_a_matter(client, world, js):
    study = world.study()
    finding = world.finding(study, places=[js.huancheng, js.shitun])
    problem = world.problem(study)
    client.force_login(world.liaison)
    client.post(matter_url(problem), typed(client.get(matter_url(problem))))
    log = reverse("visits:visit_log", args=[finding.stop.visit.reference])
    page = client.get(log)
    sent = {}
    for form in page.context["sheet"].forms:
        sent |= {
            form.add_prefix(name): form[name].value()
            for name in form.fields
            if form[name].value() not in (None, False)
        }
    for prefix, rows in page.context["sheet"].sets.items():
        sent |= {f"{prefix}-TOTAL_FORMS": len(rows.forms)}
        sent |= {f"{prefix}-INITIAL_FORMS": 0}
    place = finding.stop.place
    sent |= {"stops-0-place": place.path, "stops-0-place_id": place.pk}
    sent |= {"stops-1-place": js.shitun.path, "stops-1-place_id": js.shitun.pk}
    sent |= {"stops-0-DELETE": "on", "findings-0-stop": "1"}

    answer = client.post(log, sent)

    assert answer.status_code == 422
    assert Matter.objects.get(source="study").stop == finding.stop


def test_today_has_one_line_for_each_kind(client_of, world):
    study = world.study()
    for days in (3, 9):
        world.under_way(study, due_on=world.today + timedelta(days=days))
    world.under_way(study, due_on=world.today + timedelta(days=90))
    world.passed_up(study)
    settled = world.settled(study)
    Problem.objects.filter(pk=settled.pk).update(look_back_on=world.today)

    def lines(account):
        tasks = client_of(account).get(TODAY).context["tasks"]
        return [(it.url.rpartition("=")[2], it.days) for it in tasks if LIST in it.url]

    assert lines(world.leader) == [("look_back", 0), ("due", 3)]
    assert lines(world.handler) == [("due", 3)]
    assert lines(world.above) == [("passed_up", 0)]
    assert lines(world.stranger) == []
    leader = client_of(world.leader)
    assert len(listed(leader, "due")) == 2
    assert len(listed(leader, "look_back")) == 1


def test_a_key_sent_twice_is_one_matter(client, world):
    study = world.study()
    world.finding(study)
    problem = world.problem(study)
    client.force_login(world.liaison)
    sent = typed(client.get(matter_url(problem))) | {"client_key": uuid.uuid4()}

    client.post(matter_url(problem), sent)
    client.post(matter_url(problem), sent)

    assert Matter.objects.filter(source="study").count() == 1


def test_officials_near_by_are_offered_as_the_person_in_charge(client, world):
    client.force_login(world.leader)
    problem = world.problem()

    page = client.get(step_url(problem, "start"))

    assert world.cadre in page.context["people"]
    assert page.context["form"]["person"].field.widget.attrs["list"] == "people"
    assert '<datalist id="people">' in page.content.decode()
    again = client.get(step_url(world.passed_up(), "hand_over"))
    assert not again.context["people"]
