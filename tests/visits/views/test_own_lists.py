"""Filters kept under a name: for oneself, for the office, and gone again."""

import pytest
from django.urls import reverse

from cadres.rules.roles import Role
from tests.factories import AccountFactory
from visits.models import OwnList

pytestmark = pytest.mark.django_db


@pytest.fixture
def matters(js):
    return {"work": "all", "place": str(js.xuzhou.pk), "state": "done"}


def keep(client, page="matters", name="铜山未结", query="work=all&due=late", **more):
    data = {"page": page, "name": name, "query": query, **more}
    return client.post(reverse("visits:own_list_keep"), data)


def names_on(client, page="matter_list"):
    found = client.get(reverse(f"visits:{page}")).context["own_lists"]
    return [it.name for it in found]


def test_a_kept_filter_opens_the_same_list(client, district_admin):
    client.force_login(district_admin)
    asked = "?work=all&due=late&visit=ABCDEFGH&search=王小明&after=5"

    page = client.get(reverse("visits:matter_list") + asked)
    answer = keep(client, query=page.context["list_query"])

    # Neither the words someone looked for, nor the position in the list.
    assert OwnList.objects.get().query == "work=all&due=late"
    assert answer.url == reverse("visits:matter_list") + "?work=all&due=late"
    assert client.get(answer.url).status_code == 200
    assert names_on(client) == ["铜山未结"]


@pytest.mark.parametrize(
    ("page", "query", "view"),
    [
        ("visits", "show=planned&first=2026-01-01", "calendar"),
        ("matters", "state=settled", "matter_list"),
        ("questions", "show=late", "question_list"),
        ("studies", "show=finished", "investigation_list"),
        ("problems", "show=late", "problem_list"),
    ],
)
def test_each_list_page_offers_its_own_lists(client, district_admin, page, query, view):
    client.force_login(district_admin)
    keep(client, page, query=query)
    row = OwnList.objects.get()

    opened = client.get(row.get_absolute_url())

    assert opened.context["own_lists"] == [row]
    assert opened.context["list_query"] == query


def test_the_same_name_again_is_the_same_list(client, district_admin):
    client.force_login(district_admin)
    keep(client)
    keep(client, query="work=late")

    assert OwnList.objects.get().query == "work=late"


@pytest.mark.parametrize(
    "more",
    [{"name": ""}, {"name": "长" * 41}, {"query": ""}, {"query": "search=王小明"}],
)
def test_what_narrows_nothing_or_has_no_name_is_not_kept(client, district_admin, more):
    client.force_login(district_admin)

    answer = keep(client, **more)

    assert answer.status_code == 422
    assert answer.context["form"].errors
    page = answer.content.decode()
    assert more.get("name", "铜山未结") in page  # what was typed stays …
    assert "王小明" not in page  # … but for words that were looked for
    assert not OwnList.objects.exists()


def test_a_list_is_shared_with_the_office_and_dropped_by_its_owner_alone(
    client_of, district_admin, county_admin
):
    owner = client_of(district_admin)
    colleague = client_of(
        AccountFactory(
            unit=district_admin.unit,
            role=Role.DISTRICT_ADMIN,
            role__place=district_admin.unit.place,
        )
    )
    keep(owner)
    row = OwnList.objects.get()
    assert names_on(colleague) == []

    share = reverse("visits:own_list_share", args=[row.reference])
    drop = reverse("visits:own_list_drop", args=[row.reference])
    assert colleague.post(share, {"wanted": "yes"}).status_code == 404
    for _click in range(2):
        owner.post(share, {"wanted": "yes"})

    assert names_on(colleague) == ["铜山未结"]
    assert names_on(client_of(county_admin)) == []
    assert colleague.post(drop).status_code == 404
    owner.post(share, {"wanted": "no"})
    assert names_on(colleague) == []
    owner.post(drop)
    assert not OwnList.objects.exists()


def test_nobody_keeps_a_list_of_a_page_they_may_not_open(client, reader):
    client.force_login(reader)

    assert keep(client).status_code == 403
    assert client.get(reverse("visits:own_list_list")).status_code == 403
