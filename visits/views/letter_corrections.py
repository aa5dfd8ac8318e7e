"""Putting right what was registered wrong: the matter, and who wrote."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest, changes_rows, posted
from visits.actions.correct_letter import (
    correct_letter,
    correct_people,
    look_to_correct,
)
from visits.forms.letter import LookForm
from visits.forms.letter_correction import CorrectLetterForm, CorrectPeopleSheet
from visits.models import Access, Letter
from visits.reports.letter_correction import corrects_as
from visits.views.letter import seen_letter


@permission_required("visits.register_letter", raise_exception=True)
def letter_correct(request: AuthedRequest, reference: str) -> HttpResponse:
    letter = _letter(request, reference)
    form = CorrectLetterForm(
        request.POST if request.method == "POST" else None,
        letter=letter,
        today=timezone.localdate(),
    )
    if form.is_valid():
        try:
            correct_letter(
                letter, by=request.user, now=timezone.localtime(), **form.cleaned_data
            )
        except ValidationError as refusal:
            _show(form, refusal, letter)
        else:
            messages.success(request, _("Corrected; what stood there is kept."))
            return redirect(letter)
    return _page(request, letter, form=form)


@require_POST
@permission_required("visits.register_letter", raise_exception=True)
def letter_correct_look(request: AuthedRequest, reference: str) -> HttpResponse:
    """Open the names for correcting them; the look is on record."""
    letter = _letter(request, reference)
    form = LookForm(request.POST)
    if form.is_valid():
        try:
            look_to_correct(
                letter, by=request.user, now=timezone.localtime(), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("visits:letter_correct", letter.reference)
    return _page(request, letter, look_form=form)


@require_POST
@permission_required("visits.register_letter", raise_exception=True)
def letter_correct_people(request: AuthedRequest, reference: str) -> HttpResponse:
    letter = _letter(request, reference)
    sheet = CorrectPeopleSheet(posted(request))
    if changes_rows(request):
        sheet.forgive()
    elif sheet.is_valid():
        try:
            correct_people(
                letter, by=request.user, now=timezone.localtime(), **sheet.arguments()
            )
        except ValidationError as refusal:
            _show(sheet.main, refusal, letter)
        else:
            messages.success(request, _("Corrected; what stood there is kept."))
            return redirect("visits:letter_correct", letter.reference)
    return _page(request, letter, sheet=sheet)


def _letter(request: AuthedRequest, reference: str) -> Letter:
    letter = seen_letter(request, reference)
    if corrects_as(letter, request.user) is None:
        raise Http404
    return letter


def _show(form: Any, refusal: ValidationError, letter: Letter) -> None:
    """Beside the fields; after someone else acted, the next save counts."""
    show_refusal(form, refusal)
    if getattr(refusal, "code", "") == "stale":
        letter.refresh_from_db(fields=["version"])
        form.data = {**form.data.dict(), "version": str(letter.version)}


def _page(request: AuthedRequest, letter: Letter, **bound: Any) -> HttpResponse:
    """Two forms of their own; names only while a look at them holds."""
    context: dict[str, Any] = {"section": "letters", "letter": letter}
    if "form" not in bound:
        today = timezone.localdate()
        context["form"] = CorrectLetterForm(letter=letter, today=today)
    if not Access.objects.opens(letter, request.user).exists():
        bound.pop("sheet", None)
        context["look_form"] = LookForm()
    elif "sheet" not in bound:
        rows = letter.petitioners.order_by("position")
        context["sheet"] = CorrectPeopleSheet(
            version=letter.version,
            stands=[{**row.read(), "kind": row.kind} for row in rows],
        )
    is_refused = request.method == "POST" and not changes_rows(request)
    status = 422 if is_refused else 200
    context |= bound
    return render(request, "visits/letters/correct.html", context, status=status)
