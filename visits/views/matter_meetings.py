"""The matters of one visit: a list that prints on one page, and as files."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from cadres.models import Setting
from visits.models import Matter, Visit
from visits.reports.matter_export import matters_docx, matters_xlsx
from visits.reports.matter_list import Meeting, meeting
from visits.views.visits import find_visit

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _meeting(request: AuthedRequest, reference: str) -> tuple[Visit, Meeting]:
    """Whoever sees the visit sees what was decided there; the log says so anyway."""
    visit = find_visit(request, reference)
    rows = Matter.objects.filter(stop__visit=visit).exclude(letter__is_sealed=True)
    settings = Setting.objects.as_dict()
    return visit, meeting(rows, on=timezone.localdate(), settings=settings)


@require_safe
@permission_required("visits.view_matter", raise_exception=True)
def visit_matters(request: AuthedRequest, reference: str) -> HttpResponse:
    visit, found = _meeting(request, reference)
    seen = Matter.objects.visible_to(request.user).filter(stop__visit=visit)
    context = {
        "section": "matters",
        "visit": visit,
        "meeting": found,
        "mine": set(seen.values_list("pk", flat=True)),
    }
    return render(request, "visits/matters/meeting.html", context)


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@permission_required("visits.view_matter", raise_exception=True)
def visit_matters_docx(request: AuthedRequest, reference: str) -> HttpResponse:
    visit, found = _meeting(request, reference)
    data = matters_docx(visit, found.rows)
    return _file(data, WORD, f"matters-{visit.reference}.docx")


@require_safe
@permission_required("visits.view_matter", raise_exception=True)
def visit_matters_xlsx(request: AuthedRequest, reference: str) -> HttpResponse:
    visit, found = _meeting(request, reference)
    data = matters_xlsx(visit, found.rows)
    return _file(data, EXCEL, f"matters-{visit.reference}.xlsx")
