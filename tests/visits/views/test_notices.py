import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import VisitFactory
from tests.factories.letters import letter_at, officer, petition_office
from visits.models import Notice
from visits.rules.letter_states import Category

pytestmark = pytest.mark.django_db
LIST = reverse("visits:notice_list")
COUNT = reverse("visits:notice_count")


@pytest.fixture
def office(js):
    return petition_office(js.xuzhou)


@pytest.fixture
def petition(office):
    return officer(office)


def notice(account, n=0, **fields):
    fields.setdefault("kind", Notice.Kind.NEAR_LIMIT)
    return Notice.objects.create(
        account=account, key=f"limit:1:C1:2026-03-0{n}:blue", **fields
    )


@pytest.mark.usefixtures("english")
def test_the_list_names_letter_clock_and_why(client, js, office, petition):
    letter = letter_at(js.huancheng, office=office)
    notice(petition, letter=letter, days=3)
    client.force_login(petition)
    client.cookies["django_language"] = "en"

    page = client.get(LIST).content.decode()

    assert "A legal limit is near · Route" in page
    assert f"Letter {letter.printed_reference}, 环城街道" in page
    assert "It is yours to act on, or you watch over it." in page
    assert "3 days left then" in page
    assert letter.request not in page


def test_nobody_sees_the_notices_of_another(client, petition, leader):
    mine = notice(petition)
    client.force_login(leader)

    assert list(client.get(LIST).context["notices"]) == []
    for name in ("notice_open", "notice_read"):
        assert client.post(reverse(f"visits:{name}", args=[mine.pk])).status_code == 404
    mine.refresh_from_db()
    assert mine.read_at is None


def test_a_notice_vanishes_with_the_right_to_see_its_record(
    client, js, office, petition
):
    sealed = letter_at(js.huancheng, office=office, category=Category.ACCUSATION)
    notice(petition, 1, letter=sealed)
    notice(petition, 2, visit=VisitFactory(mode="unannounced"))
    client.force_login(petition)

    page = client.get(LIST)

    assert list(page.context["notices"]) == []
    assert sealed.printed_reference not in page.content.decode()
    assert client.get(COUNT).context["count"] == 0


def test_opening_marks_as_read_and_goes_to_the_record(client, petition):
    visit = VisitFactory(unit=petition.unit)
    mine = notice(petition, visit=visit)
    client.force_login(petition)

    answer = client.post(reverse("visits:notice_open", args=[mine.pk]))

    assert answer.url == visit.get_absolute_url()
    mine.refresh_from_db()
    assert mine.read_at is not None


def test_one_or_all_are_marked_as_read(client, petition):
    first, *_others = (notice(petition, n) for n in range(3))
    client.force_login(petition)

    client.post(reverse("visits:notice_read", args=[first.pk]))
    assert client.get(COUNT).context["count"] == 2
    client.post(reverse("visits:notice_read_all"))

    assert not Notice.objects.unread().exists()
    assert client.get(reverse("visits:notice_read_all")).status_code == 405


def test_the_list_goes_on_after_a_row(client, petition):
    Notice.objects.bulk_create(
        Notice(account=petition, kind="urged", key=f"k{n}") for n in range(35)
    )
    client.force_login(petition)

    first = client.get(LIST)
    second = client.get(LIST + first.context["page"].next_url)

    assert (len(first.context["notices"]), len(second.context["notices"])) == (30, 5)
    for edge in ("abc", "9" * 40, "-1"):
        assert client.get(LIST, {"after": edge}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(
    client, js, office, petition, count, django_assert_num_queries
):
    for n in range(count):
        notice(petition, n, letter=letter_at(js.huancheng, office=office))
    client.force_login(petition)
    client.get(LIST)

    # Session, account, roles, mandates, whom a letter may name, what comes to one by a
    # row of its own, notices.
    with django_assert_num_queries(7):
        client.get(LIST)


def test_the_count_costs_one_query_where_nothing_is_unread(
    client, petition, django_assert_num_queries
):
    notice(petition, read_at=timezone.now())
    client.force_login(petition)

    with django_assert_num_queries(3):  # session and account, and the count
        page = client.get(COUNT)

    assert page.content.decode().count("<b") == 0


def test_strangers_are_sent_to_the_sign_in(client):
    assert client.get(COUNT).status_code == 302


def test_a_system_administrator_has_notices_like_everyone(client, js, office):
    client.force_login(officer(office, Role.SYSTEM_ADMIN))

    assert client.get(LIST).status_code == 200


CHOICES = reverse("visits:notice_choices")


def test_choices_are_kept_and_shown_again(client, petition):
    client.force_login(petition)

    answer = client.post(CHOICES, {"late": "app", "reported": "none"})

    assert answer.url == CHOICES
    form = client.get(CHOICES).context["form"]
    assert (form["late"].value(), form["reported"].value()) == ("app", "none")
    assert list(form["urged"].value() or "") == []


def test_a_legal_limit_is_not_offered_to_be_switched_off(client, petition):
    client.force_login(petition)

    answer = client.post(CHOICES, {"late": "none", "reported": "app"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["late"]
    assert answer.context["form"]["reported"].value() == "app"


def test_nobody_is_asked_about_kinds_that_never_reach_them(client, petition, leader):
    client.force_login(leader)
    assert "session_off" in client.get(CHOICES).context["form"].fields

    client.force_login(officer(petition.unit, Role.REVIEW_OFFICER))
    fields = client.get(CHOICES).context["form"].fields

    assert "near_limit" in fields
    assert "matter_new" not in fields
