from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import AccountFactory, FindingFactory, InvestigationFactory
from tests.factories.letters import officer
from tests.factories.studies import StudyWorld
from visits.actions.choose_place import choose_place
from visits.models import Investigation, StudyArea

pytestmark = pytest.mark.django_db
LIST = reverse("visits:investigation_list")


@pytest.fixture
def world(js):
    return StudyWorld(js)


def url(study, what="detail", *more):
    return reverse(f"visits:investigation_{what}", args=[study.reference, *more])


def typed(page):
    """The form's own first values, as a browser would send them."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {
        name: getattr(value, "pk", value)
        for name, value in values.items()
        if value not in (None, False, "")
    }


def place_data(place, **more):
    return {"place": place.path, "place_id": place.pk, "reason": "反映集中"} | more


def topics(browser, query=""):
    return [it.topic for it, _n in browser.get(f"{LIST}?{query}").context["rows"]]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(
    client, world, count, django_assert_num_queries
):
    for _n in range(count):
        world.problem()
    client.force_login(world.liaison)

    with django_assert_num_queries(9):
        response = client.get(LIST)

    assert len(response.context["rows"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_the_same_for_any_number(
    client, world, js, count, django_assert_num_queries
):
    study = world.study()
    for _n in range(count):
        world.under_way(study)
        world.finding(study)
    client.force_login(world.liaison)

    with django_assert_num_queries(13):
        response = client.get(study.get_absolute_url())

    assert len(response.context["page"].problems) == count


def test_the_list_is_by_state_area_and_leader(client, world):
    area = StudyArea.objects.first()
    world.study(topic="甲", area=area)
    late = world.under_way(world.study(topic="乙"))
    late.due_on = late.first_due_on = world.today - timedelta(days=3)
    late.save()
    world.move(world.study(topic="丙"), "finish")
    client.force_login(world.liaison)

    assert topics(client) == ["乙", "甲"]
    assert topics(client, "show=late") == ["乙"]
    assert topics(client, "show=finished") == ["丙"]
    assert topics(client, f"show=all&area={area.pk}") == ["甲"]
    assert topics(client, f"show=all&leader={world.cadre.pk}") == ["丙", "乙", "甲"]
    assert topics(client, "area=0&leader=x&show=never") == ["乙", "甲"]


def test_who_sees_an_investigation(client_of, world, js):
    study = world.study()
    inside = [
        world.leader,
        world.liaison,
        world.admin,
        officer(world.office, Role.CLERK),
    ]
    outside = [
        world.far,
        world.county_admin,
        world.handler,
        world.above,
        world.stranger,
        AccountFactory(role=Role.REPORT_READER, role__place=js.xuzhou),
    ]

    for account in inside:
        assert client_of(account).get(url(study)).status_code == 200
    for account in outside:
        assert client_of(account).get(url(study)).status_code in (403, 404)


def test_who_has_a_problem_in_hand_sees_that_and_no_more(client_of, world, js):
    study = world.study()
    world.finding(study)
    mine = world.under_way(study, text="我的问题")
    world.problem(study, text="别人的问题")
    passed = world.passed_up(study)

    for account, expected in ((world.handler, mine), (world.above, passed)):
        page = client_of(account).get(url(study)).context["page"]
        assert [row.problem for row in page.problems] == [expected]
        assert not (page.is_near or page.places or page.uses or page.history)


def test_a_place_that_was_visited_sees_the_finding_there_and_no_plan(
    client_of, world, js
):
    study = world.study()
    world.finding(study, places=[js.tangzhang])
    world.finding(study, places=[js.huancheng])
    study.places.create(
        place=js.liuji, county=js.tongshan, reason="计划", chosen_by=world.liaison
    )
    world.problem(study)

    page = client_of(world.county_admin).get(url(study)).context["page"]

    assert [line.place for line in page.places] == [js.tangzhang]
    assert not (page.problems or page.history)


def test_what_an_unannounced_visit_found_is_hidden_until_it_is_over(
    client_of, world, js
):
    hidden = {
        "mode": "unannounced",
        "starts_at": timezone.now() - timedelta(hours=5),
        "places": [js.tangzhang],
    }
    study = InvestigationFactory(leader=world.cadre, topic="暗访课题")
    world.finding(study, **hidden)
    told = world.study()
    world.finding(told, **hidden | {"starts_at": timezone.now() - timedelta(hours=9)})

    for account in (world.admin, world.county_admin):
        browser = client_of(account)
        assert browser.get(url(study)).status_code == 404
        assert "暗访课题" not in topics(browser, "show=all")
    assert client_of(world.county_admin).get(url(told)).status_code == 404
    assert client_of(world.admin).get(url(told)).context["page"].places == []
    own = client_of(world.leader)
    assert len(own.get(url(study)).context["page"].places) == 1
    assert len(own.get(url(told)).context["page"].places) == 1
    place = reverse("cadres:place_detail", args=[js.tangzhang.pk])
    seen = client_of(world.admin).get(place).context["investigations"]
    assert list(seen) == []
    assert len(own.get(place).context["investigations"]) == 2


def test_where_an_unannounced_study_means_to_go_its_leader_alone_knows(
    client_of, world, js
):
    study = world.study(methods=["unannounced"])
    for place in (js.tangzhang, js.huancheng):
        choose_place(study, by=world.liaison, now=world.now, place=place, reason="暗访")
    world.finding(study, places=[js.huancheng])

    def known(account):
        browser = client_of(account)
        page = browser.get(url(study)).context["page"]
        steps = [event.step for event, _words in page.history]
        there = browser.get(js.tangzhang.get_absolute_url()).context["investigations"]
        return [line.place for line in page.places], steps, list(there)

    assert known(world.admin) == ([js.huancheng], ["begin"], [])
    assert known(world.leader) == (
        [js.tangzhang, js.huancheng],
        ["choose_place", "choose_place", "begin"],
        [study],
    )


def test_it_is_opened_and_changed_by_who_leads_and_who_acts_for_them(client_of, world):
    browser = client_of(world.liaison)
    page = browser.get(reverse("visits:investigation_open"))
    sent = typed(page) | {"topic": "供水", "methods": ["stay"], "talked_firms": "4"}
    answer = browser.post(page.request["PATH_INFO"], sent)

    study = Investigation.objects.get(topic="供水")
    assert answer.url == study.get_absolute_url()
    assert (study.leader, study.talked_firms) == (world.cadre, 4)
    page = browser.get(url(study, "change"))
    answer = browser.post(url(study, "change"), typed(page) | {"topic": "供水保障"})
    assert answer.status_code == 302
    study.refresh_from_db()
    assert (study.topic, study.methods) == ("供水保障", ["stay"])


def test_a_fault_is_shown_beside_its_field_with_what_was_typed(client, world):
    study = world.study()
    client.force_login(world.liaison)
    page = client.get(url(study, "change"))

    for sent, field in (
        ({"topic": ""}, "topic"),
        ({"ends_on": "2020-01-01"}, "ends_on"),
        ({"talked_firms": "9" * 30}, "talked_firms"),
        ({"topic": "身份证110101199003070038"}, "topic"),
        ({"topic": "a\x00b"}, "topic"),
    ):
        answer = client.post(url(study, "change"), typed(page) | sent)
        assert answer.status_code in (400, 422)
        if answer.status_code == 422:
            assert list(answer.context["form"].errors) == [field]


def test_who_was_slower_sees_what_was_saved_and_keeps_what_was_typed(client, world):
    study = world.study(topic="供水", methods=["stay"])
    client.force_login(world.liaison)
    sent = typed(client.get(url(study, "change")))
    client.post(url(study, "change"), sent | {"topic": "供水保障"})

    slower = sent | {"topic": "供水管护", "methods": ["stay", "visit"]}
    answer = client.post(url(study, "change"), slower)

    assert answer.status_code == 422
    assert "供水保障" in answer.text
    form = answer.context["form"]
    assert form["methods"].value() == ["stay", "visit"]
    again = slower | {"version": form["version"].value()}
    assert client.post(url(study, "change"), again).status_code == 302
    study.refresh_from_db()
    assert study.topic == "供水管护"


@pytest.mark.parametrize("who", ["admin", "handler", "above", "county_admin"])
def test_others_change_nothing(client_of, world, js, who):
    study = world.study()
    world.passed_up(study)
    browser = client_of(getattr(world, who))
    pages = [
        url(study, "change"),
        url(study, "place_choose"),
        url(study, "use_plan"),
        url(study, "step", "finish"),
        reverse("visits:problem_record", args=[study.reference]),
    ]

    answers = [browser.post(page).status_code for page in pages]

    assert set(answers) <= {403, 404}


def test_the_page_says_why_it_cannot_be_finished(client, world):
    study = world.study()
    problem = world.problem(study)
    client.force_login(world.leader)
    finish = url(study, "step", "finish")

    page = client.get(finish)
    answer = client.post(finish, {"version": 1, "report": "完成"})

    assert problem.text in page.text
    assert 'name="report"' not in page.text
    assert answer.status_code == 422
    assert problem.text in answer.context["form"].non_field_errors()[0]
    world.step(problem, "hand_over", world.leader)
    page = client.get(finish)
    assert 'name="report"' in page.text
    version = page.context["form"]["version"].value()
    answer = client.post(finish, {"version": version, "report": "完成"})
    assert answer.url == study.get_absolute_url()
    assert client.get(finish).url == study.get_absolute_url()


def test_a_well_visited_place_is_warned_of_and_others_are_suggested(client, world, js):
    for _n in range(4):
        world.visit(places=[js.tangzhang])
    study = world.study()
    client.force_login(world.liaison)
    page = url(study, "place_choose")

    shown = client.get(f"{page}?place={js.tangzhang.pk}")
    refused = client.post(page, place_data(js.tangzhang))
    chosen = client.post(page, place_data(js.tangzhang, despite="跟踪农户"))

    assert shown.context["warnings"]
    assert (refused.status_code, list(refused.context["form"].errors)) == (
        422,
        ["despite"],
    )
    assert js.tangzhang not in [it.place for it in shown.context["suggestions"]]
    assert chosen.url == study.get_absolute_url()
    [row] = study.places.all()
    drop = url(study, "place_drop", row.pk)
    assert client.get(drop).status_code == 405
    assert client.post(drop).url == study.get_absolute_url()
    assert not study.places.exists()


def test_findings_are_put_to_use(client, world):
    study = world.study()
    client.force_login(world.liaison)
    page = client.get(url(study, "use_plan"))
    sent = typed(page) | {"finding": "管护不清", "where": "管护办法"}

    wrong = client.post(url(study, "use_plan"), sent | {"effect": "好"})
    client.post(url(study, "use_plan"), sent)
    [use] = study.uses.all()
    record = url(study, "use_record", use.pk)
    client.post(record, typed(client.get(record)) | {"effect": "漏损率下降"})

    assert list(wrong.context["form"].errors) == ["used_on"]
    use.refresh_from_db()
    assert (use.used_on, use.effect) == (world.today, "漏损率下降")
    assert client.get(url(study, "use_record", 2**63)).status_code == 404


def test_the_visit_and_the_place_lead_to_the_investigation(client, world, js):
    study = world.study(topic="供水")
    stop = world.visit(places=[js.tangzhang]).stops.first()
    FindingFactory(stop=stop, investigation=study)
    client.force_login(world.liaison)

    for page in (
        stop.visit.get_absolute_url(),
        js.tangzhang.get_absolute_url(),
    ):
        assert study.get_absolute_url() in client.get(page).text


def test_the_list_of_areas_grows_and_keeps_what_is_in_use(client, world):
    client.force_login(world.admin)
    areas = reverse("visits:study_areas")
    first = StudyArea.objects.first()

    assert client.post(areas, {"name": "数字乡村"}).url == areas
    assert client.post(areas, {"name": "数字乡村"}).status_code == 422
    client.post(reverse("visits:study_area_use", args=[first.pk]), {})

    first.refresh_from_db()
    assert not first.is_used
    client.force_login(world.liaison)
    assert client.get(areas).status_code == 403
    form = client.get(reverse("visits:investigation_open")).context["form"]
    assert first not in form.fields["area"].queryset
    study = world.study(area=first)
    form = client.get(url(study, "change")).context["form"]
    assert first in form.fields["area"].queryset
