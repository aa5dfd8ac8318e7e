"""The place picker in a real browser: with the keyboard alone, and an input method."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

FIELD, KEY = "[name='stops-0-place']", "[name='stops-0-place_id']"


@pytest.fixture
def page(open_context, liaison):
    """The booking page, on a desktop."""
    page = open_context(liaison).new_page()
    page.goto(reverse("visits:visit_plan"))
    return page


def options(page):
    return page.locator("[data-picker-list] [role='option']")


def test_a_place_is_chosen_with_the_keyboard_alone(page, js):
    page.focus(FIELD)
    page.keyboard.insert_text("鼓楼")
    expect(options(page)).to_have_count(2)
    expect(options(page).nth(1)).to_contain_text(js.gulou.path)

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator(FIELD)).to_have_value(js.gulou.path)
    expect(page.locator(KEY)).to_have_value(str(js.gulou.pk))
    expect(options(page)).to_have_count(0)


def test_typing_on_forgets_the_choice(page, js):
    page.focus(FIELD)
    page.keyboard.insert_text("拾屯")
    expect(options(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(KEY)).to_have_value(str(js.shitun.pk))

    page.keyboard.type("x")

    expect(page.locator(KEY)).to_have_value("")


def test_escape_closes_the_list_and_keeps_the_text(page, js):
    page.focus(FIELD)
    page.keyboard.insert_text("鼓楼")
    expect(options(page)).to_have_count(2)

    page.keyboard.press("Escape")

    expect(options(page)).to_have_count(0)
    expect(page.locator(FIELD)).to_have_value("鼓楼")


def test_an_input_method_is_left_alone_until_it_is_done(page, js):
    """While characters are composed nothing is asked, and Enter belongs to them."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.focus(FIELD)
    client = page.context.new_cdp_session(page)

    client.send(
        "Input.imeSetComposition",
        {"text": "gulou", "selectionStart": 5, "selectionEnd": 5},
    )
    page.wait_for_timeout(400)
    assert not [url for url in asked if "/places/pick/" in url]

    client.send("Input.insertText", {"text": "鼓楼"})
    expect(options(page)).to_have_count(2)
    expect(page.locator(FIELD)).to_have_value("鼓楼")
