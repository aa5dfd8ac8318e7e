"""Registering on one page, in a real browser: what a sign-in that expires leaves."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cadres.models import Session
from cadres.rules.roles import Role
from tests.factories.letters import officer, petition_office
from tests.factories.people import PASSWORD
from visits.models import Letter


@pytest.fixture
def clerk(js):
    clerk = officer(petition_office(js.xuzhou), Role.CLERK, username="clerk")
    clerk.set_password(PASSWORD)
    clerk.save()
    return clerk


@pytest.fixture
def page(open_context, clerk):
    return open_context(clerk, language="en").new_page()


def send_signed_out(page, js):
    """Type a letter, lose the sign-in, send it, and sign in again."""
    page.fill("[name=request]", "小区自来水时断时续")
    page.fill("[name='petitioners-0-name']", "李测试")
    page.fill("[name=place]", js.gulou.path)
    Session.objects.all().delete()
    page.locator("[data-entry-save]").click()
    page.wait_for_url("**/accounts/login/**")
    kept = "".join(page.evaluate("Object.values(sessionStorage)"))
    assert "李测试" not in kept and "petitioners" not in kept
    page.fill("[name=login]", "clerk")
    page.fill("[name=password]", PASSWORD)
    page.locator("form button[type=submit].btn-primary").click()
    page.wait_for_url("**/letters/register/")


def test_what_was_typed_comes_back_after_an_expired_sign_in(page, js):
    page.goto(reverse("visits:letter_register"))

    send_signed_out(page, js)

    expect(page.locator("#id_request")).to_have_value("小区自来水时断时续")
    expect(page.locator("[name='petitioners-0-name']")).to_have_value("李测试")
    assert page.evaluate("Object.keys(sessionStorage)") == []
    assert not Letter.objects.exists()


def test_what_is_sealed_is_kept_nowhere(page, js):
    page.goto(reverse("visits:letter_register"))
    page.locator("[name=complains_about_someone]").check()

    send_signed_out(page, js)

    expect(page.locator("[name=request]")).to_have_value("")
    assert page.evaluate("Object.keys(sessionStorage)") == []
