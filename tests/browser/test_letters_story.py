"""A letter from end to end, in Chinese: at the counter, in the unit, above it, at home.

A clerk takes in two matters on a reception day; the petition office forwards one and
guides the other; the handler settles it at the place with a phone in hand and drafts
the opinion at the desk, the head of the unit approves it; the petitioner looks it up and asks for a review, which the organ
above decides.
"""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from cadres.models import Account
from cadres.rules.roles import Role
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_story import pick, sign_in
from tests.factories import UnitFactory
from tests.factories.letters import officer, petition_office
from visits.models import Access, ContentSubject, Letter, LetterClock, LetterDraft
from visits.rules.letter_states import Category, LetterState

WATER, TREES = "三号楼以上每晚无水", "法院判决后未执行"
NAME, PHONE_NUMBER = "李测试", "10000001234"


@pytest.fixture
def people(js):
    for name, initials in (("水利水务", "slsw"), ("其他", "qt")):
        # A live server's flush empties the table.
        ContentSubject.objects.get_or_create(name=name, defaults={"initials": initials})

    class People:
        office = petition_office(js.xuzhou)
        above = UnitFactory(name="江苏省水利厅", place=js.js)
        water = UnitFactory(name="徐州市水务局", place=js.xuzhou, superior=above)
        clerk = officer(office, Role.CLERK, name="登记员甲")
        petition = officer(office, name="信访干部乙")
        handler = officer(water, Role.HANDLER, name="承办人丙")
        head = officer(water, Role.UNIT_HEAD, name="负责人丁")
        reviewer = officer(above, Role.REVIEW_OFFICER, name="复查员戊")

    return People


@pytest.fixture
def page_of(open_context):
    """A browser of their own for each; one and the same person keeps it."""
    pages = {}

    def page(account: Account | None, viewport=DESKTOP):
        key = account.pk if account else None
        if key not in pages:
            pages[key] = open_context(viewport=viewport).new_page()
            if account:
                sign_in(pages[key], account)
        return pages[key]

    return page


def test_a_letter_from_the_counter_to_the_review(page_of, people, js):
    code = receive(page_of(people.clerk), js)
    water, trees = Letter.objects.get(request=WATER), Letter.objects.get(request=TREES)
    route(page_of(people.petition), water, trees)
    settle_on_the_spot(page_of(people.handler, PHONE), water)
    draft_opinion(page_of(people.handler), water)
    approve(page_of(people.head), water)
    deliver(page_of(people.handler), water)
    look_up(page_of(None), water, code, "请求复查")
    ask_review(page_of(people.petition), water)
    review(page_of(people.reviewer), water, people.reviewer)
    look_up(page_of(None), water, code, "请求复核")


# --- At the counter -----------------------------------------------------------------


def receive(page, js):
    """Two rows of a reception day; returns the code on the first receipt."""
    page.goto(reverse("visits:letter_reception"))
    page.wait_for_selector("[data-reception][data-ready]")
    row(page, js, NAME, WATER, "slsw")
    row(page, js, "王测试", TREES, "qt")
    saved = page.locator("[data-saved] > li")
    expect(saved).to_have_count(2)

    href = saved.filter(has_text=WATER).get_by_role("link").get_attribute("href")
    page.goto(href)
    code = page.locator("[data-code]").inner_text()
    expect(page.locator("[data-receipt]")).to_contain_text("李某")
    expect(page.locator("[data-receipt]")).not_to_contain_text(NAME)
    page.reload()
    expect(page.locator("[data-code]")).to_have_count(0)
    return code


def row(page, js, name, request, subject):
    expect(page.locator("[name=name]")).to_be_focused()
    page.locator("[name=name]").fill(name)
    page.locator("[name=contact]").fill(PHONE_NUMBER)
    place = page.locator("[name=place]")
    if place.input_value() != js.huancheng.path:
        pick(page, place, "hcjd")
    page.locator("[name=subject]").fill(subject)
    page.locator("[name=request]").fill(request)
    page.locator("[name=facts]").fill("涉及住户四十六户，已经三个月。")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-saved]")).to_contain_text(request)


# --- In the petition office ---------------------------------------------------------


def open_letter(page, letter):
    """From the list, as people do."""
    page.goto(f"{reverse('visits:letter_list')}?work=all&state=all")
    page.get_by_role("link", name=re.compile(letter.request)).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(letter.request)


def step(page, name, **values):
    """Take a step from the letter's page; values by the names of the fields."""
    link = page.locator(f".steps a[href$='/{name}/']")
    if not link.is_visible():
        page.locator(".steps summary").click()
    link.click()
    for field, value in values.items():
        found = page.locator(f"form [name={field}]")
        if field == "to_unit":
            if found.input_value():
                found.fill("")
            pick(page, found, value)
        elif found.evaluate("it => it.tagName") == "SELECT":
            found.select_option(value)
        else:
            found.fill(value)
    page.locator("form .form-actions button.btn-primary").click()
    expect(page.locator("form .form-actions")).to_have_count(0)


def route(page, water, trees):
    open_letter(page, water)
    step(page, "sort", category=Category.REQUEST)
    step(page, "forward", to_unit="水务局", reasons="属你单位职责，请依法办理。")
    water.refresh_from_db()
    assert (water.state, water.unit.name) == (LetterState.FORWARDED, "徐州市水务局")
    expect(page.locator("main")).to_contain_text("徐州市水务局")

    open_letter(page, trees)
    step(page, "sort", category=Category.LITIGATION)
    step(page, "guide", where_to="请向原审法院申请执行。")
    trees.refresh_from_db()
    assert trees.state == LetterState.GUIDED


# --- In the unit --------------------------------------------------------------------


def settle_on_the_spot(page, letter):
    """With a phone in hand: accept, open the name, and agree on it at the place."""
    open_letter(page, letter)
    step(page, "accept", delivered_how="hand")
    letter.refresh_from_db()
    assert letter.accepted_on == timezone.localdate()
    handle = LetterClock.objects.get(letter=letter, clock="C7")
    assert handle.legal_on == letter.accepted_on + timedelta(days=60)

    people = page.locator("form[action$='/identity/']")
    expect(page.locator("main")).not_to_contain_text(NAME)
    page.locator("details", has=people).locator("summary").click()
    people.locator("[name=reason]").fill("约定现场查看时间")
    people.get_by_role("button").click()
    expect(page.locator("main")).to_contain_text(NAME)
    assert Access.objects.filter(letter=letter, by__name="承办人丙").count() == 1

    agreed = "物业当场更换密封件，十日内换泵；住户代表签字同意。"
    step(page, "mediate", facts="现场查看：水泵漏水，夜间停机。", agreement=agreed)
    expect(page.locator(".timeline")).to_contain_text(agreed)
    letter.refresh_from_db()
    assert letter.state == LetterState.HANDLING
    event = letter.events.get(step="mediate")
    assert (event.record["agreement"], event.by.name) == (agreed, "承办人丙")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]


def draft_opinion(page, letter):
    """At the desk again."""
    page.set_viewport_size(DESKTOP)
    open_letter(page, letter)
    step(page, "inquire", facts="水泵损坏，夜间供水不足。", law="《城市供水条例》")
    step(
        page,
        "answer",
        outcome="supported",
        facts="二次供水水泵损坏，情况属实。",
        reasons="供水设施应由供水单位维护。",
        opinion="十日内更换水泵，其间每晚定时送水。",
        legal_basis="《城市供水条例》第二十七条",
        delivered_how="hand",
    )
    assert LetterDraft.objects.get(letter=letter).state == LetterDraft.State.PENDING
    expect(page.locator("section.draft")).to_contain_text("更换水泵")


def approve(page, letter):
    open_letter(page, letter)
    draft = page.locator("section.draft")
    expect(draft).to_contain_text("承办人丙")
    draft.locator("form[action$='/approve/'] button").click()
    page.locator("[data-confirm-yes]").click()
    expect(page.locator("section.draft")).to_have_count(0)
    letter.refresh_from_db()
    assert (letter.state, letter.outcome) == (LetterState.ANSWERED, "supported")
    given = letter.events.get(step="answer")
    assert (given.by.name, given.drafted_by.name) == ("负责人丁", "承办人丙")


def deliver(page, letter):
    open_letter(page, letter)
    today = timezone.localdate()
    step(page, "deliver", received_on=today.isoformat(), delivered_how="hand")
    window = LetterClock.objects.get(letter=letter, clock="C9")
    assert window.legal_on >= today + timedelta(days=30)


# --- At home ------------------------------------------------------------------------


def look_up(page, letter, code, *words):
    page.goto(reverse("visits:lookup"))
    page.locator("[name=reference]").fill(letter.printed_reference)
    page.locator("[name=code]").fill(code)
    page.locator("main form button").click()
    main = page.locator("main")
    expect(main).to_contain_text(letter.printed_reference)
    for word in words:
        expect(main).to_contain_text(word)
    for secret in (NAME, PHONE_NUMBER, WATER, "水泵"):
        expect(main).not_to_contain_text(secret)
    assert code.replace("-", "") not in page.url


# --- Above the unit -----------------------------------------------------------------


def ask_review(page, letter):
    open_letter(page, letter)
    step(page, "ask_review", to_unit="江苏省水利厅")
    letter.refresh_from_db()
    assert letter.state == LetterState.UNDER_REVIEW
    clock = LetterClock.objects.get(letter=letter, clock="C10")
    assert clock.legal_on == timezone.localdate() + timedelta(days=30)


def review(page, letter, reviewer):
    open_letter(page, letter)
    step(
        page,
        "review",
        result="kept",
        reasons="原意见认定事实清楚，予以维持。",
        delivered_how="post",
    )
    letter.refresh_from_db()
    assert letter.state == LetterState.REVIEW_ANSWERED
    assert letter.events.get(step="review").by == reviewer
