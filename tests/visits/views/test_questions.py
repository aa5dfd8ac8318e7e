import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from cadres.rules.roles import Role
from tests.factories import AccountFactory, QuestionFactory, TalkFactory
from tests.factories.matters import MatterWorld
from visits.models import Letter, Matter, Question, TalkFormat
from visits.rules.question_states import QuestionState

pytestmark = pytest.mark.django_db
LIST = reverse("visits:question_list")


@pytest.fixture
def world(js):
    return MatterWorld(js)


@pytest.fixture
def officer(world, js):
    """A petition officer whose area the place lies in."""
    return AccountFactory(
        unit=world.petition_office, role=Role.PETITION_OFFICER, role__place=js.xuzhou
    )


@pytest.fixture
def talk(world):
    return TalkFactory(stop=world.visit().stops.first())


def step_url(question, step):
    return reverse("visits:question_step", args=[question.reference, step])


def turn_url(question, into):
    return reverse(f"visits:question_{into}", args=[question.reference])


def typed(page):
    """The form's own first values, as a browser would send them."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {
        name: getattr(value, "pk", value)
        for name, value in values.items()
        if value not in (None, False)
    }


def offered(browser, question):
    page = browser.get(question.get_absolute_url())
    return {str(move.step) for move in page.context["page"].offers}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(
    client, world, talk, count, django_assert_num_queries
):
    QuestionFactory.create_batch(count, talk=talk)
    client.force_login(world.liaison)

    with django_assert_num_queries(8):
        response = client.get(LIST)

    assert len(response.context["rows"]) == count


def test_the_list_is_by_state_and_place(client, world, talk, js):
    past = world.today - timedelta(days=3)
    QuestionFactory(talk=talk, text="新问")
    QuestionFactory(talk=talk, text="逾期", promised=True, due_on=past)
    QuestionFactory(talk=talk, text="已答", answered=True)
    client.force_login(world.liaison)

    def listed(query):
        rows = client.get(f"{LIST}?{query}").context["rows"]
        return [row.question.text for row in rows]

    assert listed("") == ["逾期", "新问"]
    assert listed("show=late") == ["逾期"]
    assert listed("show=answered") == ["已答"]
    here, elsewhere = world.place, js.nanjing
    assert listed(f"place={here.path}&place_id={here.pk}") == ["逾期", "新问"]
    assert listed(f"place={elsewhere.path}&place_id={elsewhere.pk}") == []


def test_questions_are_written_down_one_after_the_other(client, world, talk):
    client.force_login(world.liaison)
    url = talk.get_absolute_url()
    for text in ("水费何时调整？", "路何时修？"):
        page = client.get(url)
        response = client.post(url, typed(page) | {"text": text})
        assert response.url == f"{url}?next=1#ask"

    assert "autofocus" in client.get(response.url).text
    assert list(talk.questions.order_by("pk").values_list("text", flat=True)) == [
        "水费何时调整？",
        "路何时修？",
    ]


def test_half_a_promise_is_shown_beside_its_field(client, world, talk):
    client.force_login(world.liaison)
    url = talk.get_absolute_url()

    answer = client.post(
        url, {"client_key": uuid.uuid4(), "text": "水费？", "unit_name": "水务局"}
    )

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["due_on"]


def test_only_who_logs_the_visit_writes_questions_down(client_of, world, officer, talk):
    url = talk.get_absolute_url()
    sent = {"client_key": uuid.uuid4(), "text": "水费？"}

    assert client_of(officer).get(url).context["form"] is None
    assert client_of(officer).post(url, sent).status_code == 403
    assert client_of(world.far).get(url).status_code == 404
    assert client_of(world.liaison).post(url, sent).status_code == 302


def test_each_is_offered_what_is_theirs(client_of, world, officer, talk):
    due_on = world.today + timedelta(days=4)
    question = QuestionFactory(
        talk=talk, promised=True, due_on=due_on, unit=world.water
    )

    assert offered(client_of(world.liaison), question) == {
        "answer",
        "put_off",
        "letter",
        "matter",
        "withdraw",
    }
    assert offered(client_of(world.handler), question) == {"answer"}
    assert offered(client_of(officer), question) == {"letter", "matter"}


def test_the_unit_answers_what_it_promised(client_of, world, talk):
    due_on = world.today + timedelta(days=4)
    question = QuestionFactory(
        talk=talk, promised=True, due_on=due_on, unit=world.water
    )
    browser = client_of(world.handler)
    url = step_url(question, "answer")

    browser.post(url, typed(browser.get(url)) | {"answer": "下月执行。"})

    question.refresh_from_db()
    assert (question.state, question.answered_by) == ("answered", "水务局")
    page = browser.get(question.get_absolute_url()).text
    assert "下月执行。" in page


def test_a_step_that_is_not_offered_leads_back(client_of, officer, talk):
    question = QuestionFactory(talk=talk)
    browser = client_of(officer)

    response = browser.get(step_url(question, "withdraw"))

    assert response.url == question.get_absolute_url()


@pytest.mark.parametrize("is_officer", [True, False])
def test_one_click_turns_a_question_into_a_letter(
    client_of, world, officer, talk, is_officer
):
    question = QuestionFactory(talk=talk)
    browser = client_of(officer if is_officer else world.liaison)
    url = turn_url(question, "letter")

    browser.post(url, typed(browser.get(url)))

    question.refresh_from_db()
    letter = Letter.objects.get()
    assert (question.state, question.letter) == (QuestionState.LETTER, letter)
    assert (letter.office, letter.request) == (world.petition_office, question.text)


def test_the_name_of_who_wants_an_answer_shows_on_no_page_of_the_question(
    client_of, world, talk
):
    question = QuestionFactory(talk=talk)
    browser = client_of(world.liaison)
    url = turn_url(question, "letter")
    browser.post(url, typed(browser.get(url)) | {"name": "王测试"})

    pages = [
        browser.get(it).text
        for it in (
            question.get_absolute_url(),
            talk.get_absolute_url(),
            talk.stop.visit.get_absolute_url(),
            LIST,
        )
    ]

    assert Letter.objects.get().petitioners.count() == 1
    assert not any("王测试" in page for page in pages)


def test_one_click_turns_a_question_into_a_matter(client_of, world, talk):
    question = QuestionFactory(talk=talk)
    browser = client_of(world.liaison)
    url = turn_url(question, "matter")

    response = browser.post(url, typed(browser.get(url)))

    matter = Matter.objects.get()
    assert response.url == matter.get_absolute_url()
    assert (matter.subject, matter.decided_by) == (question.text, world.cadre)
    assert matter.reference in browser.get(question.get_absolute_url()).text


def test_the_visit_and_the_place_show_what_was_asked(client_of, world, talk):
    QuestionFactory(talk=talk, text="水费何时调整？")
    QuestionFactory(talk=talk, text="已有答复的", answered=True)
    browser = client_of(world.liaison)

    visit = browser.get(talk.stop.visit.get_absolute_url()).text
    place = browser.get(reverse("cadres:place_detail", args=[world.place.pk])).text

    assert "水费何时调整？" in visit and "已有答复的" in visit
    assert "水费何时调整？" in place and "已有答复的" not in place


def test_the_log_asks_for_more_behind_a_word(client_of, world, talk):
    url = reverse("visits:visit_log", args=[talk.stop.visit.reference])

    page = client_of(world.liaison).get(url).text

    assert re.search(r"<details class=\"more\">.*talks-0-speaker", page, re.DOTALL)


def test_the_list_of_forms_of_talk_is_extended(client_of, world):
    browser = client_of(world.admin)
    url = reverse("visits:talk_formats")

    browser.post(url, {"name": "车间宣讲"})
    added = TalkFormat.objects.get(name="车间宣讲")
    browser.post(reverse("visits:talk_format_use", args=[added.pk]), {})

    added.refresh_from_db()
    assert not added.is_used
    assert browser.post(url, {"name": "车间宣讲"}).status_code == 422
    assert client_of(world.liaison).get(url).status_code == 403
    assert not Question.objects.exists()
