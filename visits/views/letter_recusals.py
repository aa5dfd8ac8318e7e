"""Stepping back from a letter: declared, asked for, decided (handbook 7.7)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cadres.http import AuthedRequest
from visits.actions.recuse import ask_recusal, decide_recusal, declare_recusal
from visits.forms.letter import AskRecusalForm, DeclareRecusalForm
from visits.models import Letter, Recusal
from visits.reports.recusals import RELATED as ABOUT
from visits.reports.recusals import may_decide, waiting_for
from visits.views.letter import RELATED, act


@require_safe
@permission_required("visits.view_letter", raise_exception=True)
def recusal_list(request: AuthedRequest) -> HttpResponse:
    """What one has to decide, by number and ground: the letter itself may be hidden."""
    user = request.user
    rows = waiting_for(user)
    letters = [row.letter_id for row in rows]
    seen = Letter.objects.visible_to(user).filter(pk__in=letters)
    context = {
        "rows": rows,
        "seen": set(seen.values_list("pk", flat=True)),
        "section": "letters",
    }
    return render(request, "visits/letters/recusals.html", context)


def _letter(request: AuthedRequest, reference: str) -> Letter:
    seen = Letter.objects.visible_to(request.user)
    related = seen.select_related(*RELATED, "review_unit__superior")
    return get_object_or_404(related, reference=reference)


@require_POST
@permission_required("visits.view_letter", raise_exception=True)
def recusal_declare(request: AuthedRequest, reference: str) -> HttpResponse:
    """From any letter in one's hands, from a sealed one as well."""
    letter = _letter(request, reference)
    return _act(
        request,
        letter,
        "declare_form",
        DeclareRecusalForm(request.POST),
        lambda typed: declare_recusal(
            letter, by=request.user, now=timezone.localtime(), **typed
        ),
        _("You have stepped back; this letter is no longer in your hands."),
    )


@require_POST
@permission_required("visits.view_letter", raise_exception=True)
def recusal_ask(request: AuthedRequest, reference: str) -> HttpResponse:
    letter = _letter(request, reference)
    return _act(
        request,
        letter,
        "ask_form",
        AskRecusalForm(request.POST, letter=letter),
        lambda typed: ask_recusal(
            letter, by=request.user, now=timezone.localtime(), **typed
        ),
        _("Written down. It waits for a decision; until then nothing changes."),
    )


def _act(
    request: AuthedRequest,
    letter: Letter,
    name: str,
    form: forms.Form,
    action: Callable[[dict[str, Any]], object],
    done: str,
) -> HttpResponse:
    """As `act`; a sealed letter has a page of its own, which says what is missing."""
    if not letter.is_sealed:
        return act(request, letter, name, form, action, done)
    try:
        if not form.is_valid():
            raise ValidationError(next(iter(form.errors.values())).as_data())
        action(form.cleaned_data)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("visits:sealed_detail", letter.reference)
    messages.success(request, done)
    if Letter.objects.visible_to(request.user).filter(pk=letter.pk).exists():
        return redirect("visits:sealed_detail", letter.reference)
    return redirect("visits:letter_list")


@require_POST
@permission_required("visits.view_letter", raise_exception=True)
def recusal_decide(request: AuthedRequest, reference: str, pk: int) -> HttpResponse:
    """By who may decide it, who need not see the letter."""
    rows = Recusal.objects.filter(letter__reference=reference).select_related(*ABOUT)
    recusal = get_object_or_404(rows, pk=pk)
    seen = Letter.objects.visible_to(request.user).filter(pk=recusal.letter_id)
    is_seen = seen.exists()
    if not is_seen and not may_decide(recusal, request.user):
        raise Http404
    is_granted = request.POST.get("decision") == "grant"
    try:
        if request.POST.get("decision") not in ("grant", "refuse"):
            raise ValidationError(_("Choose one of the list."), code="invalid_choice")
        decide_recusal(
            recusal, by=request.user, is_granted=is_granted, now=timezone.localtime()
        )
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        done = _("Granted.") if is_granted else _("Refused.")
        messages.success(request, done)
    return redirect(recusal.letter if is_seen else "visits:recusal_list")
