import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import AccountFactory, CadreFactory, PlaceFactory, VisitFactory
from visits.models import Action

pytestmark = pytest.mark.django_db
SEARCH = reverse("visits:search")


def results(client, text):
    response = client.get(SEARCH, {"q": text})
    assert response.status_code == 200
    return response.context["results"]


@pytest.mark.parametrize("text", ["农业", "设施农业", "设施 农业", "冷链物流", "Cold"])
def test_two_neighbouring_characters_find_a_visit(client, liaison, leader, js, text):
    visit = VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        purpose="设施农业 冷链物流 设施 农业 cold-chain",
    )
    client.force_login(liaison)

    assert results(client, text).visits.rows == [visit]


def test_a_reference_finds_its_visit(client, liaison, leader, js):
    visit = VisitFactory(officials=[leader.cadre], places=[js.tangzhang])
    client.force_login(liaison)

    assert results(client, visit.reference.lower()).visits.rows == [visit]


def test_one_character_is_refused_kindly_for_visits(client, liaison, leader, js):
    leader.cadre.name = "农志强"
    leader.cadre.save()
    VisitFactory(officials=[leader.cadre], places=[js.tangzhang], purpose="农业")
    client.force_login(liaison)

    found = results(client, "农")

    assert found.too_short_for_visits
    assert found.visits.rows == ()
    assert found.officials.rows == [leader.cadre]


@pytest.mark.parametrize("text", ["辛志", "志强", "xinzhi", "Xin Zhi", "xzq"])
def test_officials_are_found_by_name_and_pinyin(client, liaison, leader, text):
    leader.cadre.pinyin, leader.cadre.initials = "xinzhiqiang", "xzq"
    leader.cadre.save()
    CadreFactory(name="辛志强")  # of a unit out of reach
    client.force_login(liaison)

    assert results(client, text).officials.rows == [leader.cadre]


@pytest.mark.parametrize("text", ["棠张", "张镇", "320312106"])
def test_places_are_found_by_name_and_code(client, liaison, js, text):
    client.force_login(liaison)

    assert js.tangzhang in results(client, text).places.rows


def test_both_places_of_one_name_are_told_apart(client, liaison, js):
    client.force_login(liaison)

    html = client.get(SEARCH, {"q": "鼓楼"}).content.decode()

    assert js.gulou.path in html
    assert js.gulou_nj.path in html


def test_actions_are_found_by_name(client, liaison, leader, js):
    today = timezone.localdate()
    action = Action.objects.create(
        name="防汛统一行动",
        organiser=leader.unit,
        first=today,
        last=today,
        planned_by=liaison,
        client_key="00000000-0000-0000-0000-000000000001",
    )
    client.force_login(liaison)

    assert results(client, "统一").actions.rows == [action]


@pytest.mark.parametrize(
    "text", ["%", "_", "\\", "%%", "__", "'\"", "a\\%b", "😀😀", "𠮷野", "　", "-- ;"]
)
def test_signs_find_nothing_by_themselves(client, liaison, leader, js, text):
    VisitFactory(officials=[leader.cadre], places=[js.tangzhang], purpose="ab 农业")
    client.force_login(liaison)

    found = results(client, text)

    assert not found


def test_rare_characters_are_found(client, liaison, leader, js):
    visit = VisitFactory(
        officials=[leader.cadre], places=[js.tangzhang], purpose="看望𠮷野家"
    )
    client.force_login(liaison)

    assert results(client, "𠮷野").visits.rows == [visit]


def test_nul_is_refused_and_long_texts_are_cut(client, liaison):
    client.force_login(liaison)

    assert client.get(f"{SEARCH}?q=%00").status_code == 400
    found = results(client, "长" * 10_000)
    assert (found.was_cut, len(found.text)) == (True, 100)
    assert results(client, " " * 10_000).text == ""


def test_a_group_says_that_there_are_more_but_not_how_many(client, liaison, leader, js):
    for _n in range(9):
        CadreFactory(name="王某", unit=leader.cadre.unit)
    client.force_login(liaison)

    found = results(client, "王某").officials

    assert (len(found.rows), found.more) == (8, True)


def test_rows_out_of_reach_do_not_make_more(client, liaison, leader):
    for _n in range(8):
        CadreFactory(name="王某", unit=leader.cadre.unit)
    CadreFactory(name="王某")
    client.force_login(liaison)

    assert not results(client, "王某").officials.more


def test_roles_without_people_and_visits_find_places_alone(client, leader, js):
    VisitFactory(officials=[leader.cadre], places=[js.tangzhang], purpose="棠张调研")
    CadreFactory(name="棠张某")
    client.force_login(AccountFactory(role=Role.AUDITOR))

    found = results(client, "棠张")

    assert found.places.rows == [js.tangzhang]
    assert (list(found.officials.rows), list(found.visits.rows)) == ([], [])


def test_search_is_closed_to_accounts_without_a_role(client):
    client.force_login(AccountFactory())

    assert client.get(SEARCH).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_search_costs_the_same_for_any_number_of_rows(
    client, liaison, leader, js, count, django_assert_num_queries
):
    for n in range(count):
        CadreFactory(name="棠张某", unit=leader.cadre.unit)
        PlaceFactory(code=f"32031210699{n}", name="棠张村", parent=js.tangzhang)
        VisitFactory(places=[js.tangzhang], purpose="棠张", unit=leader.cadre.unit)
    client.force_login(liaison)

    with django_assert_num_queries(10):  # places: above villages, villages twice
        results(client, "棠张")
