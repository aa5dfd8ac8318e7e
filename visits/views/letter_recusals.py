"""Stepping back from a letter: declared, asked for, decided (handbook 7.7)."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres.http import AuthedRequest
from visits.actions.recuse import ask_recusal, decide_recusal, declare_recusal
from visits.forms.letter import AskRecusalForm, DeclareRecusalForm
from visits.models import Letter
from visits.views.letter import RELATED, act, seen_letter


@require_POST
@permission_required("visits.view_letter", raise_exception=True)
def recusal_declare(request: AuthedRequest, reference: str) -> HttpResponse:
    """From any letter in one's hands, from a sealed one as well."""
    seen = Letter.objects.visible_to(request.user)
    letter = get_object_or_404(seen.select_related(*RELATED), reference=reference)
    form = DeclareRecusalForm(request.POST)
    if letter.is_sealed and not form.is_valid():
        messages.error(request, _("Say on what ground."))
        return redirect("visits:sealed_detail", reference)
    return act(
        request,
        letter,
        "declare_form",
        form,
        lambda typed: declare_recusal(
            letter, by=request.user, now=timezone.localtime(), **typed
        ),
        _("You have stepped back; this letter is no longer in your hands."),
    )


@require_POST
@permission_required("visits.view_letter", raise_exception=True)
def recusal_ask(request: AuthedRequest, reference: str) -> HttpResponse:
    letter = seen_letter(request, reference)
    return act(
        request,
        letter,
        "ask_form",
        AskRecusalForm(request.POST, letter=letter),
        lambda typed: ask_recusal(
            letter, by=request.user, now=timezone.localtime(), **typed
        ),
        _("Written down. Until it is decided, this person sees nothing of the letter."),
    )


@require_POST
@permission_required("visits.view_letter", raise_exception=True)
def recusal_decide(request: AuthedRequest, reference: str, pk: int) -> HttpResponse:
    letter = seen_letter(request, reference)
    recusal = get_object_or_404(letter.recusals, pk=pk)
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
    return redirect(letter)
