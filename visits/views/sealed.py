"""Sealed letters: for everyone without an appointment these pages do not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cadres.confirm import confirm_first
from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.reports.keyset import page_asked
from visits.actions.move_letter import move_letter
from visits.actions.name_party import (
    end_sealed_handler,
    name_party,
    name_sealed_handler,
    remove_party,
)
from visits.actions.open_identity import open_identity, open_sealed
from visits.actions.seal_transfer import (
    ask_transfer,
    confirm_transfer,
    refuse_transfer,
)
from visits.forms.letter import AskRecusalForm, DeclareRecusalForm
from visits.forms.letter_step import StepForm
from visits.forms.sealed import (
    AskTransferForm,
    NameHandlerForm,
    NamePartyForm,
    OpenSealedForm,
)
from visits.models import Letter
from visits.reports.letter_steps import actors, may_read_sealed, offers_for
from visits.reports.recusals import rows_of
from visits.reports.sealed_letters import Opened, opened, sealed_letters
from visits.rules.letter_states import ROW, Actor, LetterState, Step

PAGE = 50
FORMS = {
    "open_form": OpenSealedForm,
    "handler_form": NameHandlerForm,
    "party_form": NamePartyForm,
    "transfer_form": AskTransferForm,
}
View = Callable[..., HttpResponse]


def sealed_view(view: View) -> View:
    """The letter of this reference, if it is sealed and exists for this person."""

    @wraps(view)
    def page(request: AuthedRequest, reference: str, **kwargs: Any) -> HttpResponse:
        letters = sealed_letters(request.user)
        letter = get_object_or_404(letters, reference=reference.upper())
        return view(request, letter, **kwargs)

    return page


@require_safe
def sealed_list(request: AuthedRequest) -> HttpResponse:
    rows = sealed_letters(request.user)
    if not request.user.has_perm("visits.seal_letter") and not rows.exists():
        raise Http404
    page = page_asked(rows, request.GET, "-received_on", "-pk", size=PAGE)
    context = {
        "rows": page.rows,
        "pager": page,
        "section": "sealed",
    }
    return render(request, "visits/sealed/list.html", context)


@require_safe
@sealed_view
def sealed_detail(request: AuthedRequest, letter: Letter) -> HttpResponse:
    return _page(request, letter)


@require_POST
@confirm_first
@sealed_view
def sealed_open(request: AuthedRequest, letter: Letter) -> HttpResponse:
    """Show the text in this one answer, after the look is written."""
    form = OpenSealedForm(request.POST)
    shown = None
    if form.is_valid():
        reason, now = form.cleaned_data["reason"], timezone.now()
        try:
            with transaction.atomic():
                text = open_sealed(letter, by=request.user, reason=reason, now=now)
                people = []
                if form.cleaned_data["with_identity"]:
                    people = open_identity(
                        letter, by=request.user, reason=reason, now=now
                    )
                shown = opened(letter, text=text, people=people)
        except ValidationError as refusal:
            show_refusal(form, refusal)
    return _page(request, letter, shown=shown, open_form=form)


@require_POST
@sealed_view
def sealed_handler_name(request: AuthedRequest, letter: Letter) -> HttpResponse:
    form = NameHandlerForm(request.POST)
    return _act(
        request,
        letter,
        "handler_form",
        form,
        lambda typed: name_sealed_handler(
            letter, by=request.user, now=timezone.now(), **typed
        ),
    )


@require_POST
@sealed_view
def sealed_handler_end(request: AuthedRequest, letter: Letter, pk: int) -> HttpResponse:
    handler = get_object_or_404(letter.sealed_handlers, pk=pk)
    return _decide(
        request, letter, lambda: end_sealed_handler(handler, by=request.user)
    )


@require_POST
@sealed_view
def named_party_add(request: AuthedRequest, letter: Letter) -> HttpResponse:
    form = NamePartyForm(request.POST)
    return _act(
        request,
        letter,
        "party_form",
        form,
        lambda typed: name_party(
            letter,
            by=request.user,
            official=typed["official"],
            unit=typed["named_unit"],
            now=timezone.now(),
        ),
    )


@require_POST
@sealed_view
def named_party_remove(request: AuthedRequest, letter: Letter, pk: int) -> HttpResponse:
    party = get_object_or_404(letter.named.in_force(), pk=pk)
    return _decide(
        request,
        letter,
        lambda: remove_party(party, by=request.user, now=timezone.now()),
    )


@require_POST
@sealed_view
def sealed_report_urgent(request: AuthedRequest, letter: Letter) -> HttpResponse:
    """Danger is reported at once, whatever the track (handbook 7.3, C2)."""
    form = _urgent_form(letter, request.POST)
    return _act(
        request,
        letter,
        "urgent_form",
        form,
        lambda typed: move_letter(
            letter,
            by=request.user,
            step=Step.REPORT_URGENT,
            record=form.record(),
            version=typed["version"],
            now=timezone.localtime(),
        ),
    )


def _urgent_form(letter: Letter, data: Any = None) -> StepForm:
    return StepForm(
        data, move=ROW[Step.REPORT_URGENT], letter=letter, today=timezone.localdate()
    )


@require_POST
@sealed_view
def seal_transfer_ask(request: AuthedRequest, letter: Letter) -> HttpResponse:
    form = AskTransferForm(request.POST)
    return _act(
        request,
        letter,
        "transfer_form",
        form,
        lambda typed: ask_transfer(
            letter, by=request.user, now=timezone.now(), **typed
        ),
    )


@require_POST
@sealed_view
def seal_transfer_decide(
    request: AuthedRequest, letter: Letter, pk: int
) -> HttpResponse:
    transfer = get_object_or_404(letter.transfers, pk=pk)
    act = confirm_transfer if "confirm" in request.POST else refuse_transfer
    return _decide(
        request, letter, lambda: act(transfer, by=request.user, now=timezone.now())
    )


def _act(
    request: AuthedRequest,
    letter: Letter,
    name: str,
    form: Any,
    act: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            return _after(request, letter)
    return _page(request, letter, **{name: form})


def _decide(
    request: AuthedRequest, letter: Letter, act: Callable[[], object]
) -> HttpResponse:
    try:
        act()
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("visits:sealed_detail", letter.reference)
    return _after(request, letter)


def _after(request: AuthedRequest, letter: Letter) -> HttpResponse:
    """Back to the letter, or to the list if the act has shut its own actor out."""
    messages.success(request, _("Done."))
    if sealed_letters(request.user).filter(pk=letter.pk).exists():
        return redirect("visits:sealed_detail", letter.reference)
    return redirect("visits:sealed_list")


def _page(
    request: AuthedRequest,
    letter: Letter,
    *,
    shown: Opened | None = None,
    **filled: Any,
) -> HttpResponse:
    parts = actors(letter, request.user)
    forms = {name: filled.get(name) or form() for name, form in FORMS.items()}
    context: dict[str, Any] = {
        "letter": letter,
        "shown": shown,
        "may_read": may_read_sealed(letter, request.user),
        "is_keeper": Actor.SEALER in parts,
        "may_transfer": letter.state == LetterState.REGISTERED,
        "handlers": letter.sealed_handlers.select_related("account__unit"),
        "transfer": letter.transfers.filter(
            confirmed_at__isnull=True, refused_at__isnull=True
        )
        .select_related("to_unit", "asked_by")
        .first(),
        "declare_form": DeclareRecusalForm(),
        "recusals": rows_of(letter, request.user) if Actor.SEALER in parts else [],
        "ask_form": AskRecusalForm(letter=letter) if Actor.SEALER in parts else None,
        "section": "sealed",
        **forms,
    }
    if any(it.step == Step.REPORT_URGENT for it in offers_for(letter, parts)):
        context["urgent_form"] = filled.get("urgent_form") or _urgent_form(letter)
    status = 422 if any(form.errors for form in filled.values()) else 200
    return render(request, "visits/sealed/detail.html", context, status=status)
