"""From a question in a village to a look back, in Chinese, at a desk and with a phone.

What was asked at a talk becomes a matter; the leader assigns it. The unit says that it is done; someone concerned says no, and it is open again; the
second time they say yes with a slip of paper; it is struck off, and looked back on by
someone who had no hand in it. Each page is looked at by axe on the way.
"""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, VIEWPORTS
from tests.browser.test_accessibility import faults_of
from tests.factories import TalkFactory
from tests.factories.matters import MatterWorld
from visits.models import Matter
from visits.rules.matter_states import MatterState

AXE = Axe()


@pytest.fixture
def page_of(open_context):
    """A browser of their own for each person; None is someone in the village."""
    pages = {}

    def page(account, viewport=DESKTOP):
        key = account.pk if account else None
        if key not in pages:
            context = open_context(account, viewport=viewport, reduced_motion="reduce")
            context.add_init_script(AXE.axe_script)
            pages[key] = context.new_page()
        return pages[key]

    return page


def ask(page, talk, faults):
    """Write the question down at its talk, and turn it into a matter."""
    page.goto(talk.get_absolute_url())
    faults.extend(faults_of(page, "talk"))
    page.locator("[name=text]").fill("三组路灯什么时候修？")
    page.get_by_role("button", name="记录", exact=True).click()
    page.get_by_role("link", name="三组路灯什么时候修？").click()
    faults.extend(faults_of(page, "question"))
    page.get_by_role("link", name="转为现场办公事项").click()
    page.locator("[name=subject]").fill("三组路灯不亮")
    faults.extend(faults_of(page, "question to matter"))
    page.get_by_role("button", name="转为现场办公事项").click()
    expect(page.locator("h1")).to_have_text("三组路灯不亮")
    return Matter.objects.get(subject="三组路灯不亮")


@pytest.mark.parametrize(
    "at", [pytest.param(it, marks=pytest.mark.long) for it in ("phone", "desktop")]
)
def test_a_question_from_the_village_to_its_look_back(page_of, js, at):
    world, viewport = MatterWorld(js), VIEWPORTS[at]
    talk = TalkFactory(stop=world.visit().stops.first())
    faults = []
    matter = ask(page_of(world.liaison, viewport), talk, faults)

    def step(account, label, **typed):
        page = page_of(account, viewport)
        page.goto(matter.get_absolute_url())
        faults.extend(faults_of(page, f"{at} matter"))
        link = page.locator(".steps").get_by_role("link", name=label, exact=True)
        if not link.is_visible():
            page.locator(".steps summary").click()
        link.click()
        for name, value in typed.items():
            field = page.locator(f"[name={name}]")
            if field.evaluate("it => it.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        faults.extend(faults_of(page, f"{at} {label}"))
        page.get_by_role("button", name=label).click()
        expect(page.locator("h1")).to_have_text(matter.subject)

    due_on = (world.today + timedelta(days=20)).isoformat()
    decided = {"decision": "更换灯头", "lead_unit": world.water.name, "due_on": due_on}
    step(world.leader, "交办", **decided)
    done = {"unit_word": "done", "result": "已更换"}
    step(world.handler, "报办结", **done)
    step(world.admin, "记录电话回访", says="not_settled", statement="只亮了一盏")
    matter.refresh_from_db()
    assert matter.state == MatterState.REOPENED
    step(world.handler, "报办结", **done)

    desk = page_of(world.liaison, viewport)
    desk.goto(matter.get_absolute_url())
    expect(desk.get_by_text("只亮了一盏")).to_be_visible()
    desk.get_by_role("button", name="打印纸条").click()
    desk.locator("[data-confirm-yes]").click()
    code = desk.locator("[data-code]").inner_text()
    faults.extend(faults_of(desk, f"{at} slips"))

    village = page_of(None, PHONE)
    village.goto(reverse("visits:word"))
    faults.extend(faults_of(village, "word"))
    village.locator("[name=reference]").fill(matter.reference)
    village.locator("[name=code]").fill(code)
    village.get_by_role("button", name="继续").click()
    village.locator("[name=says][value=settled]").check()
    faults.extend(faults_of(village, "word about the matter"))
    village.get_by_role("button", name="提交").click()
    expect(village.locator("h1")).to_contain_text("谢谢")

    step(world.liaison, "销号", look_back_on="2027-06-01")
    step(world.admin, "回头看", finding="holds", statement="一直亮着")
    matter.refresh_from_db()
    assert (matter.state, matter.reopened) == (MatterState.LOOKED_BACK, 1)

    desk.goto(reverse("visits:matter_list") + "?work=all")
    faults.extend(faults_of(desk, f"{at} list"))
    desk.goto(reverse("visits:visit_matters", args=[matter.stop.visit.reference]))
    faults.extend(faults_of(desk, f"{at} meeting"))
    assert faults == []
