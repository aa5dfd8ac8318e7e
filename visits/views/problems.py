"""Problems of investigations: the list, one, its row, and each step of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.reports.keyset import page_asked, page_asked_blanks_last
from visits.actions.move_problem import move_problem
from visits.actions.record_problem import record_problem
from visits.actions.refusals import Refusal
from visits.actions.turn_problem import turn_into_matter
from visits.forms.problem import (
    ProblemListForm,
    ProblemMatterForm,
    ProblemStepForm,
    RecordProblemForm,
)
from visits.models import Matter, Problem
from visits.reports.matter_units import names_near, people_near
from visits.reports.problem_list import (
    BY_LIMIT,
    ProblemShow,
    first_shown,
    problems_of,
    with_limits,
)
from visits.reports.problem_page import problem_page
from visits.reports.problem_steps import offers_for, parts_in
from visits.rules.list_pages import ListPage
from visits.rules.problem_states import ROW, ProblemStep
from visits.rules.study_records import in_words
from visits.views.investigations import find_investigation, form_page
from visits.views.own_lists import own_lists
from visits.views.stale import show_newest

PAGE = 50
MOST_THEIRS = 5


@require_safe
@permission_required("visits.view_investigation", raise_exception=True)
def problem_list(request: AuthedRequest) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    form = ProblemListForm(request.GET)
    show = form.typed().get("show") or first_shown(user)
    rows = problems_of(user, show, on=today).for_list()
    by_limit = show in BY_LIMIT
    if by_limit:
        page = page_asked_blanks_last(rows, request.GET, "due_on", "pk", size=PAGE)
    elif show == ProblemShow.PASSED_UP:
        page = page_asked(rows, request.GET, "passed_on", "pk", size=PAGE)
    else:
        page = page_asked(rows, request.GET, "-pk", size=PAGE)
    context = {
        "section": "study",
        "lists": list(ProblemShow),
        "show": show,
        "by_limit": by_limit,
        "rows": with_limits(page.rows, on=today),
        "page": page,
    } | own_lists(request, ListPage.PROBLEMS, form)
    return render(request, "visits/problems/list.html", context)


def seen_problem(request: AuthedRequest, reference: str) -> Problem:
    rows = Problem.objects.visible_to(request.user).select_related(
        "investigation__leader__unit",
        "investigation__unit__place",
        "unit",
        "passed_to",
    )
    return get_object_or_404(rows, reference=reference)


@require_safe
@permission_required("visits.view_investigation", raise_exception=True)
def problem_detail(request: AuthedRequest, reference: str) -> HttpResponse:
    problem = seen_problem(request, reference)
    page = problem_page(problem, request.user, on=timezone.localdate())
    context = {"section": "study", "problem": problem, "page": page}
    return render(request, "visits/problems/detail.html", context)


@permission_required("visits.lead_investigation", raise_exception=True)
def problem_record(request: AuthedRequest, reference: str) -> HttpResponse:
    investigation = find_investigation(request, reference, to="changeable_by")
    form = RecordProblemForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            record_problem(
                investigation,
                by=request.user,
                now=timezone.localtime(),
                **form.cleaned_data,
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The problem stands in the lists."))
            return redirect(f"{investigation.get_absolute_url()}#problems")
    about = _("With a measure, a lead unit and a date it is under way at once.")
    place = investigation.unit.place
    near = {"units": names_near(place), "people": people_near(place)}
    title = _("Enter a problem")
    return form_page(request, form, title, investigation, about=about, **near)


@permission_required("visits.view_investigation", raise_exception=True)
def problem_step(request: AuthedRequest, reference: str, step: str) -> HttpResponse:
    problem = seen_problem(request, reference)
    if refused := _not_offered(request, problem, step):
        return refused
    data = request.POST if request.method == "POST" else None
    form = ProblemStepForm(data, move=ROW[step], problem=problem)
    if form.is_bound and form.is_valid():
        try:
            move_problem(
                problem,
                by=request.user,
                step=step,
                record=form.record(),
                version=form.cleaned_data["version"],
                now=timezone.localtime(),
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
            if isinstance(refusal, Refusal) and refusal.code == "stale":
                theirs = _theirs(problem, form.cleaned_data["version"])
                show_newest(form, problem.version)
                return _step_page(request, problem, form, step, theirs=theirs)
        else:
            done = _("Recorded: %(step)s.") % {"step": ProblemStep(step).label}
            return _after(request, problem, done)
    return _step_page(request, problem, form, step)


@permission_required("visits.lead_investigation", raise_exception=True)
def problem_matter(request: AuthedRequest, reference: str) -> HttpResponse:
    problem = seen_problem(request, reference)
    if refused := _not_offered(request, problem, ProblemStep.TO_MATTER):
        return refused
    data = request.POST if request.method == "POST" else None
    form = ProblemMatterForm(data, problem=problem, user=request.user)
    if form.is_bound and form.is_valid():
        try:
            matter = turn_into_matter(
                problem, by=request.user, now=timezone.localtime(), **form.cleaned_data
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            number = matter.printed_reference
            done = _("Matter %(reference)s is raised.") % {"reference": number}
            if Matter.objects.visible_to(request.user).filter(pk=matter.pk).exists():
                messages.success(request, done)
                return redirect(matter)
            return _after(request, problem, done)
    return _step_page(request, problem, form, ProblemStep.TO_MATTER)


def _not_offered(
    request: AuthedRequest, problem: Problem, step: str
) -> HttpResponse | None:
    """Back to the problem when the step is not offered."""
    user = request.user
    if ROW[step] in offers_for(problem, parts_in(problem, user), user):
        return None
    messages.error(request, _("This step is not offered now. Look again."))
    return redirect(problem)


def _after(request: AuthedRequest, problem: Problem, done: str) -> HttpResponse:
    """To the problem, or to the list when it has left one's sight."""
    messages.success(request, done)
    if Problem.objects.visible_to(request.user).filter(pk=problem.pk).exists():
        return redirect(problem)
    return redirect("visits:problem_list")


def _theirs(problem: Problem, known: int) -> list[dict[str, Any]]:
    """What others did to it since the version that the form shows."""
    problem.refresh_from_db()
    newer = min(max(problem.version - known, 1), MOST_THEIRS)
    events = problem.events.select_related("by").order_by("-pk")[:newer]
    return [{"event": it, "words": in_words(it.record)} for it in events]


def _step_page(
    request: AuthedRequest,
    problem: Problem,
    form: forms.Form,
    step: str,
    **more: Any,
) -> HttpResponse:
    place = problem.investigation.unit.place
    context: dict[str, Any] = {
        "section": "study",
        "problem": problem,
        "form": form,
        "step": ProblemStep(step),
        "units": names_near(place) if "lead_unit" in form.fields else (),
        "people": people_near(place) if "person" in form.fields else (),
        **more,
    }
    status = 422 if form.is_bound else 200
    return render(request, "visits/problems/step.html", context, status=status)
