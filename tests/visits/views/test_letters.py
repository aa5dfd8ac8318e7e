"""The caseload: who sees which rows, in which order, at what cost."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html

from cadres.models import Session
from cadres.rules.roles import Role
from tests.factories import AccountFactory
from tests.factories.letters import officer, take
from visits.actions.draft_step import draft_step
from visits.models import Letter
from visits.rules.letter_states import Category, LetterState, Step

pytestmark = pytest.mark.django_db
LIST = reverse("visits:letter_list")
SEARCH = reverse("visits:letter_search")
FORWARD = reverse("visits:letter_forward")


def rows(client, account, **query):
    client.force_login(account)
    response = client.get(LIST, query)
    assert response.status_code == 200
    return [row.letter for row in response.context["rows"]]


def found(client, account, text, **query):
    client.force_login(account)
    response = client.post(SEARCH, {"q": text, "kept": ""}, follow=True)
    assert response.status_code == 200
    return response


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (role, role not in (Role.LIAISON, Role.DISTRICT_ADMIN, Role.REPORT_READER,
                            Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR))
        for role in Role
    ],
)  # fmt: skip
def test_list_is_for_those_who_work_with_letters(client, desk, role, may):
    desk.letter(request="陌生人不应看到")
    stranger = AccountFactory(role=role, role__place=desk.js.yancheng)
    client.force_login(stranger)

    response = client.get(LIST, {"work": "all", "state": "all"})

    assert response.status_code == (200 if may else 403)
    if may:
        assert list(response.context["rows"]) == []
        assert "陌生人不应看到" not in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_any_number(
    client, desk, count, django_assert_num_queries, in_english
):
    for _i in range(count):
        desk.letter()
    client.force_login(desk.petition)

    with django_assert_num_queries(14):
        response = client.get(LIST, {"work": "all"})

    assert len(response.context["rows"]) == count


def test_each_works_through_a_list_of_their_own(client, desk):
    fresh = desk.letter()
    unsorted = desk.letter(category="")
    mine = take(desk.accepted(), Step.NAME_HANDLER, desk.head, handler=desk.handler)
    other = desk.forwarded()

    assert rows(client, desk.petition, work="waiting") == [fresh, unsorted]
    assert rows(client, desk.handler, work="mine") == [mine]
    assert set(rows(client, desk.handler, work="unit")) == {mine, other}
    assert rows(client, desk.roads_handler, work="all") == []


@pytest.mark.parametrize("name", ["letter_list", "matter_list"])
def test_another_list_is_asked_for_by_one_word(client, desk, name):
    client.force_login(desk.head)

    page = client.get(reverse(f"visits:{name}"), {"work": "all", "due": "late"})

    lists = html.fromstring(page.content).xpath("//a[@class='chip']/@href")
    assert "?work=all" in lists
    assert [it for it in lists if it.count("work=") > 1] == []


def test_drafts_wait_for_the_head_and_no_longer_for_the_handler(client, desk):
    letter = take(desk.handling(), Step.NAME_HANDLER, desk.head, handler=desk.handler)
    assert rows(client, desk.handler, work="waiting") == [letter]
    assert rows(client, desk.head, work="waiting") == []

    draft_step(
        letter,
        by=desk.handler,
        step=Step.EXTEND,
        record={"days": 5, "reasons": "x", "told_on": timezone.localdate()},
        version=letter.version,
        now=timezone.localtime(),
    )

    assert rows(client, desk.handler, work="waiting") == []
    assert rows(client, desk.head, work="waiting") == [letter]


def test_objections_wait_for_the_office_and_reviews_for_the_reviewer(client, desk):
    objected = take(desk.forwarded(), Step.OBJECT, desk.handler)
    answered = desk.answered(received_on=timezone.localdate())
    review = take(
        answered,
        Step.ASK_REVIEW,
        desk.petition,
        to_unit=desk.above,
        requested_on=timezone.localdate(),
    )

    assert rows(client, desk.petition, work="waiting") == [objected]
    assert rows(client, desk.reviewer, work="waiting") == [review]
    assert review not in rows(client, desk.handler, work="all", state="all")


def test_rows_are_ordered_by_limit_and_the_undated_come_last(client, desk):
    late = desk.letter(received_on=timezone.localdate() - timedelta(days=40))
    soon = desk.letter(received_on=timezone.localdate() - timedelta(days=12))
    undated = desk.answered(received_on=timezone.localdate())
    fresh = desk.letter()

    by_limit = rows(client, desk.petition, work="all")
    newest = rows(client, desk.petition, work="all", order="newest")

    assert by_limit == [late, soon, fresh, undated]
    assert newest == [fresh, undated, soon, late]


def test_pages_go_on_by_key_in_both_directions(client, desk, monkeypatch):
    monkeypatch.setattr("visits.views.letters.PAGE", 2)
    letters = [
        desk.letter(received_on=timezone.localdate() - timedelta(days=day))
        for day in (5, 4, 3, 2, 1)
    ]
    client.force_login(desk.petition)
    met, address = [], f"{LIST}?work=all"
    while address:
        context = client.get(address).context
        met += [row.letter for row in context["rows"]]
        last, address = context["page"], context["page"].next_url
        address = f"{LIST}{address}" if address else ""
    back = client.get(f"{LIST}{last.previous_url}").context["rows"]

    assert met == letters
    assert [row.letter for row in back] == letters[2:4]


def test_figures_count_and_open_their_rows(client, desk):
    desk.letter(received_on=timezone.localdate() - timedelta(days=40))
    desk.letter()
    client.force_login(desk.petition)

    figures = client.get(LIST).context["figures"]

    assert [figure.value for figure in figures] == ["1", "0", "2", "2"]
    for figure in figures:
        shown = client.get(f"{LIST}?{figure.query}").context["rows"]
        assert str(len(shown)) == figure.value


def test_figures_stop_counting_at_a_thousand(client, desk, monkeypatch):
    monkeypatch.setattr("visits.reports.capped.MOST", 1)
    for _i in range(3):
        desk.letter()
    client.force_login(desk.petition)

    assert client.get(LIST).context["figures"][2].value == "1+"


def test_filters_narrow_by_place_state_category_unit_and_limit(client, desk):
    here = desk.letter(category=Category.SUGGESTION)
    there = desk.forwarded()
    Letter.objects.filter(pk=there.pk).update(
        county=desk.js.tongshan, place=desk.js.tongshan
    )
    place = {"place": desk.js.gulou.path, "place_id": desk.js.gulou.pk}
    unit = {"unit": f"{desk.water.name} · {desk.water.place.path}"}

    def shown(**query):
        return rows(client, desk.petition, work="all", **query)

    assert shown(**place) == [here]
    assert shown(place="铜山区") == [there]
    assert shown(category="suggestion") == [here]
    assert shown(state="forwarded") == [there]
    assert shown(**unit) == [there]
    assert shown(due="3") == []
    assert set(shown(due="30")) == {here, there}


@pytest.mark.parametrize(
    "query",
    [
        {"work": "x", "state": "x", "category": "x", "due": "99", "order": "x"},
        {"subject": "abc", "unit": "nobody", "place": "nowhere"},
        {"before": "abc", "after": "9" * 30},
        {"unit_id": "9" * 30, "unit": "x", "place_id": "-1", "place": "y"},
        {"search": "unknown"},
        {"subject": "9" * 25},
    ],
)
def test_a_hostile_query_narrows_nothing_and_never_fails(client, desk, query):
    letter = desk.letter()

    assert rows(client, desk.petition, **{"work": "all", **query}) == [letter]


def test_a_clerk_reads_what_is_registered_and_then_only_its_state(client, desk):
    letter = desk.letter(request="水管爆裂")
    assert rows(client, desk.clerk, work="all") == [letter]

    take(letter, Step.FORWARD, desk.petition, to_unit=desk.water)

    assert rows(client, desk.clerk, work="all") == []
    client.force_login(desk.clerk)
    html = client.get(LIST, {"work": "registered"}).content.decode()
    assert letter.printed_reference in html
    assert "水管爆裂" not in html
    assert client.get(letter.get_absolute_url()).status_code == 404


def test_sealed_letters_stand_for_seal_officers_alone(client, desk):
    letter = desk.letter(complains_about_someone=True, request="反映收费")

    for other in (desk.clerk, desk.petition, desk.handler, desk.leader):
        for work in ("all", "waiting", "registered"):
            client.force_login(other)
            response = client.get(LIST, {"work": work, "state": "all"})
            html = response.content.decode()
            assert letter.printed_reference not in html
            assert [figure.value for figure in response.context["figures"]] == ["0"] * 4
    assert rows(client, desk.sealer, work="all") == [letter]
    html = client.get(LIST, {"work": "all"}).content.decode()
    assert "反映收费" not in html


# --- Search ---------------------------------------------------------------------------


def test_two_characters_inside_a_sentence_find_a_letter(client, desk):
    letter = desk.letter(facts="三号楼以上每晚无水，住户四十六户。")
    desk.letter(request="道路塌陷", facts="校车无法通行")

    response = found(client, desk.petition, "每晚")

    [row] = response.context["rows"]
    assert row.letter == letter
    assert row.snippet.hit == "每晚"
    assert "<mark>每晚</mark>" in response.content.decode()


def test_searched_words_lie_encrypted_in_the_session(client, desk):
    client.force_login(desk.petition)

    answer = client.post(SEARCH, {"q": "供水泵房"})

    found = Session.objects.get(pk=client.session.session_key).get_decoded()
    assert "letter_searches" in found
    assert "供水泵房" not in str(found)
    assert "供水泵房" in client.get(answer.url).content.decode()


def test_searched_words_never_stand_in_an_address(client, desk):
    desk.letter()
    client.force_login(desk.petition)

    response = client.post(SEARCH, {"q": "自来水", "kept": "work=all&category=request"})

    assert "自来水" not in response.url
    assert "%E8" not in response.url
    assert "category=request" in response.url


def test_replies_are_found_too(client, desk):
    letter = desk.answered()

    assert [
        row.letter for row in found(client, desk.head, "更换水泵").context["rows"]
    ] == [letter]


@pytest.mark.parametrize("form", ["{}", "{} ", "dash", "lower"])
def test_a_reference_finds_its_letter(client, desk, form):
    letter = desk.letter()
    desk.letter()
    typed = {
        "dash": letter.printed_reference,
        "lower": letter.reference.lower(),
    }.get(form, form.format(letter.reference))

    response = found(client, desk.petition, typed)

    assert [row.letter for row in response.context["rows"]] == [letter]


@pytest.mark.parametrize("name", ["环城街道", "环城", "鼓楼区"])
def test_the_name_of_a_place_finds_its_letters(client, desk, name):
    letter = desk.letter()

    response = found(client, desk.petition, name)

    assert [row.letter for row in response.context["rows"]] == [letter]


def test_one_character_is_refused_kindly(client, desk, in_english):
    desk.letter()

    response = found(client, desk.petition, "水")

    assert response.context["wanted"].too_short == ["水"]
    assert list(response.context["rows"]) == []


def test_a_petitioner_is_never_found(client, desk):
    desk.letter()

    for text in ("李测试", "测试小区", "13800002207"):
        assert list(found(client, desk.petition, text).context["rows"]) == []


def test_a_sealed_letter_is_found_by_reference_by_its_officer_alone(client, desk):
    letter = desk.letter(complains_about_someone=True, request="反映违规收费")

    for text in ("违规收费", letter.reference, "环城街道"):
        assert list(found(client, desk.petition, text).context["rows"]) == []
    assert list(found(client, desk.sealer, "违规收费").context["rows"]) == []
    assert list(found(client, desk.sealer, "环城街道").context["rows"]) == []
    [row] = found(client, desk.sealer, letter.reference).context["rows"]
    assert row.letter == letter


@pytest.mark.parametrize(
    "text", ["%", "'; --", "\x00自来", "😀😀", "水" * 500, "a b c d e f g"]
)
def test_search_takes_whatever_is_typed(client, desk, text):
    desk.letter()
    client.force_login(desk.petition)

    response = client.post(SEARCH, {"q": text, "kept": "x=%00&&&=" * 99}, follow=True)

    assert response.status_code == 200


# --- Forwarding several ------------------------------------------------------------------


def ticked(*letters):
    return [f"{letter.reference}:{letter.version}" for letter in letters]


def unit_of(unit):
    return {"to_unit": f"{unit.name} · {unit.place.path}", "to_unit_id": unit.pk}


def test_several_are_forwarded_and_the_refused_say_why(client, desk, in_english):
    good, unsorted, sealed = (
        desk.letter(),
        desk.letter(category=""),
        desk.letter(complains_about_someone=True),
    )
    stale = desk.letter()
    known = ticked(good, unsorted, sealed, stale)
    take(stale, Step.SORT, desk.petition, category=Category.SUGGESTION)
    client.force_login(desk.petition)

    asked = client.post(FORWARD, {"letter": known})
    response = client.post(
        FORWARD,
        {"letter": known, "send": "1", "reasons": "属其职责", **unit_of(desk.water)},
    )

    assert len(asked.context["chosen"]) == 3
    results = {it.letter: it.why for it in response.context["results"]}
    assert set(results) == {good, unsorted, stale}
    assert results[good] == ""
    assert "category" in results[unsorted]
    assert desk.petition.name in results[stale]
    good.refresh_from_db()
    stale.refresh_from_db()
    assert (good.state, good.unit) == (LetterState.FORWARDED, desk.water)
    assert stale.state == LetterState.REGISTERED


def test_forwarding_several_needs_letters_a_unit_and_a_reason(client, desk):
    letter = desk.letter()
    client.force_login(desk.petition)

    assert client.post(FORWARD, {"letter": ["x", "\x00", "ABC:1"]}).url == LIST
    response = client.post(
        FORWARD, {"letter": ticked(letter), "send": "1", "reasons": "因为"}
    )
    assert response.status_code == 422
    assert "因为" in response.content.decode()
    assert "to_unit" in response.context["form"].errors


def test_forwarding_several_is_for_the_petition_office(client, desk):
    letter = desk.letter()
    far = officer(desk.js and desk.roads, Role.PETITION_OFFICER)
    for account, status in ((desk.handler, 403), (desk.clerk, 403), (far, 302)):
        client.force_login(account)
        response = client.post(FORWARD, {"letter": ticked(letter), "send": "1"})
        assert response.status_code == status


def test_list_is_read_in_chinese(client, desk):
    desk.letter()
    client.force_login(desk.petition)

    html = client.get(LIST, {"work": "all"}).content.decode()

    assert re.search(r"来信来访", html)
