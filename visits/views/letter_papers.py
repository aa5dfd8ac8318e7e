"""The papers of a letter: looked over with the name masked, made with a reason."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from visits.actions.print_paper import draft_values, is_kept_apart, print_paper
from visits.forms.letter_file import ReasonForm
from visits.models import Letter
from visits.reports.letter_papers import (
    Missing,
    PaperLink,
    issuer_of,
    may_print_name,
    missing_of,
    papers_for,
    source_of,
)
from visits.rules.file_kinds import DOCX
from visits.rules.paper_template import Line, fill, lines_of
from visits.rules.papers import NAME, PAPERS, PaperKind
from visits.views.fresh_codes import keep_code, take_code


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("visits.view_letter", raise_exception=True)
def letter_paper(request: AuthedRequest, reference: str, kind: str) -> HttpResponse:
    """GET shows it as it will be, names masked; POST makes it: a page, or for Word."""
    seen = Letter.objects.visible_to(request.user).select_related("office", "unit")
    letter = get_object_or_404(seen, reference=reference)
    papers = papers_for(letter, request.user)
    link = next((it for it in papers if it.kind == kind), None)
    if link is None:
        raise Http404
    if request.method == "POST":
        return _made(request, letter, link)
    return _page(request, letter, link, form=ReasonForm())


def _made(request: AuthedRequest, letter: Letter, link: PaperLink) -> HttpResponse:
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    if is_kept_apart(letter, link) and not reason:
        return _page(request, letter, link, form=form, status=422)
    # Shown once: on the receipt's page, or on the first paper made in its place.
    is_receipt = link.kind == PaperKind.RECEIPT
    code = take_code(request.session, letter) if is_receipt else ""
    try:
        made = print_paper(
            letter, link, by=request.user, reason=reason, code=code, now=timezone.now()
        )
    except ValidationError as refusal:
        keep_code(request.session, letter, code)
        show_refusal(form, refusal)
        return _page(request, letter, link, form=form, status=422)
    if request.POST.get("as") == "docx":
        return docx_answer(made.docx, f"{link.label} {letter.printed_reference}.docx")
    lines = lines_of(made.docx)
    return _page(request, letter, link, form=ReasonForm(), lines=lines)


def docx_answer(data: bytes, name: str) -> HttpResponse:
    headers = {
        "Content-Type": DOCX.content_type,
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(data, headers=headers)


def _page(
    request: AuthedRequest,
    letter: Letter,
    link: PaperLink,
    *,
    form: ReasonForm,
    lines: list[Line] | None = None,
    status: int = 200,
) -> HttpResponse:
    """`lines` are those of the paper just made; without them it is looked over."""
    is_made = lines is not None
    gaps: list[Missing] = []
    is_nameless = False
    source = source_of(link.kind, issuer_of(letter, link))
    # The text of a sealed letter is not shown for looking over.
    if lines is None and not letter.is_sealed:
        values = draft_values(letter, link)
        gaps = missing_of(link.kind, values)
        is_nameless = values.get(NAME) == ""
        if not gaps:
            lines = lines_of(fill(source.data, values, PAPERS[link.kind].fields))
    to_person = PAPERS[link.kind].to_person
    context = {
        "section": "letters",
        "letter": letter,
        "paper": link,
        "lines": lines or [],
        "gaps": gaps,
        "is_nameless": is_nameless,
        "faults": source.faults,
        "is_own": source.own is not None,
        "is_made": is_made,
        "to_person": to_person,
        "needs_reason": is_kept_apart(letter, link),
        "may_make": not gaps
        and (not to_person or may_print_name(letter, request.user)),
        "form": form,
    }
    return render(request, "visits/letters/paper.html", context, status=status)
