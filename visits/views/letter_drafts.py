"""The head of the unit decides on what a handler has drafted."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres.http import AuthedRequest
from visits.actions.draft_step import approve_draft, return_draft
from visits.forms.letter import ReturnDraftForm
from visits.models import Letter, LetterDraft
from visits.views.letter import act, seen_letter


@require_POST
@permission_required("visits.head_letter", raise_exception=True)
def draft_approve(request: AuthedRequest, reference: str, pk: int) -> HttpResponse:
    letter = seen_letter(request, reference)
    draft = _draft(letter, pk)
    try:
        approve_draft(draft, by=request.user, now=timezone.localtime())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("Approved, and recorded in your name."))
    return redirect(letter)


@require_POST
@permission_required("visits.head_letter", raise_exception=True)
def draft_return(request: AuthedRequest, reference: str, pk: int) -> HttpResponse:
    letter = seen_letter(request, reference)
    draft = _draft(letter, pk)
    return act(
        request,
        letter,
        "return_form",
        ReturnDraftForm(request.POST),
        lambda typed: return_draft(
            draft, by=request.user, now=timezone.localtime(), **typed
        ),
        _("The draft is sent back with your note."),
    )


def _draft(letter: Letter, pk: int) -> LetterDraft:
    return get_object_or_404(letter.drafts, pk=pk)
