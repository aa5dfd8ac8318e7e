"""Plan and log a visit in a browser that runs no script."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import VISIT
from tests.factories import VisitFactory
from visits.models import Visit
from visits.rules.visit_states import VisitState


def test_a_visit_is_planned_without_scripts(open_context, liaison, js):
    page = open_context(liaison, java_script_enabled=False).new_page()
    page.goto(reverse("visits:visit_plan"))

    page.get_by_label("目的或主题").fill("看望困难群众")
    page.locator("[name=stops-0-place]").fill(js.tangzhang.path)
    page.locator("label[for=id_stops-0-activities_1]").click()
    page.get_by_role("button", name="添加一站").click()
    expect(page.locator("[name=stops-1-place]")).to_be_visible()
    expect(page.get_by_label("目的或主题")).to_have_value("看望困难群众")
    # A name that two districts share is asked about, and nothing is lost.
    day = page.locator("[name=stops-0-day]").input_value()
    page.locator("[name=stops-1-place]").fill("鼓楼区")
    page.locator("[name=stops-1-day]").fill(day)
    page.locator("[name=stops-1-starts]").fill("14:00")
    page.locator("[name=stops-1-ends]").fill("16:00")
    page.locator("label[for=id_stops-1-activities_2]").click()
    page.get_by_role("button", name="保存计划").last.click()
    expect(page.locator("main")).to_contain_text("有多个同名地点")
    page.locator("[name=stops-1-place]").fill(js.gulou.path)
    page.get_by_role("button", name="保存计划").last.click()
    page.wait_for_url(VISIT)
    visit = Visit.objects.get()
    places = [stop.place for stop in visit.stops.order_by("position")]
    assert (visit.state, places) == (VisitState.PLANNED, [js.tangzhang, js.gulou])


def test_a_visit_is_logged_without_scripts(open_context, liaison, leader, js):
    before = timezone.now() - timedelta(days=1)
    visit = VisitFactory(
        officials=[leader.cadre],
        places=[js.tangzhang],
        places__activities=["publicity", "onsite"],
        starts_at=before.replace(hour=2, minute=0, second=0, microsecond=0),
    )
    page = open_context(liaison, java_script_enabled=False).new_page()
    page.goto(reverse("visits:visit_log", args=[visit.reference]))

    page.locator("[name=talks-0-theme]").fill("医保政策")
    page.locator("[name=talks-0-audience]").fill("12")
    page.get_by_role("button", name="添加现场事项").click()
    expect(page.locator("[name=talks-0-theme]")).to_have_value("医保政策")
    page.locator("[name=matters-0-subject]").fill("路灯不亮")
    page.locator("[name=matters-0-decision]").fill("更换灯头")
    page.get_by_label("当场解决").first.check()
    page.get_by_role("button", name="保存记录").last.click()

    page.wait_for_url(f"**/{visit.reference}/")
    visit.refresh_from_db()
    stop = visit.stops.get()
    assert visit.state == VisitState.LOGGED
    assert [talk.theme for talk in stop.talks.all()] == ["医保政策"]
    assert [matter.subject for matter in stop.matters.all()] == ["路灯不亮"]
