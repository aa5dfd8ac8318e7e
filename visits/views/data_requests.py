"""Requests about data: asked on the petitioner's page, answered by the office."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from cadres.forms.sheet import plain_helper, show_refusal
from cadres.http import AuthedRequest
from cadres.reports.keyset import page_asked
from visits.actions.ask_about_data import (
    answer_data_request,
    ask_about_data,
    open_data_request,
)
from visits.forms.data_request import AnswerDataRequestForm, AskAboutDataForm
from visits.forms.lookup import ReasonForm
from visits.models import DataRequest
from visits.reports.letter_progress import progress_of
from visits.views.lookup import kept_letter, public

PAGE = 50
ANSWERING = ("visits.route_letter", "visits.seal_letter")


@public
def lookup_data(request: HttpRequest) -> HttpResponse:
    """Who keeps what and how long, and the form; for whoever gave number and code."""
    letter = kept_letter(request)
    form = AskAboutDataForm(request.POST if request.method == "POST" else None)
    if letter is None:
        if request.method != "POST":
            return redirect("visits:lookup")
        # Written longer than the code holds: the words stay on the page.
        context: dict[str, Any] = {"form": form, "is_over": True}
        return render(request, "visits/lookup/data.html", context, status=422)
    if form.is_valid():
        try:
            ask_about_data(letter, now=timezone.now(), **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("visits:lookup_data")
    context = {
        "form": form,
        "office": progress_of(letter, on=timezone.localdate()).office,
        "asked": letter.data_requests.order_by("-at", "-pk"),
    }
    status = 422 if form.errors else 200
    return render(request, "visits/lookup/data.html", context, status=status)


@require_safe
def data_request_list(request: AuthedRequest) -> HttpResponse:
    user = request.user
    if not any(user.has_perm(permission) for permission in ANSWERING):
        raise Http404
    rows = DataRequest.objects.visible_to(user).select_related("letter")
    page = page_asked(rows, request.GET, "-at", "-pk", size=PAGE)
    context = {"rows": page.rows, "pager": page, "section": "letters"}
    return render(request, "visits/data_requests/list.html", context)


def _found(request: AuthedRequest, reference: str) -> DataRequest:
    rows = DataRequest.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("letter", "answered_by"), reference=reference.upper()
    )


@sensitive_post_parameters()
def data_request_detail(request: AuthedRequest, reference: str) -> HttpResponse:
    """Every reading needs a reason and is a look; the words stand in one answer."""
    found = _found(request, reference)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    text = None
    if form.is_valid():
        try:
            text = open_data_request(
                found, by=request.user, now=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
    answer = None if found.outcome else AnswerDataRequestForm()
    return _page(request, found, form=form, answer=answer, text=text)


@require_POST
@sensitive_post_parameters()
def data_request_answer(request: AuthedRequest, reference: str) -> HttpResponse:
    found = _found(request, reference)
    answer = AnswerDataRequestForm(request.POST)
    if answer.is_valid():
        try:
            answer_data_request(
                found, by=request.user, now=timezone.now(), **answer.cleaned_data
            )
        except ValidationError as refusal:
            show_refusal(answer, refusal)
        else:
            messages.success(request, _("The answer stands on the petitioner’s page."))
            return redirect(found)
    return _page(request, found, form=ReasonForm(), answer=answer)


def _page(
    request: AuthedRequest,
    found: DataRequest,
    *,
    form: ReasonForm,
    answer: AnswerDataRequestForm | None,
    text: str | None = None,
) -> HttpResponse:
    context = {
        "found": found,
        "form": form,
        "helper": plain_helper("reason"),
        "answer": answer,
        "text": text,
        "section": "letters",
    }
    status = 422 if form.errors or (answer and answer.errors) else 200
    return render(request, "visits/data_requests/detail.html", context, status=status)
