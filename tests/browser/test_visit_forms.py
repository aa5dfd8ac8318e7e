"""Planning in a real browser: rows, the check, and a sign-in that expires."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from cadres.models import Session
from tests.browser.conftest import PHONE, VISIT
from tests.factories import VisitFactory
from tests.factories.people import PASSWORD
from visits.models import Visit


@pytest.fixture
def page(open_context, liaison):
    """A page of a browser in which the liaison is signed in, on a phone."""
    liaison.set_password(PASSWORD)
    liaison.save()
    return open_context(liaison, language="en", viewport=PHONE).new_page()


def choose(page, place, row=0):
    """Choose a place as the picker would."""
    page.fill(f"[name='stops-{row}-place']", place.path)
    page.evaluate(
        "([name, key]) => document.getElementsByName(name)[0].value = key",
        [f"stops-{row}-place_id", str(place.pk)],
    )


def test_rows_come_and_go_without_a_reload(page, live_server):
    page.goto(live_server.url + reverse("visits:visit_plan"))
    page.evaluate("window.stayed = true")

    page.click("[name=add_stops]")
    page.click("[name=add_team]")
    expect(page.locator("[data-formset=stops] .formset-row:visible")).to_have_count(2)
    page.locator("[name=drop_stops]:visible").last.click()

    expect(page.locator("[data-formset=stops] .formset-row:visible")).to_have_count(1)
    expect(page.locator("[data-formset=team] .formset-row:visible")).to_have_count(2)
    assert page.evaluate("window.stayed") is True


def test_the_check_warns_while_a_plan_is_typed(page, live_server, leader, js):
    ahead = timezone.localtime() + timedelta(days=1)
    VisitFactory(
        officials=[leader.cadre],
        places=[js.shitun],
        starts_at=ahead.replace(hour=10, minute=0, second=0, microsecond=0),
        purpose="防汛检查",
    )
    page.goto(live_server.url + reverse("visits:visit_plan"))
    asked = []
    page.on("request", lambda it: asked.append(it.url) if it.method == "POST" else None)

    page.type("[name=purpose]", "供水")
    page.press("[name=purpose]", "Tab")
    page.wait_for_timeout(600)
    assert asked == []
    choose(page, js.tangzhang)
    page.locator("label[for=id_stops-0-activities_0]").click()

    expect(page.locator("#plan-check")).to_contain_text("防汛检查")
    page.locator("[name=use_window]").first.click()
    expect(page.locator("#id_purpose")).to_have_value("供水")
    page.get_by_role("button", name="Save the plan").last.click()
    page.wait_for_url(VISIT)
    assert Visit.objects.filter(purpose="供水").count() == 1


def test_what_was_typed_outlives_an_expired_sign_in(page, live_server, liaison, js):
    page.goto(live_server.url + reverse("visits:visit_plan"))
    page.fill("[name=purpose]", "供水管网")
    page.click("[name=add_team]")
    choose(page, js.tangzhang)
    page.locator("label[for=id_stops-0-activities_1]").click()
    Session.objects.all().delete()

    page.get_by_role("button", name="Save the plan").last.click()
    page.wait_for_url("**/accounts/login/**")
    page.fill("[name=login]", "liaison")
    page.fill("[name=password]", PASSWORD)
    page.locator("form button[type=submit].btn-primary").click()

    expect(page.locator("#id_purpose")).to_have_value("供水管网")
    expect(page.locator("[name='stops-0-place']")).to_have_value(js.tangzhang.path)
    expect(page.locator("#id_stops-0-activities_1")).to_be_checked()
    expect(page.locator("[data-formset=team] .formset-row:visible")).to_have_count(2)
    assert not Visit.objects.exists()
    page.locator("[name=drop_team]:visible").last.click()
    page.get_by_role("button", name="Save the plan").last.click()
    page.wait_for_url(VISIT)
    assert Visit.objects.get().purpose == "供水管网"
    assert page.evaluate("Object.keys(sessionStorage)") == []


def test_nothing_typed_stays_in_the_browser_after_signing_out(page, live_server, js):
    page.goto(live_server.url + reverse("visits:visit_plan"))
    # A button of its own address is followed there.
    page.get_by_role("button", name="Repeat").click()
    page.wait_for_url("**" + reverse("visits:series_plan"))
    page.evaluate("sessionStorage.setItem('draft:/visits/plan/', '{}')")

    page.locator("details[data-menu] > summary").click()
    page.locator("form[action$='/logout/'] button").click()
    page.wait_for_url("**/login/**")

    assert page.evaluate("Object.keys(sessionStorage)") == []
