"""Registering letters, and the hints beside the form."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres.forms.pick import label_of_cadre, label_of_unit
from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest, posted
from cadres.models import Account, Cadre, Unit
from cadres.views.picks import Option, pick_page
from visits.actions.link_letters import link_letters
from visits.actions.register_letter import Registered, register_letter
from visits.actions.register_mixed import register_mixed
from visits.forms.buttons import only_rebuilds
from visits.forms.letter_hints import HintsForm, LinkForm
from visits.forms.register_letter import RegisterSheet
from visits.models import Letter
from visits.reports.same_matter import SameMatter, same_matter
from visits.views.fresh_codes import keep_code, references

SAVED = "letters_saved"
GIVEN = "letters_given"
# What the next letter probably has in common with the last; nothing of who wrote it.
STAYS = ("office", "channel", "place", "subject", "category")


@permission_required("visits.register_letter", raise_exception=True)
def letter_register(request: AuthedRequest) -> HttpResponse:
    data = posted(request)
    sheet = RegisterSheet(
        data,
        user=request.user,
        today=timezone.localdate(),
        given=request.session.get(GIVEN),
    )
    status = 200
    if only_rebuilds(request):
        sheet.forgive()
    elif data is not None:
        status = 422
        if sheet.is_valid():
            try:
                saved = _register(request.user, sheet.matters())
            except ValidationError as refusal:
                show_refusal(sheet.main, refusal)
            else:
                _remember(request, saved, sheet.main.cleaned_data)
                return redirect("visits:letter_register")
    context = {
        "sheet": sheet,
        "section": "letters",
        **(_just_saved(request) if data is None else {}),
    }
    return render(request, "visits/letters/register.html", context, status=status)


def _register(by: Account, matters: list[dict[str, Any]]) -> list[Registered]:
    first = {"by": by, "now": timezone.localtime(), **matters[0]}
    if len(matters) == 1:
        return [register_letter(**first)]
    return register_mixed(first, matters[1])


def given_from(typed: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """First values for the next form, as a session can hold them."""
    return {
        name: getattr(value, "pk", value)
        if name != "subject"
        else getattr(value, "name", "")
        for name in names
        if (value := typed.get(name)) is not None
    }


def _remember(
    request: AuthedRequest, saved: list[Registered], typed: Mapping[str, Any]
) -> None:
    for one in saved:
        keep_code(request.session, one.letter, one.code)
    request.session[SAVED] = [one.letter.reference for one in saved]
    request.session[GIVEN] = given_from(typed, STAYS)
    if any(one.code for one in saved):
        messages.success(request, _("The letter is registered."))
    else:
        messages.info(request, _("This letter had arrived already."))


def _just_saved(request: AuthedRequest) -> dict[str, Any]:
    """What was registered a moment ago, and what may be the same matter; once."""
    names = request.session.pop(SAVED, [])
    if not names:
        return {}
    saved = list(letters_at_hand(request).filter(reference__in=names))
    return {
        "saved": [
            {"letter": letter, "likely": _likely_of(request.user, letter)}
            for letter in saved
        ],
        "link_form": LinkForm(),
    }


def letters_at_hand(request: AuthedRequest) -> QuerySet[Letter]:
    """Letters this person may print a receipt of: in their sight, or just made.

    A sealed one leaves the clerk's sight a quarter of an hour later.
    """
    seen = Letter.objects.visible_to(request.user).values("pk")
    fresh = Q(registered_by=request.user, reference__in=references(request.session))
    return Letter.objects.filter(Q(pk__in=seen) | fresh).for_list()


def _likely_of(user: Account, letter: Letter) -> list[SameMatter]:
    if letter.is_sealed or not user.has_perm("visits.route_letter"):
        return []
    likely = same_matter(
        user,
        place=letter.place,
        subject=letter.subject,
        text=letter.search_text,
        on=letter.received_on,
        besides=letter,
    )
    # Only what they may open can they link.
    return [it for it in likely if it.is_seen]


@require_POST
@permission_required("visits.register_letter", raise_exception=True)
def letter_hints(request: AuthedRequest) -> HttpResponse:
    """Letters that may be the same matter, while one is typed. Saves nothing."""
    form = HintsForm(request.POST)
    likely: list[SameMatter] = []
    if form.is_valid():
        today = timezone.localdate()
        likely = same_matter(request.user, on=today, **form.cleaned_data)
    return render(request, "visits/letters/_hints.html", {"likely": likely})


@require_POST
@permission_required("visits.route_letter", raise_exception=True)
def letter_same_matter(request: AuthedRequest, reference: str) -> HttpResponse:
    """Say that this letter and an earlier one are the same matter, and why."""
    visible = Letter.objects.visible_to(request.user).unsealed()
    letter = get_object_or_404(visible, reference=reference)
    form = LinkForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say how the two belong together, and why."))
        return redirect("visits:letter_register")
    typed = form.cleaned_data
    other = get_object_or_404(visible, reference=typed.pop("other"))
    try:
        link_letters(
            letter, by=request.user, other=other, now=timezone.localtime(), **typed
        )
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The two letters are linked."))
    return redirect("visits:letter_register")


@require_POST
@permission_required("visits.register_letter", raise_exception=True)
def letter_official_pick(request: AuthedRequest) -> HttpResponse:
    """Officials a letter may complain about: leading officials are public."""
    officials = Cadre.objects.matching(_wanted(request)).select_related("unit")
    rows = officials.order_by("pinyin", "pk")[:12]
    return pick_page(
        request,
        [Option(it.pk, label_of_cadre(it), it.name, it.unit.name) for it in rows],
    )


@require_POST
@permission_required("visits.register_letter", raise_exception=True)
def letter_unit_pick(request: AuthedRequest) -> HttpResponse:
    units = Unit.objects.matching(_wanted(request)).select_related("place")
    rows = units.order_by("level", "name", "pk")[:12]
    return pick_page(
        request,
        [Option(it.pk, label_of_unit(it), it.name, it.place.path) for it in rows],
    )


def _wanted(request: AuthedRequest) -> str:
    typed = request.POST.get("q", "")[:300].replace("\x00", "")
    return typed.split(" · ")[0].strip()[:100]
