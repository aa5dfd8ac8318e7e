"""Where to go and the briefing, by keyboard and on paper."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    ContactPointFactory,
    MatterFactory,
    TalkFactory,
    VisitFactory,
)
from visits.reports.briefing import MATTERS, TALKS, VISITS


def test_the_keyboard_reaches_the_booking_of_the_first_row(
    open_context, district_admin, js
):
    page = open_context(district_admin).new_page()
    page.goto(f"{reverse('visits:where_to_go')}?place={js.tongshan.pk}")
    first = page.locator(".where-table tbody tr").first
    book = first.locator(f'a[href^="{reverse("visits:visit_plan")}"]')
    name = first.locator("a.title").inner_text()

    for _press in range(60):
        page.keyboard.press("Tab")
        if book.evaluate("it => it === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/visits/plan/\?place="))

    assert name in page.locator("main").inner_html()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_full_briefing_of_one_stop_prints_on_two_pages(
    open_context, leader, js, language
):
    now = timezone.now()
    for n in range(max(VISITS, TALKS, MATTERS)):
        held = VisitFactory(
            held=True,
            places=[js.village],
            officials=[leader.cadre],
            purpose="看望困难群众并了解危旧房改造和供水情况" * 3,
            starts_at=now - timedelta(days=9 + n),
        )
        MatterFactory(
            stop=held.stops.get(),
            assigned=True,
            decided_by=leader.cadre,
            subject="村道年久失修，雨天无法通行，请求硬化路面" * 4,
        )
        TalkFactory(stop=held.stops.get(), theme="土地承包到期后再延长三十年" * 6)
        ContactPointFactory(place=js.village)
    visit = VisitFactory(
        officials=[leader.cadre],
        places=[js.village],
        starts_at=now + timedelta(days=1),
    )
    page = open_context(leader, language=language).new_page()
    page.goto(reverse("visits:visit_briefing", args=[visit.reference]))

    paper = page.pdf(format="A4")

    assert 1 <= len(re.findall(rb"/Type\s*/Page[^s]", paper)) <= 2
