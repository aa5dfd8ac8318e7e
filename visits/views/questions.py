"""Questions from the public: the list, one question, and what becomes of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.reports.keyset import first_page, page_asked, page_asked_blanks_last
from visits.actions.move_question import move_question
from visits.actions.turn_question import turn_into_letter, turn_into_matter
from visits.forms.question import (
    QuestionLetterForm,
    QuestionListForm,
    QuestionMatterForm,
    QuestionStepForm,
)
from visits.models import Letter, Matter, Question
from visits.reports.matter_units import names_near
from visits.reports.question_page import (
    BY_LIMIT,
    Show,
    offers_for,
    parts_in,
    question_page,
    questions_listed,
    with_limits,
)
from visits.rules.list_pages import ListPage
from visits.rules.question_states import MOVE, QuestionStep
from visits.views.fresh_codes import keep_code
from visits.views.own_lists import own_lists

PAGE = 50


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def question_list(request: AuthedRequest) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    form = QuestionListForm(request.GET)
    typed = form.typed()
    show = typed.get("show") or Show.OPEN
    rows = questions_listed(user, typed, on=today)
    by_limit = show in BY_LIMIT
    if by_limit:
        page = page_asked_blanks_last(rows, request.GET, "due_on", "pk", size=PAGE)
    else:
        page = page_asked(rows, request.GET, "-pk", size=PAGE)
    context = {
        "section": "visits",
        "form": form,
        "lists": [(it, first_page(request.GET, show=it)) for it in Show],
        "show": show,
        "rows": with_limits(page.rows, on=today),
        "by_limit": by_limit,
        "is_narrowed": typed.get("place") is not None,
        "page": page,
    } | own_lists(request, ListPage.QUESTIONS, form)
    return render(request, "visits/questions/list.html", context)


def seen_question(request: AuthedRequest, reference: str) -> Question:
    rows = Question.objects.visible_to(request.user).select_related(
        "talk__stop__place", "talk__stop__visit"
    )
    return get_object_or_404(rows, reference=reference)


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def question_detail(request: AuthedRequest, reference: str) -> HttpResponse:
    question = seen_question(request, reference)
    page = question_page(question, request.user, on=timezone.localdate())
    context = {"section": "visits", "question": question, "page": page}
    return render(request, "visits/questions/detail.html", context)


@permission_required("visits.view_visit", raise_exception=True)
def question_step(request: AuthedRequest, reference: str, step: str) -> HttpResponse:
    question = seen_question(request, reference)
    if refused := _not_offered(request, question, step):
        return refused
    form = QuestionStepForm(
        request.POST if request.method == "POST" else None,
        move=MOVE[step],
        question=question,
        by=request.user,
    )
    if form.is_bound and form.is_valid():
        try:
            move_question(
                question,
                by=request.user,
                step=step,
                record=form.record(),
                version=form.cleaned_data["version"],
                now=timezone.localtime(),
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            done = _("Recorded: %(step)s.") % {"step": QuestionStep(step).label}
            return _after(request, question, done)
    return _form_page(request, question, form, step)


@sensitive_post_parameters("name", "contact", "address", "request")
@permission_required("visits.view_visit", raise_exception=True)
def question_letter(request: AuthedRequest, reference: str) -> HttpResponse:
    question = seen_question(request, reference)
    if refused := _not_offered(request, question, QuestionStep.TO_LETTER):
        return refused
    data = request.POST if request.method == "POST" else None
    form = QuestionLetterForm(data, question=question, user=request.user)
    if form.is_bound and form.is_valid():
        try:
            made = turn_into_letter(
                question, by=request.user, now=timezone.localtime(), **form.arguments()
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            keep_code(request.session, made.letter, made.code)
            return _to_letter(request, question, made.letter)
    return _form_page(request, question, form, QuestionStep.TO_LETTER)


def _to_letter(
    request: AuthedRequest, question: Question, letter: Letter
) -> HttpResponse:
    done = _("Letter %s is registered.") % letter.printed_reference
    if Letter.objects.visible_to(request.user).filter(pk=letter.pk).exists():
        messages.success(request, done)
        return redirect(letter)
    return _after(request, question, done)


@permission_required("visits.view_visit", raise_exception=True)
def question_matter(request: AuthedRequest, reference: str) -> HttpResponse:
    question = seen_question(request, reference)
    if refused := _not_offered(request, question, QuestionStep.TO_MATTER):
        return refused
    data = request.POST if request.method == "POST" else None
    form = QuestionMatterForm(data, question=question)
    if form.is_bound and form.is_valid():
        try:
            matter = turn_into_matter(
                question, by=request.user, now=timezone.localtime(), **form.cleaned_data
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            number = matter.printed_reference
            done = _("Matter %(reference)s is raised.") % {"reference": number}
            if Matter.objects.visible_to(request.user).filter(pk=matter.pk).exists():
                messages.success(request, done)
                return redirect(matter)
            return _after(request, question, done)
    return _form_page(request, question, form, QuestionStep.TO_MATTER)


def _not_offered(
    request: AuthedRequest, question: Question, step: str
) -> HttpResponse | None:
    """Back to the question when the step is not offered."""
    user = request.user
    if MOVE[step] in offers_for(question, parts_in(question, user), user):
        return None
    messages.error(request, _("This step is not offered now. Look again."))
    return redirect(question)


def _after(request: AuthedRequest, question: Question, done: str) -> HttpResponse:
    """To the question, or to the list when it has left one's sight."""
    messages.success(request, done)
    if Question.objects.visible_to(request.user).filter(pk=question.pk).exists():
        return redirect(question)
    return redirect("visits:question_list")


def _form_page(
    request: AuthedRequest, question: Question, form: forms.Form, step: str
) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "visits",
        "question": question,
        "form": form,
        "step": QuestionStep(step),
        "units": names_near(question.talk.stop.place)
        if "unit_name" in form.fields
        else (),
    }
    status = 422 if form.is_bound else 200
    return render(request, "visits/questions/step.html", context, status=status)
