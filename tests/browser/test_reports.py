"""From a figure of a report to its rows, and the report itself as a large export."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cadres.models import Setting
from tests.factories import VisitFactory, at
from visits.models import ExportJob
from visits.tasks import make


@pytest.mark.long
@pytest.mark.usefixtures("files_dir")
def test_drill_down_and_export_in_the_background(open_context, js, district_admin):
    for place in (js.tangzhang, js.huancheng):
        VisitFactory(held=True, places=[place], starts_at=at("2025-11-04 09:00"))
    Setting.objects.create(name="report.background_rows", value=1)
    page = open_context(district_admin, language="en").new_page()

    # The figure opens its rows.
    page.goto(f"{reverse('visits:report_districts')}?period=2025-Q4")
    mix = page.get_by_role("region", name="The four kinds of work")
    mix.get_by_role("link", name="2").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.go_back()

    # The report becomes a file while one looks on.
    page.get_by_role("link", name="Export").click()
    page.get_by_label("Purpose").fill("Quarterly meeting")
    page.get_by_role("button", name="Export").click()
    page.wait_for_url(re.compile(reverse("visits:export_list")))
    expect(page.get_by_text("Waiting")).to_be_visible()
    make(job=ExportJob.objects.get().pk)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click(timeout=15_000)
    assert download.value.suggested_filename.endswith(".xlsx")
