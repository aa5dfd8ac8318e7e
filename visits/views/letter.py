"""The page of one letter, and looking at what is kept apart."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cadres.confirm import confirm_first
from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from visits.actions.open_identity import open_identity
from visits.forms.letter import (
    AskRecusalForm,
    DeclareRecusalForm,
    EndHoldForm,
    ExtendHoldForm,
    HoldLetterForm,
    LinkLettersForm,
    LookForm,
    NoteProgressForm,
    ReturnDraftForm,
)
from visits.models import Letter
from visits.models.letter import LetterQuerySet
from visits.reports.letter_page import letter_page
from visits.reports.letter_papers import papers_for
from visits.views.letter_files import files_context

RELATED = (
    "place", "unit__superior", "office__place", "subject", "stop", "handler",
    "identity_checked_by",
)  # fmt: skip


def seen_letter(request: AuthedRequest, reference: str) -> Letter:
    """The letter, if it is in this person's hands; to others it does not exist.

    Sealed ones are none of these pages' business.
    """
    rows = Letter.objects.visible_to(request.user).unsealed()
    return get_object_or_404(_with_related(rows), reference=reference)


def _with_related(rows: LetterQuerySet) -> LetterQuerySet:
    return rows.select_related(*RELATED, "review_unit__superior")


@require_safe
@permission_required("visits.view_letter", raise_exception=True)
def letter_detail(request: AuthedRequest, reference: str) -> HttpResponse:
    """The page; of a sealed letter, for those for whom it exists, the one it has."""
    rows = _with_related(Letter.objects.visible_to(request.user))
    letter = get_object_or_404(rows, reference=reference)
    if letter.is_sealed:
        return redirect("visits:sealed_detail", reference)
    return detail_page(request, letter)


def detail_page(
    request: AuthedRequest, letter: Letter, **bound: forms.Form
) -> HttpResponse:
    """The page; with a `bound` form that was refused, shown where it stands."""
    page = letter_page(letter, request.user, now=timezone.localtime())
    fresh: dict[str, Any] = {
        "look_form": LookForm(),
        "return_form": ReturnDraftForm(),
        "declare_form": DeclareRecusalForm(),
    }
    if page.may["link"]:
        fresh["link_form"] = LinkLettersForm()
    if page.may["hold"]:
        fresh["hold_form"] = HoldLetterForm(user=request.user)
        fresh["extend_form"], fresh["end_form"] = ExtendHoldForm(), EndHoldForm()
    if page.may["ask_recusal"]:
        fresh["ask_form"] = AskRecusalForm(letter=letter)
    held = next((it for it in page.holds if it.ended_on is None), None)
    may_note = held and (
        page.may["hold"] or held.leader_id in request.user.acts_for_ids()
    )
    if held and may_note:
        fresh["progress_form"] = NoteProgressForm(initial={"progress": held.progress})
    context = {
        "section": "letters",
        "page": page,
        "letter": letter,
        "clocks": page.clocks,
        "held": held,
        "papers": papers_for(
            letter, request.user, page.parts, [it.event for it in page.history]
        ),
        **files_context(request, letter, page.parts),
        **fresh,
        **bound,
        "opened": set(bound),
    }
    status = 422 if bound else 200
    return render(request, "visits/letters/detail.html", context, status=status)


def act(
    request: AuthedRequest,
    letter: Letter,
    name: str,
    form: Any,
    action: Any,
    done: str,
) -> HttpResponse:
    """Do what a small form asks; a refusal stands beside the field, text kept."""
    if form.is_valid():
        try:
            action(form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, done)
            if not Letter.objects.visible_to(request.user).filter(pk=letter.pk):
                return redirect("visits:letter_list")
            return redirect(letter)
    return detail_page(request, letter, **{name: form})


@require_POST
@confirm_first
@permission_required("visits.open_identity", raise_exception=True)
def letter_open_identity(request: AuthedRequest, reference: str) -> HttpResponse:
    letter = seen_letter(request, reference)
    return act(
        request,
        letter,
        "look_form",
        LookForm(request.POST),
        lambda typed: open_identity(
            letter, by=request.user, now=timezone.localtime(), **typed
        ),
        _("Open to you for 15 minutes. That you looked is on record."),
    )
