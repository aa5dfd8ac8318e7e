"""The page of one letter: to whom, what it shows, what is kept apart."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import AccountFactory, RoleGrantFactory, VisitFactory
from tests.factories.letters import officer, take
from visits.actions.link_letters import link_letters
from visits.actions.recuse import declare_recusal
from visits.models import Access, Letter, LetterLink, Recusal
from visits.rules.letter_states import Category, Step

pytestmark = pytest.mark.django_db
REQUEST = "小区自来水时断时续"
NAME, CONTACT, ADDRESS = "李测试", "13800002207", "环城街道测试小区3号楼"


def at(name, letter, *args):
    return reverse(f"visits:{name}", args=[letter.reference, *args])


def html(client, account, letter):
    client.force_login(account)
    response = client.get(letter.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("role", Role)
def test_a_strangers_letter_is_not_found_or_forbidden(client, desk, role):
    letter = desk.letter()
    stranger = AccountFactory(role=role, role__place=desk.js.yancheng)
    client.force_login(stranger)

    response = client.get(letter.get_absolute_url())

    assert response.status_code in (403, 404)
    assert REQUEST not in response.content.decode()


def test_each_sees_the_letter_while_it_is_theirs(client, desk):
    """Row by row: who reads it when it is registered, with the unit, under review."""
    people = {
        name: getattr(desk, name)
        for name in ("clerk", "petition", "handler", "head", "roads_head", "reviewer",
                     "leader", "sealer", "superior")
    }  # fmt: skip

    def readers(letter):
        found = set()
        for name, account in people.items():
            client.force_login(account)
            if client.get(letter.get_absolute_url()).status_code == 200:
                found.add(name)
        return found

    letter = desk.letter()
    assert readers(letter) == {"clerk", "petition"}
    letter = take(letter, Step.FORWARD, desk.petition, to_unit=desk.water)
    assert readers(letter) == {"petition", "handler", "head"}
    letter = take(letter, Step.ACCEPT, desk.handler)
    letter = take(letter, Step.DISPUTE, desk.handler, reasons="职责交叉")
    assert readers(letter) == {"petition", "handler", "head", "superior"}
    letter = take(
        letter, Step.NAME_UNIT, desk.superior, to_unit=desk.roads, decision="由其办理"
    )
    assert readers(letter) == {"petition", "roads_head"}


@pytest.mark.parametrize("more", [0, 2])
def test_page_costs_the_same_for_any_history(
    client, desk, more, django_assert_num_queries
):
    letter = desk.handling()
    for _i in range(more):
        letter = take(letter, Step.INQUIRE, desk.handler)
        other = desk.letter()
        link_letters(
            letter,
            by=desk.petition,
            other=other,
            kind="related",
            reason="同一片区",
            now=timezone.localtime(),
        )
    client.force_login(desk.petition)

    with django_assert_num_queries(23):
        client.get(letter.get_absolute_url())


def test_the_expected_step_alone_stands_out_with_its_article(client, desk, in_english):
    unsorted = desk.letter(category="")
    client.force_login(desk.petition)
    first = client.get(unsorted.get_absolute_url()).context["page"]
    page = html(client, desk.petition, desk.letter())

    assert first.expected.step == Step.SORT
    assert page.count("btn-primary") == 4  # the step, and the “yes” of three dialogs
    assert "Art. 22" in page
    shown = client.get(desk.letter().get_absolute_url()).context["page"]
    assert shown.expected.step == Step.FORWARD
    assert Step.ACCEPT not in {offer.step for offer in shown.others}


def test_the_window_decides_between_delivery_waiting_and_closing(client, desk):
    def expected(letter):
        client.force_login(desk.head)
        offer = client.get(letter.get_absolute_url()).context["page"].expected
        return offer.step if offer else None

    unproven = desk.answered()
    open_window = desk.answered(received_on=timezone.localdate())

    assert expected(unproven) == Step.DELIVER
    assert expected(open_window) is None


def test_history_says_who_acted_for_whom_and_what_was_recorded(
    client, desk, in_english
):
    page = html(client, desk.petition, desk.forwarded())

    for words in (
        "Forward",
        desk.petition.name,
        "petition officer",
        "徐州市水务局",
        "属其职责",
    ):
        assert words in page


# --- Identity -----------------------------------------------------------------------


def test_identity_is_masked_until_a_reason_is_given_and_then_for_that_account_alone(
    client, desk
):
    letter = desk.letter()
    other = officer(desk.office)
    before = html(client, desk.petition, letter)

    response = client.post(at("letter_open_identity", letter), {"reason": "电话核实"})

    assert response.url == letter.get_absolute_url()
    assert "李某" in before
    assert all(word not in before for word in (NAME, CONTACT, ADDRESS))
    after = html(client, desk.petition, letter)
    assert all(word in after for word in (NAME, CONTACT, ADDRESS))
    assert NAME not in html(client, other, letter)
    look = Access.objects.get()
    assert (look.by, look.reason, look.kind) == (desk.petition, "电话核实", "identity")


def test_identity_is_masked_again_after_a_quarter_of_an_hour(client, desk):
    letter = desk.letter()
    Access.objects.create(
        letter=letter,
        by=desk.petition,
        kind=Access.Kind.IDENTITY,
        reason="核实",
        at=timezone.now() - timedelta(minutes=16),
    )

    assert NAME not in html(client, desk.petition, letter)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201, "a\x00b"])
def test_identity_is_not_opened_without_a_reason(client, desk, reason):
    letter = desk.letter()
    client.force_login(desk.petition)

    response = client.post(at("letter_open_identity", letter), {"reason": reason})

    assert response.status_code == 422
    assert NAME not in response.content.decode()
    assert not Access.objects.exists()


def test_a_name_kept_secret_is_not_even_masked_for_the_unit(client, desk, in_english):
    letter = desk.forwarded(keep_name_secret=True)
    page = html(client, desk.handler, letter)

    response = client.post(at("letter_open_identity", letter), {"reason": "核实"})

    assert "李某" not in page
    assert "kept secret from the handling unit" in page
    assert response.status_code == 422
    assert NAME not in response.content.decode()
    assert not Access.objects.exists()


def test_a_look_ends_with_the_transfer(client, desk):
    letter = desk.forwarded()
    client.force_login(desk.handler)
    client.post(at("letter_open_identity", letter), {"reason": "核实"})
    letter = take(letter, Step.OBJECT, desk.handler)
    letter = take(letter, Step.AGREE, desk.petition)

    assert client.get(letter.get_absolute_url()).status_code == 404
    response = client.post(at("letter_open_identity", letter), {"reason": "核实"})
    assert response.status_code == 404


def test_the_office_knows_the_name_where_it_acts_itself(client, desk, in_english):
    letter = desk.letter()
    client.force_login(desk.petition)
    client.post(at("letter_open_identity", letter), {"reason": "电话核实"})
    letter = take(letter, Step.FORWARD, desk.petition, to_unit=desk.water)

    page = html(client, desk.petition, letter)
    refused = client.post(at("letter_open_identity", letter), {"reason": "核实"})

    assert NAME not in page and "李某" in page
    assert "who has it in hand may open the name" in page
    assert refused.status_code == 422
    assert NAME not in refused.content.decode()
    letter = take(letter, Step.ACCEPT, desk.handler)
    letter = take(take(letter, Step.INQUIRE, desk.handler), Step.ANSWER, desk.head)
    client.post(at("letter_open_identity", letter), {"reason": "送达"})
    assert NAME in html(client, desk.petition, letter)


def test_the_office_writes_for_the_unit_where_the_name_is_kept_secret(client, desk):
    letter = desk.accepted(keep_name_secret=True)
    client.force_login(desk.petition)

    client.post(at("letter_open_identity", letter), {"reason": "代为送达"})

    assert NAME in html(client, desk.petition, letter)


def test_who_settles_a_dispute_needs_no_name(client, desk):
    letter = take(
        desk.accepted(), Step.DISPUTE, desk.handler, reasons="两单位均认为不属本职"
    )
    client.force_login(desk.superior)

    response = client.post(at("letter_open_identity", letter), {"reason": "核实"})

    assert response.status_code == 422
    assert not Access.objects.exists()


def test_the_office_sees_who_looked_and_the_unit_does_not(client, desk):
    letter = desk.forwarded()
    client.force_login(desk.handler)
    client.post(at("letter_open_identity", letter), {"reason": "入户核实地址"})

    assert "入户核实地址" in html(client, desk.petition, letter)
    assert "入户核实地址" not in html(client, desk.head, letter)


# --- Sealed ---------------------------------------------------------------------------


def test_a_sealed_letter_has_its_own_page_and_no_other(client, desk):
    letter = desk.letter(complains_about_someone=True, request="反映违规收费")
    posts = ("letter_open_identity", "letter_link", "letter_hold", "recusal_ask")
    for account in (desk.clerk, desk.petition, desk.handler, desk.leader):
        client.force_login(account)
        assert client.get(letter.get_absolute_url()).status_code == 404
        for name in posts:
            assert client.post(at(name, letter), {"reason": "x"}).status_code in (
                403,
                404,
            )
    client.force_login(desk.sealer)

    response = client.get(letter.get_absolute_url())

    assert response.url == reverse("visits:sealed_detail", args=[letter.reference])
    for name in posts[:-1]:
        assert client.post(at(name, letter), {"reason": "x"}).status_code in (403, 404)
    assert not Access.objects.exists()


def test_a_seal_officer_steps_back_from_a_sealed_letter(client, desk):
    letter = desk.letter(complains_about_someone=True)
    client.force_login(desk.sealer)
    page = client.get(reverse("visits:sealed_detail", args=[letter.reference]))
    address = at("recusal_declare", letter)

    assert address in page.content.decode()
    assert client.post(address, {"ground": ""}).status_code == 302
    assert not Recusal.objects.exists()
    client.post(address, {"ground": "亲属"})
    assert client.get(letter.get_absolute_url()).status_code == 404


# --- Links ------------------------------------------------------------------------------


def test_two_letters_are_linked_with_a_reason_and_the_link_is_taken_back(client, desk):
    letter, other = desk.letter(), desk.letter()
    client.force_login(desk.petition)
    data = {
        "reference": other.printed_reference,
        "kind": "related",
        "reason": "同一泵站",
    }

    client.post(at("letter_link", letter), data)
    link = LetterLink.objects.get()
    shown = html(client, desk.petition, other)
    client.post(at("link_undo", letter, link.pk))

    assert letter.printed_reference in shown
    assert "同一泵站" in shown
    link.refresh_from_db()
    assert link.undone_by == desk.petition
    assert "同一泵站" not in html(client, desk.petition, letter)


def test_only_letters_in_ones_hands_are_linked(client, desk, in_english):
    letter = desk.letter()
    sealed = desk.letter(complains_about_someone=True)
    client.force_login(desk.petition)
    answers = []
    for reference in (sealed.reference, "ZZZZZZZZ", "x" * 9, "\x00"):
        data = {"reference": reference, "kind": "related", "reason": "x"}
        response = client.post(at("letter_link", letter), data)
        assert response.status_code == 422
        answers.append(str(response.context["link_form"].errors["reference"]))

    assert answers[0] == answers[1]  # a sealed one is as one that does not exist
    assert not LetterLink.objects.exists()


def test_a_link_to_a_letter_of_others_is_not_shown(client, desk):
    letter = desk.forwarded()
    other = desk.letter()
    link_letters(
        letter,
        by=desk.petition,
        other=other,
        kind="related",
        reason="同一泵站",
        now=timezone.localtime(),
    )

    page = html(client, desk.handler, letter)

    assert other.printed_reference not in page
    assert "同一泵站" not in page


# --- Leader-held --------------------------------------------------------------------------


def test_a_leader_holds_a_matter_until_its_result(client, desk):
    letter = desk.forwarded()
    day = timezone.localdate()
    leader = f"{desk.leader_cadre.name} · {desk.leader_cadre.unit.name}"
    office = officer(desk.office)
    RoleGrantFactory(account=office, role=Role.DISTRICT_ADMIN, place=desk.js.xuzhou)
    client.force_login(office)

    hold = {"leader": leader, "leader_id": desk.leader_cadre.pk, "plan": "现场协调"}
    assert client.post(at("letter_hold", letter), hold).status_code == 422
    hold["due_on"] = (day + timedelta(days=20)).isoformat()
    assert client.post(at("letter_hold", letter), hold).status_code == 302
    held = letter.holds.get()
    later = (day + timedelta(days=40)).isoformat()
    client.post(at("hold_extend", letter, held.pk), {"due_on": later})
    page = html(client, desk.leader, letter)
    client.post(at("hold_progress", letter, held.pk), {"progress": "泵站已进场"})
    client.force_login(office)
    client.post(
        at("hold_end", letter, held.pk), {"result": "solved", "closing": "已通水"}
    )

    held.refresh_from_db()
    assert "现场协调" in page
    assert (held.result, held.progress) == ("solved", "泵站已进场")
    assert held.due_on.isoformat() == later
    client.force_login(desk.leader)
    assert client.get(letter.get_absolute_url()).status_code == 404


def test_only_the_office_gives_a_matter_to_a_leader(client, desk):
    letter = desk.forwarded()
    for account in (desk.handler, desk.head):
        client.force_login(account)
        assert client.post(at("letter_hold", letter), {}).status_code == 403
    assert not letter.holds.exists()


# --- Stepping back --------------------------------------------------------------------------


def test_stepping_back_ends_access_at_once(client, desk):
    letter = desk.forwarded()
    client.force_login(desk.handler)

    assert (
        client.post(at("recusal_declare", letter), {"ground": " "}).status_code == 422
    )
    response = client.post(at("recusal_declare", letter), {"ground": "亲属"})

    assert response.url == reverse("visits:letter_list")
    assert client.get(letter.get_absolute_url()).status_code == 404


def test_the_head_decides_on_stepping_back(client, desk):
    letter = desk.forwarded()
    recusal = declare_recusal(
        letter, by=desk.handler, ground="亲属", now=timezone.localtime()
    )
    address = at("recusal_decide", letter, recusal.pk)
    page = html(client, desk.head, letter)
    client.post(address, {"decision": "nonsense"})
    recusal.refresh_from_db()
    untouched = recusal.state

    client.post(address, {"decision": "refuse"})

    recusal.refresh_from_db()
    assert (untouched, recusal.state) == ("declared", "refused")
    assert address in page
    html(client, desk.handler, letter)


def test_the_petitioner_asks_that_someone_of_the_unit_steps_back(client, desk):
    letter = desk.forwarded()
    client.force_login(desk.petition)
    address = at("recusal_ask", letter)

    wrong = client.post(address, {"account": desk.roads_head.pk, "ground": "亲属"})
    client.post(address, {"account": desk.handler.pk, "ground": "亲属"})

    assert wrong.status_code == 422
    recusal = Recusal.objects.get()
    assert recusal.account == desk.handler
    # A request alone takes no letter out of anyone's hands, and tells them nothing.
    assert "亲属" not in html(client, desk.handler, letter)
    client.force_login(desk.head)
    client.post(at("recusal_decide", letter, recusal.pk), {"decision": "grant"})
    client.force_login(desk.handler)
    assert client.get(letter.get_absolute_url()).status_code == 404


def test_the_head_of_the_office_decides_without_seeing_the_letter(client, desk):
    letter = desk.letter()
    head = officer(desk.office, Role.UNIT_HEAD)
    recusal = declare_recusal(
        letter, by=desk.petition, ground="亲属", now=timezone.localtime()
    )
    client.force_login(head)
    notice = head.notices.get(kind="recusal")
    opened = client.post(reverse("visits:notice_open", args=[notice.pk]))
    page = client.get(opened.url).content.decode()
    address = at("recusal_decide", letter, recusal.pk)

    answer = client.post(address, {"decision": "grant"})

    assert opened.url == answer.url == reverse("visits:recusal_list")
    assert address in page and letter.request not in page
    assert letter.get_absolute_url() + '"' not in page
    recusal.refresh_from_db()
    assert (recusal.state, recusal.decided_by) == ("granted", head)
    assert address not in client.get(opened.url).content.decode()


def test_a_stranger_finds_no_recusal(client, desk):
    letter = desk.forwarded()
    recusal = declare_recusal(
        letter, by=desk.handler, ground="亲属", now=timezone.localtime()
    )
    for account in (desk.roads_head, desk.handler, officer(desk.office, Role.CLERK)):
        client.force_login(account)
        address = at("recusal_decide", letter, recusal.pk)
        assert client.post(address, {"decision": "refuse"}).status_code == 404
        page = client.get(reverse("visits:recusal_list"))
        assert letter.printed_reference not in page.content.decode()


def test_stepping_back_from_a_sealed_letter_is_asked_and_decided_there(client, desk):
    letter = desk.letter(complains_about_someone=True)
    second, third = (officer(desk.office, Role.SEAL_OFFICER) for _n in (1, 2))
    client.force_login(desk.sealer)
    client.post(at("recusal_ask", letter), {"account": desk.petition.pk, "ground": "x"})
    assert not Recusal.objects.exists()

    client.post(at("recusal_ask", letter), {"account": second.pk, "ground": "同学"})

    recusal = Recusal.objects.get()
    address = at("recusal_decide", letter, recusal.pk)
    detail = reverse("visits:sealed_detail", args=[letter.reference])
    assert address not in client.get(detail).content.decode()
    client.post(address, {"decision": "grant"})
    client.force_login(second)
    assert "同学" not in client.get(detail).content.decode()
    client.force_login(third)
    assert address in client.get(detail).content.decode()
    assert client.post(address, {"decision": "grant"}).url == letter.get_absolute_url()
    client.force_login(second)
    assert client.get(detail).status_code == 404


# --- Around it --------------------------------------------------------------------------------


def test_the_visit_is_linked_for_those_who_may_see_it(client, desk, leader, js):
    visit = VisitFactory(officials=[leader.cadre], places=[js.huancheng])
    letter = desk.letter(stop=visit.stops.get())

    page = html(client, desk.petition, letter)

    assert (visit.get_absolute_url() in page) == (
        type(visit).objects.visible_to(desk.petition).filter(pk=visit.pk).exists()
    )


@pytest.mark.parametrize(
    "name", ["hold_end", "hold_extend", "hold_progress", "link_undo", "recusal_decide",
             "draft_approve", "draft_return"],
)  # fmt: skip
def test_parts_of_another_letter_are_not_found(client, desk, name):
    letter = desk.forwarded()
    for account in (desk.petition, desk.head):
        client.force_login(account)
        response = client.post(at(name, letter, 999_999_999))
        assert response.status_code in (403, 404)


def test_pages_that_change_things_take_no_get(client, desk):
    letter = desk.letter()
    client.force_login(desk.petition)

    for name in (
        "letter_open_identity",
        "letter_link",
        "letter_hold",
        "recusal_declare",
    ):
        assert client.get(at(name, letter)).status_code == 405


def test_unknown_references_are_not_found(client, desk):
    client.force_login(desk.petition)
    for reference in ("AAAAAAAA", "a" * 8, "1", "A" * 500):
        assert client.get(f"/letters/{reference}/").status_code == 404


def test_a_suggestion_has_no_review_and_a_letter_in_chinese(client, desk):
    letter = desk.letter(category=Category.SUGGESTION)

    assert "建议意见" in html(client, desk.petition, letter)
    assert Letter.objects.get(pk=letter.pk).category == Category.SUGGESTION
