"""The main job from end to end, in Chinese, on a desk and in a hand.

A liaison plans a visit that clashes and crowds, settles both, and logs it; the leader
confirms it; the administrator of the district finds it in both reports and goes down
from a figure to the visit.
"""

import re
from datetime import timedelta

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import VIEWPORTS, VISIT
from tests.factories import VisitFactory
from tests.factories.people import PASSWORD
from visits.models import DiaryEntry, Stop, Visit
from visits.rules.visit_states import VisitState

PURPOSE = "供水管网改造走访"


@pytest.fixture
def tomorrow():
    now = timezone.localtime() + timedelta(days=1)
    return now.replace(hour=9, minute=0, second=0, microsecond=0)


@pytest.fixture
def others(js, leader, liaison, xuzhou_office, tomorrow):
    """A visit that takes the leader's time, and one of another to the same township."""
    VisitFactory(
        officials=[leader.cadre],
        places=[js.gulou],
        starts_at=tomorrow,
        purpose="防汛检查",
        unit=xuzhou_office,
        planned_by=liaison,
    )
    VisitFactory(
        places=[js.tangzhang],
        starts_at=tomorrow + timedelta(days=3),
        purpose="秸秆禁烧督查",
        unit=xuzhou_office,
    )


def sign_in(page, account):
    account.set_password(PASSWORD)
    account.save()
    page.goto("/")
    page.get_by_label("用户名").fill(account.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(re.compile(r"/(reports/.*)?$"))


def pick(page, field, typed, *, down=0):
    """By the keyboard alone: type, go down the list, take the place."""
    field.focus()
    field.press_sequentially(typed)
    options = page.locator("[role=option]:visible")
    expect(options.nth(down)).to_be_visible()
    for _step in range(down):
        field.press("ArrowDown")
    field.press("Enter")
    expect(options).to_have_count(0)


def let_time_pass(visit, by):
    """It was a few days ago: the visit, its stops and its officials' diary."""
    for rows in (
        Stop.objects.filter(visit=visit),
        DiaryEntry.objects.filter(stop__visit=visit),
    ):
        rows.update(starts_at=F("starts_at") - by, ends_at=F("ends_at") - by)
    Visit.objects.filter(pk=visit.pk).update(
        starts_at=F("starts_at") - by,
        ends_at=F("ends_at") - by,
        starts_on=visit.starts_on - by,
        ends_on=visit.ends_on - by,
    )


@pytest.mark.parametrize(
    "viewport",
    [
        pytest.param(size, id=name, marks=[pytest.mark.long] * (name == "phone"))
        for name, size in VIEWPORTS.items()
    ],
)
def test_a_visit_from_plan_to_report(
    open_context, viewport, js, leader, liaison, district_admin, others
):
    def page_of():
        return open_context(viewport=viewport).new_page()

    visit = plan(page_of(), liaison, js)
    let_time_pass(visit, timedelta(days=8))
    log(page_of(), liaison, visit)
    confirm(page_of(), leader, visit)
    find_in_reports(page_of(), district_admin, leader, visit)


def plan(page, liaison, js):
    sign_in(page, liaison)
    page.get_by_role("link", name="安排走访").first.click()
    page.get_by_label("目的或主题").fill(PURPOSE)
    # tzz: 棠张镇, by the initials of its name.
    pick(page, page.locator("[name=stops-0-place]"), "tzz")
    expect(page.locator("[name=stops-0-place]")).to_have_value(js.tangzhang.path)
    page.locator("label[for=id_stops-0-activities_0]").click()
    page.locator("label[for=id_stops-0-activities_1]").click()

    check = page.locator("#plan-check")
    expect(check).to_contain_text("已安排另一次走访")
    expect(check).to_contain_text("防汛检查")
    expect(check).to_contain_text("扎堆")
    expect(check).to_contain_text("秸秆禁烧督查")

    # The first free window settles the clash; what was typed stays.
    check.locator("[name=use_window]").first.click()
    expect(page.get_by_label("目的或主题")).to_have_value(PURPOSE)
    expect(page.locator(".warning-late")).to_have_count(0)

    # A second stop after the first, in the district that shares its name with another.
    page.get_by_role("button", name="添加一站").click()
    second = page.locator("[data-formset=stops] [data-formset-row]:visible").nth(1)
    pick(page, second.locator("[name$=-place]"), "xuzhou gulou")
    expect(second.locator("[name$=-place]")).to_have_value(js.gulou.path)
    first_day = page.locator("[name=stops-0-day]").input_value()
    first_end = page.locator("[name=stops-0-ends]").input_value()
    hour = int(first_end[:2]) + 1
    second.locator("[name$=-day]").fill(first_day)
    second.locator("[name$=-starts]").fill(f"{hour:02}:00")
    second.locator("[name$=-ends]").fill(f"{hour + 1:02}:00")
    second.locator("label[for=id_stops-1-activities_2]").click()
    second.locator("label[for=id_stops-1-activities_3]").click()
    expect(page.locator("#plan-check")).to_contain_text("扎堆")

    # Going all the same needs a reason: the server asks for it, and loses nothing.
    with page.expect_navigation():
        page.get_by_role("button", name="保存计划").last.click()
    expect(page.get_by_label("仍然前往的理由")).to_be_visible()
    assert not Visit.objects.filter(purpose=PURPOSE).exists()
    page.get_by_label("仍然前往的理由").fill("管网改造工期紧")
    page.get_by_role("button", name="保存计划").last.click()

    page.wait_for_url(VISIT)
    expect(page.get_by_role("heading", level=1)).to_have_text(PURPOSE)
    expect(page.locator("main")).to_contain_text("已计划")
    expect(page.locator("ol.stops > li")).to_have_count(2)
    return Visit.objects.get(purpose=PURPOSE)


def log(page, liaison, visit):
    sign_in(page, liaison)
    row = page.locator("li", has_text=PURPOSE).first
    row.get_by_role("link").first.click()
    page.wait_for_url(f"**/{visit.reference}/log/")

    page.locator("[name=talks-0-theme]").fill("供水价格政策")
    page.locator("[name=talks-0-audience]").fill("30")
    page.locator("[name=findings-0-topic]").fill("农村供水")
    page.locator("[name=findings-0-text]").fill("入户管老化，水压不足。")
    for name, value in (("groups", "4"), ("person_visits", "9"), ("matters", "5")):
        page.locator(f"[name=receptions-0-{name}]").fill(value)
    page.locator("[name=matters-0-subject]").fill("村口消防栓漏水")
    page.locator("[name=matters-0-decision]").fill("当日抢修")
    page.get_by_label("当场解决").check()
    page.get_by_label("简要情况").fill("两处走访，群众反映集中在水压。")
    page.get_by_role("button", name="保存记录").last.click()

    page.wait_for_url(f"**/{visit.reference}/")
    expect(page.locator("main")).to_contain_text("已记录")
    expect(page.locator("ul.entries > li")).to_have_count(4)


def confirm(page, leader, visit):
    sign_in(page, leader)
    page.locator("li", has_text=PURPOSE).get_by_role("link").first.click()
    page.get_by_role("button", name="确认记录").click()

    expect(page.locator("main")).to_contain_text("已确认")
    visit.refresh_from_db()
    assert (visit.state, visit.confirmed_by) == (VisitState.CONFIRMED, leader)


def find_in_reports(page, district_admin, leader, visit):
    year = f"period={visit.starts_on.year}"
    sign_in(page, district_admin)

    page.goto(f"{reverse('visits:report_districts')}?{year}")
    row = page.locator("tr", has=page.get_by_role("rowheader", name="铜山区")).first
    row.get_by_role("link", name="1", exact=True).first.click()
    expect(page.locator("main")).to_contain_text(PURPOSE)

    page.goto(f"{reverse('visits:report_officials')}?{year}")
    row = page.locator("tr", has=page.get_by_role("rowheader", name="辛志强")).first
    row.get_by_role("link", name="1", exact=True).first.click()
    page.get_by_role("link", name=visit.reference).click()

    page.wait_for_url(f"**/{visit.reference}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(PURPOSE)
    expect(page.locator("main")).to_contain_text("已确认")
