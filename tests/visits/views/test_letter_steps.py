"""Every step of the table through its page; refusals keep what was typed."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import AccountFactory, CadreFactory
from tests.factories.letters import PLAIN, letter_at, officer, take
from tests.factories.visits import at
from visits.actions.draft_step import draft_step
from visits.models import ClockRule, Letter, LetterClock
from visits.reports.letter_worklists import waiting_letters
from visits.rules.letter_states import TABLE, Category, LetterState, Step

pytestmark = pytest.mark.django_db
S = LetterState


def today():
    return timezone.localdate()


def page_of(letter, step):
    return reverse("visits:letter_step", args=[letter.reference, step])


def typed(letter, **record):
    """What a browser sends: units by their label, days as text."""
    data = {"version": letter.version}
    for name, value in record.items():
        if name == "to_unit":
            data["to_unit"] = f"{value.name} · {value.place.path}"
            data["to_unit_id"] = value.pk
        elif name == "handler":
            data[name] = value.pk
        else:
            data[name] = str(value)
    return data


class Walk:
    """Brings a letter to where a step fits, then takes it through the page."""

    def __init__(self, desk):
        self.desk = desk

    def registered(self):
        return self.desk.letter()

    def of_duty(self):
        """A letter that its own organ has received, and handles itself."""
        clerk = officer(self.desk.water, Role.CLERK)
        return letter_at(self.desk.place, office=self.desk.water, by=clerk)

    def objection(self):
        return take(self.desk.forwarded(), Step.OBJECT, self.desk.handler)

    def escalated(self):
        return take(
            self.desk.letter(), Step.PROPOSE, self.desk.petition, proposal="请领导批示"
        )

    def dispute(self):
        return take(
            self.desk.accepted(), Step.DISPUTE, self.desk.handler, reasons="职责交叉"
        )

    def suggestion(self):
        letter = take(
            self.desk.forwarded(category=Category.SUGGESTION),
            Step.ACCEPT,
            self.desk.handler,
            route="study",
        )
        return take(letter, Step.INQUIRE, self.desk.handler)

    def withdrawn(self):
        return take(
            self.desk.accepted(), Step.WITHDRAW, self.desk.handler, statement="不再要求"
        )

    def answered(self):
        return self.desk.answered(received_on=today())

    def unproven(self):
        return self.desk.answered()

    def over(self):
        """Answered a hundred days ago; nobody has asked for a review."""
        start = timezone.localtime() - timedelta(days=100)
        day = start.date()
        letter = self.desk.letter(now=start, received_on=day)
        for step, by, record in (
            (Step.FORWARD, self.desk.petition, {"to_unit": self.desk.water}),
            (Step.ACCEPT, self.desk.handler, {"accepted_on": day}),
            (Step.INQUIRE, self.desk.handler, {}),
            (Step.ANSWER, self.desk.head, {"received_on": day}),
        ):
            letter = take(letter, step, by, start, **record)
        return letter

    def closed(self):
        return take(self.over(), Step.CLOSE, self.desk.head)

    def review(self):
        return take(
            self.answered(),
            Step.ASK_REVIEW,
            self.desk.petition,
            to_unit=self.desk.above,
            requested_on=today(),
        )

    def reviewed(self):
        return take(self.review(), Step.REVIEW, self.desk.reviewer, received_on=today())

    def rereview(self):
        return take(
            self.reviewed(),
            Step.ASK_REREVIEW,
            self.desk.petition,
            to_unit=self.desk.top,
            requested_on=today(),
        )


# step: (where it starts, who takes it, what else is recorded, the state after it)
STEPS = {
    Step.FORWARD: ("registered", "petition", {"to_unit": "water"}, S.FORWARDED),
    Step.ASSIGN: ("registered", "petition", {"to_unit": "water"}, S.ASSIGNED),
    Step.PROPOSE: ("registered", "petition", {"proposal": "请批示"}, S.ESCALATED),
    Step.GUIDE: ("registered", "petition", {}, S.GUIDED),
    Step.SORT: ("registered", "petition", {"category": "suggestion"}, S.REGISTERED),
    Step.REPORT_URGENT: (
        "registered", "petition", {"reported_to": "市委市政府"}, S.REGISTERED,
    ),
    Step.OBJECT: ("forwarded", "handler", {}, S.OBJECTION),
    Step.AGREE: ("objection", "petition", {}, S.REGISTERED),
    Step.REFUSE: ("objection", "petition", {}, S.FORWARDED),
    Step.ACCEPT: ("of_duty", "handler", {}, S.ACCEPTED),
    Step.NOT_ACCEPT: ("of_duty", "handler", {}, S.NOT_ACCEPTED),
    Step.DISPUTE: ("accepted", "handler", {"reasons": "职责交叉"}, S.DISPUTE),
    Step.NAME_UNIT: (
        "dispute", "superior", {"to_unit": "roads", "decision": "由其办理"}, S.ACCEPTED,
    ),
    Step.DECIDE: (
        "escalated", "petition", {"to_unit": "water", "decision": "转水务局"}, S.FORWARDED,
    ),
    Step.INQUIRE: ("accepted", "handler", {}, S.HANDLING),
    Step.HEAR: ("accepted", "handler", {"facts": "听证", "held_on": "today"}, S.HANDLING),
    Step.MEDIATE: (
        "accepted", "handler", {"facts": "属实", "agreement": "限期更换"}, S.HANDLING,
    ),
    Step.FIND_ACCUSATION: ("accepted", "handler", {"reasons": "反映干部"}, S.REGISTERED),
    Step.EXTEND: ("handling", "head", {}, S.EXTENDED),
    Step.ANSWER: ("handling", "head", {}, S.ANSWERED),
    Step.REPLY: ("suggestion", "head", {}, S.ANSWERED),
    Step.NAME_HANDLER: ("accepted", "head", {"handler": "handler"}, S.ACCEPTED),
    Step.REPORT_BACK: ("accepted", "handler", {"report": "正在办理"}, S.ACCEPTED),
    Step.URGE: ("accepted", "petition", {"reasons": "请抓紧"}, S.ACCEPTED),
    Step.WITHDRAW: ("accepted", "handler", {"statement": "我不要求了"}, S.ACCEPTED),
    Step.MARK_URGENT: (
        "accepted", "petition", {"danger": "health", "urgent_reason": "井水有异味"},
        S.ACCEPTED,
    ),
    Step.CALL_BACK: (
        "withdrawn", "head",
        {"called_on": "today", "free_will": "free", "call_words": "确是自愿"}, S.ACCEPTED,
    ),
    Step.DELIVER: (
        "unproven", "head", {"received_on": "today", "delivered_how": "hand"}, S.ANSWERED,
    ),
    Step.ASK_REVIEW: (
        "answered", "petition", {"to_unit": "above", "requested_on": "today"},
        S.UNDER_REVIEW,
    ),
    Step.NOT_TAKE_UP: (
        "over", "petition", {"requested_on": "today", "reasons": "逾期"}, S.ANSWERED,
    ),
    Step.REVIEW: ("review", "reviewer", {}, S.REVIEW_ANSWERED),
    Step.ASK_REREVIEW: (
        "reviewed", "petition", {"to_unit": "top", "requested_on": "today"},
        S.UNDER_REREVIEW,
    ),
    Step.PAUSE_FOR_HEARING: (
        "rereview", "rereviewer", {"hearing_first": "today", "hearing_last": "today"},
        S.UNDER_REREVIEW,
    ),
    Step.REREVIEW: ("rereview", "rereviewer", {}, S.ENDED),
    Step.SUPERVISE: ("answered", "petition", {}, S.SUPERVISED),
    Step.CLOSE: ("over", "head", {}, S.CLOSED),
    Step.HELP: ("closed", "petition", {"help_given": "介绍司法救助"}, S.CLOSED),
    Step.ARCHIVE: ("closed", "petition", {}, S.ARCHIVED),
}  # fmt: skip
# On pages of their own; the last comes with the end of a unit.
ELSEWHERE = {
    Step.RECEIVE,
    Step.SEAL,
    Step.SPLIT,
    Step.HAND_ON,
    Step.CORRECT,
    Step.CORRECT_PEOPLE,
    Step.MASK_IDENTITY,
}


def test_every_step_of_the_table_is_walked():
    assert {*STEPS, *ELSEWHERE} == {move.step for move in TABLE}


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_step_is_offered_shown_and_taken(client, desk, step, in_english):
    start, who, record, state = STEPS[step]
    walk = Walk(desk)
    letter = getattr(walk, start, None) or getattr(desk, start)
    letter = letter()
    record = PLAIN.get(step, {}) | {
        name: today() if value == "today" else getattr(desk, str(value), value)
        if name in ("to_unit", "handler") else value
        for name, value in record.items()
    }  # fmt: skip
    client.force_login(getattr(desk, who))

    detail = client.get(letter.get_absolute_url()).content.decode()
    shown = client.get(page_of(letter, step))
    response = client.post(page_of(letter, step), typed(letter, **record))

    assert page_of(letter, step) in detail
    assert shown.status_code == 200
    assert response.status_code == 302, response.context["form"].errors
    letter.refresh_from_db()
    assert letter.state == state
    event = letter.events.order_by("pk").last()
    assert (event.step, event.by) == (step, getattr(desk, who))


def test_no_step_of_a_stranger_is_found(client, desk):
    letter = desk.letter()
    client.force_login(desk.roads_handler)

    for step in STEPS:
        page = page_of(letter, step)
        assert client.get(page).status_code == 404, step
        assert client.post(page, {"version": 1}).status_code == 404, step


def test_unknown_step_is_not_found(client, desk):
    letter = desk.letter()
    client.force_login(desk.petition)

    for step in ("nonsense", "FORWARD", "forward%00", "x" * 500):
        address = f"{letter.get_absolute_url()}{step}/"
        assert client.get(address).status_code in (400, 404)


def test_step_that_is_not_offered_sends_back_to_the_letter(client, desk):
    letter = desk.forwarded()
    client.force_login(desk.petition)

    assert client.get(page_of(letter, Step.ACCEPT)).url == letter.get_absolute_url()
    response = client.post(
        page_of(letter, Step.ACCEPT), typed(letter, **PLAIN[Step.ACCEPT])
    )

    assert response.status_code == 422
    letter.refresh_from_db()
    assert letter.state == S.FORWARDED


def test_a_sealed_letter_has_no_step_here(client, desk):
    letter = desk.letter(complains_about_someone=True)
    client.force_login(desk.sealer)

    for step in (Step.SEAL, Step.FORWARD, Step.SPLIT):
        address = page_of(letter, step)
        data = typed(letter, to_unit=desk.water, reasons="x")
        assert client.get(address).status_code == 404
        assert client.post(address, data).status_code == 404
    letter.refresh_from_db()
    assert letter.state == S.REGISTERED


def test_what_is_missing_stands_beside_its_field_with_the_text_kept(
    client, desk, in_english
):
    letter = desk.handling()
    client.force_login(desk.head)
    record = PLAIN[Step.ANSWER] | {"opinion": "", "reasons": "情况完全属实"}

    response = client.post(page_of(letter, Step.ANSWER), typed(letter, **record))

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"opinion"}
    assert "情况完全属实" in response.content.decode()


@pytest.mark.parametrize(
    ("step", "field", "value"),
    [
        (Step.FORWARD, "to_unit", "没有这个单位"),
        (Step.FORWARD, "reasons", "长" * 10_001),
        (Step.FORWARD, "reasons", "a\x00b"),
        (Step.SORT, "category", "nonsense"),
        (Step.ASSIGN, "report_on", "31.02.2026"),
        (Step.ASSIGN, "report_on", "2020-01-01"),
        (Step.REPORT_URGENT, "reported_to", "x" * 201),
        (Step.FORWARD, "version", "9" * 40),
        (Step.FORWARD, "version", "abc"),
    ],
)
def test_bad_input_is_refused_beside_its_field(client, desk, step, field, value):
    letter = desk.letter()
    record = PLAIN.get(step, {}) | (
        {"to_unit": desk.water} if step in (Step.FORWARD, Step.ASSIGN) else {}
    )
    data = typed(letter, **record) | {field: value}
    client.force_login(desk.petition)

    response = client.post(page_of(letter, step), data)

    assert response.status_code == 422
    assert response.context["form"].errors
    assert letter.events.count() == 1


@pytest.mark.parametrize("days", ["0", "-5", "31", "9" * 30, "abc", "1.5", "\x00"])
def test_an_extension_is_between_one_and_thirty_days(client, desk, days):
    letter = desk.handling()
    client.force_login(desk.head)
    record = PLAIN[Step.EXTEND] | {"days": days}

    response = client.post(page_of(letter, Step.EXTEND), typed(letter, **record))

    assert response.status_code == 422
    assert "days" in response.context["form"].errors


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize(
    ("start", "step", "who", "field"),
    [
        ("answered", Step.ASK_REVIEW, "petition", "requested_on"),
        ("forwarded", Step.ACCEPT, "handler", "accepted_on"),
        ("unproven", Step.DELIVER, "head", "received_on"),
        ("rereview", Step.PAUSE_FOR_HEARING, "rereviewer", "hearing_last"),
    ],
)
def test_a_day_beyond_all_calendars_is_refused(
    client, desk, start, step, who, field, day
):
    walk = Walk(desk)
    letter = (getattr(walk, start, None) or getattr(desk, start))()
    client.force_login(getattr(desk, who))

    response = client.post(page_of(letter, step), typed(letter, **{field: day}))

    assert response.status_code == 422
    assert field in response.context["form"].errors


def test_an_old_draft_with_such_a_day_still_opens(client, desk):
    letter = desk.handling()
    letter.drafts.create(
        step=Step.EXTEND,
        record={"days": 5, "reasons": "x", "told_on": "9999-12-31"},
        state="returned",
        drafted_by=desk.handler,
    )
    client.force_login(desk.handler)

    assert client.get(page_of(letter, Step.EXTEND)).status_code == 200


def test_a_draft_says_nothing_of_a_delivery(client, desk):
    letter = desk.handling()
    client.force_login(desk.handler)
    drafted = client.get(page_of(letter, Step.ANSWER)).context["form"]
    client.force_login(desk.head)
    issued = client.get(page_of(letter, Step.ANSWER)).context["form"]

    assert "received_on" not in drafted.fields
    assert "received_on" in issued.fields


def test_who_wants_no_phone_calls_is_offered_none(client, desk):
    letter = desk.forwarded(no_phone_calls=True)
    client.force_login(desk.handler)

    form = client.get(page_of(letter, Step.ACCEPT)).context["form"]

    assert "phone" not in dict(form.fields["delivered_how"].choices)


def test_the_remedy_is_in_the_papers_language_with_the_days_of_the_rule(
    client, desk, in_english
):
    ClockRule.objects.create(
        jurisdiction=desk.js.xuzhou,
        clock="C9",
        days=45,
        mode=ClockRule.Mode.CALENDAR,
        valid_from="2020-01-01",
        basis="地方规定",
    )
    letter = desk.handling()
    client.force_login(desk.head)

    form = client.get(page_of(letter, Step.ANSWER)).context["form"]

    assert form["remedy"].value() == (
        "自收到本处理意见之日起45日内，可向江苏省水利厅申请复查（第三十五条）。"
    )


def test_the_history_says_who_was_named(client, desk):
    letter = take(desk.accepted(), Step.NAME_HANDLER, desk.head, handler=desk.handler)
    client.force_login(desk.petition)

    assert f"→ {desk.handler}" in client.get(letter.get_absolute_url()).content.decode()


def test_the_organ_above_takes_down_a_request_on_its_page(client, desk):
    letter = desk.answered(received_on=today())
    client.force_login(desk.reviewer)
    address = page_of(letter, Step.ASK_REVIEW)
    record = {"to_unit": desk.above, "requested_on": today()}

    assert address in client.get(letter.get_absolute_url()).content.decode()
    response = client.post(address, typed(letter, **record))

    assert response.status_code == 302
    letter.refresh_from_db()
    assert letter.state == S.UNDER_REVIEW


def test_a_waived_delivery_makes_closing_the_step_expected(client, desk):
    letter = take(desk.handling(), Step.ANSWER, desk.head, delivered_how="waived")
    client.force_login(desk.head)

    page = client.get(letter.get_absolute_url()).context["page"]

    assert page.expected.step == Step.CLOSE


def test_an_overtaken_draft_waits_no_more(client, desk):
    letter = desk.handling()
    draft_step(
        letter,
        by=desk.handler,
        step=Step.EXTEND,
        record=PLAIN[Step.EXTEND],
        version=letter.version,
        now=timezone.localtime(),
    )
    letter = take(letter, Step.ANSWER, desk.head, received_on=today())
    client.force_login(desk.head)

    assert client.get(letter.get_absolute_url()).context["page"].drafts == []
    assert letter not in waiting_letters(desk.head, on=today())


def test_the_id_of_another_unit_than_the_typed_one_is_not_believed(client, desk):
    letter = desk.letter()
    data = typed(letter, to_unit=desk.water, reasons="x")
    data["to_unit_id"] = "9" * 30
    client.force_login(desk.petition)

    assert client.post(page_of(letter, Step.FORWARD), data).status_code == 302
    letter.refresh_from_db()
    assert letter.unit == desk.water


def test_a_handler_of_another_unit_cannot_be_named(client, desk):
    letter = desk.accepted()
    client.force_login(desk.head)

    response = client.post(
        page_of(letter, Step.NAME_HANDLER), typed(letter, handler=desk.roads_handler)
    )

    assert response.status_code == 422
    assert "handler" in response.context["form"].errors


def test_stale_step_tells_what_the_other_did_and_keeps_what_was_typed(
    client, desk, in_english
):
    letter = desk.letter()
    data = typed(letter, to_unit=desk.water, reasons="我写的理由")
    take(letter, Step.SORT, desk.petition, category=Category.SUGGESTION)
    other = AccountFactory(role=Role.PETITION_OFFICER, role__unit=desk.office)
    client.force_login(other)

    response = client.post(page_of(letter, Step.FORWARD), data)

    html = response.content.decode()
    assert response.status_code == 422
    assert "我写的理由" in html
    assert desk.petition.name in html
    assert "Set the category" in html
    data["version"] = response.context["form"]["version"].value()
    assert client.post(page_of(letter, Step.FORWARD), data).status_code == 302


def test_stale_step_that_no_longer_fits_offers_no_button(client, desk, in_english):
    letter = desk.letter()
    data = typed(letter, to_unit=desk.water, reasons="我写的理由")
    take(letter, Step.FORWARD, desk.petition, to_unit=desk.roads)
    client.force_login(
        AccountFactory(role=Role.PETITION_OFFICER, role__unit=desk.office)
    )

    response = client.post(page_of(letter, Step.FORWARD), data)

    html = response.content.decode()
    assert response.status_code == 422
    assert response.context["offer"] is None
    assert "no longer fits" in html
    assert "我写的理由" in html


def test_acceptance_says_which_clock_starts_and_until_when(client, desk, in_english):
    start = at("2026-09-18 10:00")
    letter = desk.letter(now=start, received_on=start.date())
    letter = take(letter, Step.FORWARD, desk.petition, start, to_unit=desk.water)
    client.force_login(desk.handler)

    response = client.get(page_of(letter, Step.ACCEPT))

    form = response.context["form"]
    notice = LetterClock.objects.get(letter=letter, clock="C4")
    assert form["accepted_on"].value() == min(today(), notice.legal_on)
    assert form["route"].value() == "petition"
    [stops, starts] = response.context["preview"]
    assert stops.startswith("Stops: ")
    assert "60 days start on" in starts


def test_first_values_spare_typing(client, desk):
    client.force_login(desk.petition)
    assign = client.get(page_of(desk.letter(), Step.ASSIGN)).context["form"]
    review = client.get(
        page_of(desk.answered(received_on=today()), Step.ASK_REVIEW)
    ).context["form"]

    assert assign["report_on"].value() == today() + timedelta(days=30)
    assert review["to_unit"].value() == desk.above
    assert review["requested_on"].value() == today()


def test_a_handler_drafts_the_head_approves_and_both_stand_in_the_history(
    client, desk, in_english
):
    letter = desk.handling()
    record = PLAIN[Step.ANSWER]
    client.force_login(desk.handler)
    drafted = client.post(page_of(letter, Step.ANSWER), typed(letter, **record))
    draft = letter.drafts.get()
    again = client.post(page_of(letter, Step.ANSWER), typed(letter, **record))
    client.force_login(desk.head)
    html = client.get(letter.get_absolute_url()).content.decode()
    approve = reverse("visits:draft_approve", args=[letter.reference, draft.pk])

    response = client.post(approve)

    assert drafted.status_code == response.status_code == 302
    assert again.status_code == 422
    assert "更换水泵" in html
    assert approve in html
    event = letter.events.get(step=Step.ANSWER)
    assert (event.by, event.drafted_by) == (desk.head, desk.handler)


def test_a_returned_draft_is_gone_on_from(client, desk, in_english):
    letter = desk.handling()
    record = PLAIN[Step.EXTEND] | {"days": 12}
    draft = draft_step(
        letter,
        by=desk.handler,
        step=Step.EXTEND,
        record=record,
        version=letter.version,
        now=timezone.localtime(),
    )
    send_back = reverse("visits:draft_return", args=[letter.reference, draft.pk])
    client.force_login(desk.head)
    empty = client.post(send_back, {"note": " "})
    client.post(send_back, {"note": "请说明理由"})
    client.force_login(desk.handler)

    html = client.get(letter.get_absolute_url()).content.decode()
    form = client.get(page_of(letter, Step.EXTEND)).context["form"]

    assert empty.status_code == 422
    assert "请说明理由" in html
    assert form["days"].value() == 12


def test_only_the_head_decides_on_a_draft(client, desk):
    letter = desk.handling()
    draft = draft_step(
        letter,
        by=desk.handler,
        step=Step.EXTEND,
        record=PLAIN[Step.EXTEND],
        version=letter.version,
        now=timezone.localtime(),
    )
    for name in ("draft_approve", "draft_return"):
        address = reverse(f"visits:{name}", args=[letter.reference, draft.pk])
        for account, status in ((desk.handler, 403), (desk.roads_head, 404)):
            client.force_login(account)
            assert client.post(address, {"note": "x"}).status_code == status
    assert letter.drafts.get().state == "pending"


def split_data(letter, **fields):
    return {
        "version": letter.version,
        "client_key": uuid.uuid4(),
        "request": "另一件事",
        "facts": "",
        "category": "",
    } | fields


def test_a_second_matter_is_split_off_and_named(client, desk, in_english):
    letter = desk.letter()
    client.force_login(desk.petition)

    shown = client.get(page_of(letter, Step.SPLIT))
    response = client.post(page_of(letter, Step.SPLIT), split_data(letter), follow=True)

    second = Letter.objects.get(split_from=letter)
    assert shown.status_code == 200
    assert second.request == "另一件事"
    assert second.printed_reference in response.content.decode()


def test_what_is_split_off_and_sealed_is_named_nowhere(client, desk, in_english):
    letter = desk.letter()
    client.force_login(desk.petition)
    data = split_data(
        letter,
        request="反映水务局收费",
        complains_about_someone="on",
        named_official=(official := CadreFactory(unit=desk.roads)).name,
        named_unit=f"{desk.water.name} · {desk.water.place.path}",
    )

    response = client.post(page_of(letter, Step.SPLIT), data, follow=True)

    second = Letter.objects.get(split_from=letter)
    html = response.content.decode()
    assert second.is_sealed
    named = {(it.official, it.unit) for it in second.named.all()}
    assert named == {(official, None), (None, desk.water)}
    assert second.reference not in html
    assert second.printed_reference not in html
    assert "反映水务局收费" not in html


def test_a_letter_sorted_as_accusation_leaves_ones_hands(client, desk, in_english):
    letter = desk.letter()
    client.force_login(desk.petition)

    response = client.post(
        page_of(letter, Step.SORT), typed(letter, category="accusation"), follow=True
    )

    assert response.redirect_chain[-1][0] == reverse("visits:letter_list")
    assert client.get(letter.get_absolute_url()).status_code == 404
    letter.refresh_from_db()
    assert letter.is_sealed
