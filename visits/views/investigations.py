"""Investigations: the list, one, and what its leader writes about it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.reports.keyset import first_page, page_asked
from visits.actions.move_investigation import move_investigation
from visits.actions.open_investigation import change_investigation, open_investigation
from visits.actions.refusals import Refusal
from visits.forms.investigation import (
    ChangeInvestigationForm,
    InvestigationListForm,
    OpenInvestigationForm,
    StudyMoveForm,
)
from visits.models import Investigation
from visits.reports.investigation_list import (
    StudyShow,
    investigations_of,
    problem_counts,
)
from visits.reports.investigation_page import investigation_page
from visits.rules.investigation_states import MOVE, StudyStep
from visits.rules.list_pages import ListPage
from visits.rules.study_records import in_words
from visits.views.own_lists import own_lists
from visits.views.stale import show_newest

PAGE = 50
MOST_THEIRS = 5


@require_safe
@permission_required("visits.view_investigation", raise_exception=True)
def investigation_list(request: AuthedRequest) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    form = InvestigationListForm(request.GET, user=user)
    typed = form.typed()
    show = typed.get("show") or StudyShow.OPEN
    rows = investigations_of(user, typed, on=today).for_list()
    page = page_asked(rows, request.GET, "-opened_on", "-pk", size=PAGE)
    counts = problem_counts(list(page.rows), user, on=today)
    context = {
        "section": "study",
        "form": form,
        "lists": [(it, first_page(request.GET, show=it)) for it in StudyShow],
        "show": show,
        "rows": [(it, counts.get(it.pk)) for it in page.rows],
        "is_narrowed": any(typed.get(it) for it in ("area", "leader")),
        "page": page,
    } | own_lists(request, ListPage.STUDIES, form)
    return render(request, "visits/investigations/list.html", context)


def find_investigation(
    request: AuthedRequest, reference: str, *, to: str = "visible_to"
) -> Investigation:
    """The investigation if it may be seen, or whatever `to` asks; else 404."""
    rows: QuerySet[Investigation] = getattr(Investigation.objects, to)(request.user)
    known = rows.select_related("leader__unit", "unit__place", "area")
    return get_object_or_404(known, reference=reference)


@require_safe
@permission_required("visits.view_investigation", raise_exception=True)
def investigation_detail(request: AuthedRequest, reference: str) -> HttpResponse:
    investigation = find_investigation(request, reference)
    page = investigation_page(investigation, request.user, on=timezone.localdate())
    context = {"section": "study", "investigation": investigation, "page": page}
    return render(request, "visits/investigations/detail.html", context)


@permission_required("visits.lead_investigation", raise_exception=True)
def investigation_open(request: AuthedRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = OpenInvestigationForm(data, user=request.user)
    if form.is_bound and form.is_valid():
        try:
            row = open_investigation(
                by=request.user, now=timezone.localtime(), **form.arguments()
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The investigation is open."))
            return redirect(row)
    return form_page(request, form, _("Open an investigation"), None)


@permission_required("visits.lead_investigation", raise_exception=True)
def investigation_change(request: AuthedRequest, reference: str) -> HttpResponse:
    investigation = find_investigation(request, reference, to="changeable_by")
    data = request.POST if request.method == "POST" else None
    form = ChangeInvestigationForm(data, investigation=investigation)
    more: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        try:
            change_investigation(
                investigation,
                by=request.user,
                now=timezone.localtime(),
                **form.arguments(),
            )
        except ValidationError as refusal:
            more = refused(form, refusal, investigation)
        else:
            messages.success(request, _("Saved."))
            return redirect(investigation)
    title = _("Change the investigation")
    return form_page(request, form, title, investigation, **more)


@permission_required("visits.lead_investigation", raise_exception=True)
def investigation_step(
    request: AuthedRequest, reference: str, step: str
) -> HttpResponse:
    """Finish it, hand it over, open it again."""
    investigation = find_investigation(request, reference, to="changeable_by")
    move = MOVE[step]
    if investigation.state not in move.sources:
        messages.error(request, _("This step is not offered now. Look again."))
        return redirect(investigation)
    data = request.POST if request.method == "POST" else None
    form = StudyMoveForm(data, move=move, investigation=investigation)
    more: dict[str, Any] = {"step": step}
    if form.is_bound and form.is_valid():
        try:
            move_investigation(
                investigation,
                by=request.user,
                step=step,
                record=form.record(),
                version=form.cleaned_data["version"],
                now=timezone.localtime(),
            )
        except ValidationError as refusal:
            more |= refused(form, refusal, investigation)
        else:
            label = StudyStep(step).label
            messages.success(request, _("Recorded: %(step)s.") % {"step": label})
            return redirect(investigation)
    page = investigation_page(investigation, request.user, on=timezone.localdate())
    more["unsettled"] = page.unsettled if step != StudyStep.REOPEN else []
    title = str(StudyStep(step).label)
    return form_page(request, form, title, investigation, **more)


def refused(
    form: Any, refusal: ValidationError, investigation: Investigation
) -> dict[str, Any]:
    """Show the refusal; if somebody was quicker, what they did, and both are kept."""
    show_refusal(form, refusal)
    if not (isinstance(refusal, Refusal) and refusal.code == "stale"):
        return {}
    investigation.refresh_from_db()
    newer = max(investigation.version - form.cleaned_data["version"], 1)
    events = investigation.events.select_related("by").order_by("-pk")
    show_newest(form, investigation.version)
    theirs = events[: min(newer, MOST_THEIRS)]
    return {"theirs": [{"event": it, "words": in_words(it.record)} for it in theirs]}


def form_page(
    request: AuthedRequest,
    form: Any,
    title: str,
    investigation: Investigation | None,
    **more: Any,
) -> HttpResponse:
    """A page with one form about an investigation; 422 when it has faults."""
    context = {
        "section": "study",
        "form": form,
        "title": title,
        "investigation": investigation,
        **more,
    }
    status = 422 if form.is_bound else 200
    return render(request, "visits/investigations/form.html", context, status=status)
