"""The templates of the papers: ours, until a unit brings its own."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from cadres.http import AuthedRequest
from cadres.models import Unit
from visits.actions.change_paper_template import (
    drop_paper_template,
    set_paper_template,
)
from visits.forms.paper_template import SetPaperTemplateForm
from visits.models import DocumentTemplate
from visits.reports.letter_papers import source_of
from visits.rules.paper_template import fill, lines_of
from visits.rules.papers import FIELDS, PAPERS, PaperKind, samples
from visits.views.letter_papers import docx_answer


def _unit(request: AuthedRequest) -> Unit:
    """Papers are a unit's; who belongs to none has none to change."""
    if request.user.unit is None:
        raise Http404
    return request.user.unit


def _kind(kind: str) -> PaperKind:
    if kind not in PAPERS:
        raise Http404
    return PaperKind(kind)


@require_safe
@permission_required("visits.edit_document_templates", raise_exception=True)
def paper_template_list(request: AuthedRequest) -> HttpResponse:
    unit = _unit(request)
    rows = DocumentTemplate.objects.filter(unit=unit).select_related("added_by")
    own = {row.kind: row for row in rows.defer("file")}
    papers = [
        {"kind": kind, "label": PaperKind(kind).label, "own": own.get(kind)}
        for kind in PAPERS
    ]
    context = {"unit": unit, "papers": papers, "section": "letters"}
    return render(request, "visits/letters/paper_templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("visits.edit_document_templates", raise_exception=True)
def paper_template(request: AuthedRequest, kind: str) -> HttpResponse:
    unit, paper = _unit(request), _kind(kind)
    is_sent = request.method == "POST"
    form = SetPaperTemplateForm(
        request.POST if is_sent else None, request.FILES if is_sent else None
    )
    if form.is_valid():
        try:
            set_paper_template(
                by=request.user,
                unit=unit,
                kind=paper,
                data=form.cleaned_data["file"].read(),
                now=timezone.now(),
            )
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            messages.success(request, _("Your template is used from now on."))
            return redirect("visits:paper_template", kind)
    context = _context(unit, paper) | {"form": form}
    status = 422 if form.errors else 200
    return render(request, "visits/letters/paper_template.html", context, status=status)


def _context(unit: Unit, paper: PaperKind) -> dict[str, Any]:
    source = source_of(paper, unit)
    needed = PAPERS[paper].needs
    filled = fill(source.data, samples(paper), PAPERS[paper].fields)
    return {
        "section": "letters",
        "unit": unit,
        "kind": paper,
        "label": paper.label,
        "own": source.own,
        "faults": source.faults,
        "lines": lines_of(filled),
        "condition": "{% if 受理日期 %} … {% endif %}",
        "fields": [
            {
                "name": f"{{{{ {name} }}}}",
                "about": FIELDS[name],
                "is_needed": name in needed,
            }
            for name in PAPERS[paper].fields
        ],
    }


@require_safe
@permission_required("visits.edit_document_templates", raise_exception=True)
def paper_template_file(request: AuthedRequest, kind: str) -> HttpResponse:
    """To try or to change it in Word: `?sample` filled, else with its fields."""
    unit, paper = _unit(request), _kind(kind)
    data = source_of(paper, unit).data
    if "sample" in request.GET:
        data = fill(data, samples(paper), PAPERS[paper].fields)
    return docx_answer(data, f"{paper.label}.docx")


@require_POST
@permission_required("visits.edit_document_templates", raise_exception=True)
def paper_template_drop(request: AuthedRequest, kind: str) -> HttpResponse:
    try:
        drop_paper_template(unit=_unit(request), kind=_kind(kind))
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("Our template is used again."))
    return redirect("visits:paper_template", kind)
