"""The board by mouse, keys and finger: plan by sweeping, move by dragging or arrows."""

import re
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP
from tests.factories import VisitFactory
from visits.rules.calendar_spans import Week

TABLET = {"width": 1024, "height": 900}


def cell(page, day, half):
    return page.locator(f".half[data-slot='{day}'][data-half='{half}']").first


def drag(page, start, end):
    """From the middle of one thing to the middle of another, and hold it there."""
    start.scroll_into_view_if_needed()
    box = start.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 12)
    page.mouse.down()
    box = end.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20, steps=4)


def middle(thing):
    thing.scroll_into_view_if_needed()
    box = thing.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + 12


def finger(session, kind, *point):
    touches = [{"x": point[0], "y": point[1]}] if point else []
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def test_plan_and_move_on_the_board(open_context, live_server, liaison, leader, js):
    monday = Week.of(timezone.localdate() + timedelta(days=7)).first
    days = [monday + timedelta(days=n) for n in range(5)]
    morning = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
    visit = VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        starts_at=morning + (days[2] - morning.date()),
        purpose="设施农业",
    )
    VisitFactory(
        officials=[leader.cadre],
        places=[js.gulou],
        starts_at=morning + (days[1] - morning.date()),
        purpose="老旧小区",
    )
    board = f"{live_server.url}{reverse('visits:calendar')}?week={Week.of(monday).key}"
    context = open_context(liaison, language="en", viewport=DESKTOP)
    page = context.new_page()

    # A sweep over free half-days opens the plan with official, day and hours.
    page.goto(board)
    drag(page, cell(page, days[3], "pm"), cell(page, days[4], "am"))
    expect(page.locator(".look-note")).to_contain_text("Free")
    page.mouse.up()
    page.wait_for_url(re.compile("/visits/plan/"))
    expect(page.locator("[name='stops-0-day']")).to_have_value(str(days[3]))
    expect(page.locator("[name='stops-0-starts']")).to_have_value("14:00")
    expect(page.locator("[name='stops-0-last_day']")).to_have_value(str(days[4]))
    expect(page.locator("[name='team-0-official']")).to_have_value(str(leader.cadre.pk))

    # Held over a taken half-day the board says by what; dropped on a free one it moves.
    page.goto(board)
    entry = page.locator(f"[data-entry='{visit.reference}'] .entry").first
    drag(page, entry, cell(page, days[1], "am"))
    expect(page.locator(".look-note")).to_contain_text("老旧小区")
    expect(page.locator("#board-live")).to_contain_text("老旧小区")
    box = cell(page, days[3], "pm").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20, steps=4)
    expect(page.locator(".look-note")).to_contain_text("Free")
    page.mouse.up()
    expect(page.locator(".moved-notice")).to_contain_text("设施农业")
    visit.refresh_from_db()
    starts = timezone.localtime(visit.starts_at)
    assert (starts.date(), starts.hour) == (days[3], 14)

    # Back by Undo, and on again by the arrow keys alone.
    page.get_by_role("button", name="Undo the move").click()
    expect(page.locator("#messages")).to_contain_text("taken back")
    page.locator(f"[data-entry='{visit.reference}'] .entry-move").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.locator("#board-live")).to_contain_text("Left where it was")
    for _n in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#board-live")).to_contain_text("Free")
    page.keyboard.press("Enter")
    expect(page.locator(".moved-notice")).to_be_visible()
    visit.refresh_from_db()
    starts = timezone.localtime(visit.starts_at)
    assert (starts.date(), starts.hour) == (days[3], 14)

    # Past the end of the week the keys carry it on to the next one.
    page.locator(f"[data-entry='{visit.reference}'] .entry-move").first.focus()
    for _n in range(7):
        page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(Week.of(monday + timedelta(days=7)).key))
    expect(page.locator(".is-carried")).to_contain_text("设施农业")
    expect(page.locator("#board-live")).to_contain_text("Free")
    page.keyboard.press("Enter")
    expect(page.locator(".moved-notice")).to_be_visible()
    visit.refresh_from_db()
    starts = timezone.localtime(visit.starts_at)
    assert (starts.date(), starts.hour) == (monday + timedelta(days=7), 9)

    # A finger that rests on it takes it along.
    context = open_context(liaison, language="en", viewport=TABLET, has_touch=True)
    page = context.new_page()
    page.goto(f"{board.split('?')[0]}?week={Week.of(starts.date()).key}")
    entry = page.locator(f"[data-entry='{visit.reference}'] .entry").first
    tuesday = cell(page, starts.date() + timedelta(days=1), "pm")
    touch = context.new_cdp_session(page)
    x, y = middle(entry)
    finger(touch, "touchStart", x, y)
    page.wait_for_selector(".board-ghost")
    finger(touch, "touchMove", *middle(tuesday))
    expect(page.locator(".look-note")).to_contain_text("Free")
    finger(touch, "touchEnd")
    expect(page.locator(".moved-notice")).to_be_visible()
    visit.refresh_from_db()
    starts = timezone.localtime(visit.starts_at)
    assert (starts.date(), starts.hour) == (monday + timedelta(days=8), 14)
