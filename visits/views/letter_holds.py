"""Matters that a leader holds until they are dealt with (handbook 7.9)."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres.http import AuthedRequest
from visits.actions.hold_letter import (
    end_hold,
    extend_hold,
    hold_letter,
    note_progress,
)
from visits.forms.letter import (
    EndHoldForm,
    ExtendHoldForm,
    HoldLetterForm,
    NoteProgressForm,
)
from visits.views.letter import act, seen_letter


@require_POST
@permission_required("visits.name_holder", raise_exception=True)
def letter_hold(request: AuthedRequest, reference: str) -> HttpResponse:
    letter = seen_letter(request, reference)
    return act(
        request,
        letter,
        "hold_form",
        HoldLetterForm(request.POST, user=request.user),
        lambda typed: hold_letter(
            letter, by=request.user, now=timezone.localtime(), **typed
        ),
        _("The matter is in the leader’s hands."),
    )


@require_POST
@permission_required("visits.name_holder", raise_exception=True)
def hold_extend(request: AuthedRequest, reference: str, pk: int) -> HttpResponse:
    letter = seen_letter(request, reference)
    hold = get_object_or_404(letter.holds, pk=pk)
    return act(
        request,
        letter,
        "extend_form",
        ExtendHoldForm(request.POST),
        lambda typed: extend_hold(hold, by=request.user, **typed),
        _("The deadline is later now; the first one stays on record."),
    )


@require_POST
@permission_required("visits.view_letter", raise_exception=True)
def hold_progress(request: AuthedRequest, reference: str, pk: int) -> HttpResponse:
    letter = seen_letter(request, reference)
    hold = get_object_or_404(letter.holds, pk=pk)
    return act(
        request,
        letter,
        "progress_form",
        NoteProgressForm(request.POST),
        lambda typed: note_progress(hold, by=request.user, **typed),
        _("The progress is noted."),
    )


@require_POST
@permission_required("visits.name_holder", raise_exception=True)
def hold_end(request: AuthedRequest, reference: str, pk: int) -> HttpResponse:
    letter = seen_letter(request, reference)
    hold = get_object_or_404(letter.holds, pk=pk)
    return act(
        request,
        letter,
        "end_form",
        EndHoldForm(request.POST),
        lambda typed: end_hold(hold, by=request.user, on=timezone.localdate(), **typed),
        _("The leader’s part is ended with its result."),
    )
