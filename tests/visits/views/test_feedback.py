import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import AccountFactory
from visits.models import Feedback

pytestmark = pytest.mark.django_db
GIVE = reverse("visits:feedback")
LIST = reverse("visits:feedback_list")


def say(by, text="字太小"):
    return Feedback.objects.create(by=by, text=text, at=timezone.now())


@pytest.fixture
def sysadmin():
    return AccountFactory(role=Role.SYSTEM_ADMIN)


@pytest.mark.parametrize("role", [*Role.values, None])
def test_everyone_may_give_feedback(client, role):
    account = AccountFactory(role=role)
    client.force_login(account)

    assert client.get(GIVE).status_code == 200
    response = client.post(GIVE, {"text": "字太小", "page": "/places/"}, follow=True)

    feedback = Feedback.objects.get()
    assert (feedback.text, feedback.page, feedback.by) == (
        "字太小",
        "/places/",
        account,
    )
    assert len(response.context["messages"]) == 1


def test_feedback_asks_for_a_sign_in(client):
    assert client.get(GIVE).status_code == 302
    assert client.get(LIST).status_code == 302


@pytest.mark.parametrize(
    ("referer", "kept"),
    [
        ("http://testserver/visits/?q=geheim", "/visits/"),
        ("http://evil.example/visits/", ""),
        (f"http://testserver{GIVE}", ""),
        ("", ""),
    ],
)
def test_feedback_keeps_the_page_it_came_from(client, liaison, referer, kept):
    client.force_login(liaison)

    response = client.get(GIVE, headers={"referer": referer})

    assert response.context["form"]["page"].value() == kept
    assert "geheim" not in response.content.decode()


@pytest.mark.parametrize(
    "sent", ["//evil.example/", "javascript:alert(1)", "/\\evil", "/" + "a" * 10_000]
)
def test_feedback_drops_a_page_that_is_none_of_ours(client, liaison, sent):
    client.force_login(liaison)

    client.post(GIVE, {"text": "字太小", "page": sent})

    assert Feedback.objects.get().page == ""


@pytest.mark.parametrize("text", ["", "   ", "长" * 10_000, "长" * 1001, "\x00"])
def test_feedback_answers_bad_input_and_keeps_it(client, liaison, text):
    client.force_login(liaison)

    response = client.post(GIVE, {"text": text})

    assert response.status_code == 422
    assert response.context["form"]["text"].value() == text
    assert not Feedback.objects.exists()


def test_feedback_takes_a_thousand_characters(client, liaison):
    client.force_login(liaison)

    client.post(GIVE, {"text": "𠮷" * 1000})

    assert Feedback.objects.get().text == "𠮷" * 1000


def test_feedback_sent_twice_is_kept_once(client, liaison):
    client.force_login(liaison)

    for _n in range(2):
        client.post(GIVE, {"text": "字太小"})

    assert Feedback.objects.count() == 1


def test_feedback_list_is_read_by_those_who_may(client, sysadmin, liaison):
    say(liaison, "<script>alert(1)</script>")

    client.force_login(liaison)
    assert client.get(LIST).status_code == 403
    assert LIST not in client.get(GIVE).content.decode()

    client.force_login(sysadmin)
    page = client.get(LIST).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert liaison.name in page
    assert LIST in client.get(GIVE).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_feedback_list_costs_the_same_for_any_number(
    client, sysadmin, count, django_assert_num_queries
):
    for n in range(count):
        say(AccountFactory(), f"{n}")
    client.force_login(sysadmin)

    with django_assert_num_queries(4):  # sign-in (2), roles, the rows
        response = client.get(LIST)

    assert [row.text for row in response.context["rows"]] == [
        f"{n}" for n in reversed(range(count))
    ]


def test_feedback_list_goes_on_page_by_page(client, sysadmin):
    for n in range(51):
        say(sysadmin, f"{n}")
    client.force_login(sysadmin)

    first = client.get(LIST)
    second = client.get(LIST + first.context["pager"].next_url)

    assert [row.text for row in second.context["rows"]] == ["0"]


def test_feedback_list_says_when_there_is_nothing(client, sysadmin):
    client.force_login(sysadmin)

    assert client.get(LIST, {"after": "x"}).context["rows"] == []
