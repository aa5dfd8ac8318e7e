"""Saying that two letters are the same matter, and taking it back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres.http import AuthedRequest
from visits.actions.link_letters import link_letters, undo_link
from visits.forms.letter import LinkLettersForm
from visits.models import Letter, LetterLink
from visits.views.letter import act, seen_letter


@require_POST
@permission_required("visits.view_letter", raise_exception=True)
def letter_link(request: AuthedRequest, reference: str) -> HttpResponse:
    letter = seen_letter(request, reference)

    def link(typed: dict[str, Any]) -> None:
        seen = Letter.objects.visible_to(request.user).unsealed()
        other = seen.filter(reference=typed.pop("reference")).first()
        if other is None:
            text = _("No letter in your hands has this reference.")
            raise ValidationError({"reference": ValidationError(text, code="unknown")})
        now = timezone.localtime()
        link_letters(letter, by=request.user, other=other, now=now, **typed)

    form = LinkLettersForm(request.POST)
    return act(request, letter, "link_form", form, link, _("The letters are linked."))


@require_POST
@permission_required("visits.view_letter", raise_exception=True)
def link_undo(request: AuthedRequest, reference: str, pk: int) -> HttpResponse:
    letter = seen_letter(request, reference)
    # From either end; the action asks for a part in the letter that holds the link.
    seen = Letter.objects.visible_to(request.user)
    links = LetterLink.objects.filter(letter__in=seen, other__in=seen)
    link = get_object_or_404(
        links.filter(letter=letter) | links.filter(other=letter), pk=pk
    )
    try:
        undo_link(link, by=request.user, now=timezone.localtime())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The link is taken back; that it stood stays."))
    return redirect(letter)
