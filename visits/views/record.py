"""My grassroots record: each official's own page, for nobody else."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from cadres.models import Cadre
from visits.reports.asked import Asked
from visits.reports.own_record import OwnRecord, own_record, year_asked, years_of
from visits.reports.record_docx import record_docx
from visits.reports.report_question import openable_officials
from visits.reports.targets import target_lines
from visits.reports.year_strip import year_strip
from visits.rules.periods import Period, PeriodKind
from visits.views.matter_meetings import WORD
from visits.views.report_frame import day_rows


def _own_official(request: AuthedRequest) -> Cadre:
    """One's own; who acts for an official has no page of theirs."""
    if request.user.cadre_id is None:
        raise Http404
    officials = Cadre.objects.with_post(on=timezone.localdate())
    return officials.select_related("unit__place").get(pk=request.user.cadre_id)


def _record(request: AuthedRequest, official: Cadre) -> OwnRecord:
    today = timezone.localdate()
    year = year_asked(request.GET.get("year", ""), today=today)
    titles = [
        _("On the way"),
        _("Kinds of work"),
        _("What came of it"),
        _("What was promised"),
    ]
    return own_record(request.user, official, year, today=today, titles=titles)


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def record(request: AuthedRequest) -> HttpResponse:
    official, today = _own_official(request), timezone.localdate()
    found = _record(request, official)
    asked = Asked(request.user, today, Period(PeriodKind.YEAR, found.year))
    may_open = openable_officials(request.user, [official.pk])
    link = day_rows(official) if may_open else lambda _month: ""
    context = {
        "section": "record",
        "official": official,
        "record": found,
        "strip": year_strip(asked, official.pk, found.year, link=link),
        "years": years_of(official, today=today),
        "targets": target_lines(official, request.user, on=today),
    }
    return render(request, "visits/record/record.html", context)


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def record_file(request: AuthedRequest) -> HttpResponse:
    """As a Word file; notes that are not shared only if asked for."""
    found = _record(request, _own_official(request))
    data = record_docx(found, with_notes=request.GET.get("notes") == "on")
    response = HttpResponse(data, content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="record-{found.year}.docx"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
