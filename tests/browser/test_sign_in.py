"""Passkeys in a real browser, and the end of a session beside words that were not sent."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from cadres.models import Session, Setting
from tests.factories.people import PASSWORD

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def reader(reader):
    reader.set_password(PASSWORD)
    reader.save()
    return reader


@pytest.mark.long
def test_a_passkey_lets_its_owner_in_without_a_password(open_context, reader):
    context = open_context(reader)
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    page.goto(reverse("mfa_add_webauthn"))
    page.fill("#id_name", "办公电脑")
    page.click("[data-passkey=create]")
    page.wait_for_url(f"**{reverse('mfa_view_recovery_codes')}")
    assert page.locator(".codes code").count() == 10
    assert Authenticator.objects.filter(user=reader, type="webauthn").count() == 1
    context.clear_cookies()

    page.goto(reverse("account_login"))
    page.click("[data-passkey=login]")

    page.wait_for_url(f"**{reverse('visits:report_districts')}")
    page.goto(reverse("mfa_index"))
    assert "办公电脑" in page.content()


@pytest.mark.long
def test_words_that_were_not_sent_outlive_the_session(open_context, reader):
    Setting.objects.create(name="signin.idle_minutes", value=10)
    context = open_context(reader)
    page = context.new_page()
    page.clock.install()
    page.goto(reverse("visits:feedback"))
    words = page.locator("main form textarea").first
    words.fill("还没有发出的话")
    page.clock.fast_forward(9 * 60_000 + 10_000)
    page.locator("[data-stay]").click()
    page.wait_for_selector("#session-dialog:not([open])", state="attached")
    Session.objects.all().delete()

    page.clock.fast_forward(11 * 60_000)

    page.wait_for_selector("body.covered")
    assert not words.is_visible()
    with context.expect_page() as opened:
        page.locator("[data-part=over] a").click()
    again = opened.value
    again.fill("[name=login]", reader.username)
    again.fill("[name=password]", PASSWORD)
    with again.expect_navigation():
        again.click(".entrance-card .btn-primary")
    assert again.url.endswith(reverse("signed_in_again"))
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.wait_for_selector("body:not(.covered)")
    assert words.input_value() == "还没有发出的话"
    with page.expect_navigation():
        page.locator("main form[method=post] .btn-primary").first.click()
    assert page.locator(".notice-success").count() == 1
