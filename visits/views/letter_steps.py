"""Taking a step: one page for all rows of the table, and one for splitting."""

import uuid
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from visits.actions.draft_step import draft_step
from visits.actions.move_letter import move_letter
from visits.actions.refusals import Refusal
from visits.actions.split_letter import split_letter
from visits.forms.letter_step import SplitLetterForm, StepForm
from visits.models import Letter, LetterDraft
from visits.reports.letter_preview import what_clocks_do
from visits.reports.letter_steps import Offer, actors, offers_for
from visits.rules.letter_records import FIELDS, in_words
from visits.rules.letter_states import ROW, Step
from visits.views.fresh_codes import keep_code
from visits.views.letter import seen_letter

MOST_THEIRS = 5  # steps of others that are told at once


@permission_required("visits.view_letter", raise_exception=True)
def letter_step(request: AuthedRequest, reference: str, step: str) -> HttpResponse:
    letter = seen_letter(request, reference)
    offers = {it.step: it for it in offers_for(letter, actors(letter, request.user))}
    offer = offers.get(Step(step))
    if request.method != "POST" and offer is None:
        messages.error(request, _("This step is not offered now. Look again."))
        return redirect(letter)
    if step == Step.SPLIT:
        return _split(request, letter, offer)
    form = _form(request, letter, Step(step), offer)
    if request.method == "POST" and form.is_valid():
        try:
            done = _take(request, letter, form, offer, Step(step))
        except ValidationError as refusal:
            show_refusal(form, refusal)
            if isinstance(refusal, Refusal) and refusal.code == "stale":
                return _stale_page(request, reference, form, Step(step))
        else:
            return _after(request, letter, done)
    return _page(request, letter, form, Step(step), offer)


def _form(
    request: AuthedRequest, letter: Letter, step: Step, offer: Offer | None
) -> StepForm:
    is_draft = bool(offer and offer.is_draft)
    return StepForm(
        request.POST if request.method == "POST" else None,
        move=ROW[step],
        letter=letter,
        today=timezone.localdate(),
        is_draft=is_draft,
        drafted=_last_draft(request, letter, step) if is_draft else None,
    )


def _last_draft(request: AuthedRequest, letter: Letter, step: Step) -> dict[str, Any]:
    """One's own draft that was sent back, to go on from."""
    draft = (
        letter.drafts.filter(
            step=step,
            drafted_by=request.user,
            state=LetterDraft.State.RETURNED,
        )
        .order_by("-pk")
        .first()
    )
    return dict(draft.record) if draft else {}


def _take(
    request: AuthedRequest,
    letter: Letter,
    form: StepForm,
    offer: Offer | None,
    step: Step,
) -> str:
    arguments: dict[str, Any] = {
        "by": request.user,
        "step": step,
        "record": form.record(),
        "version": form.cleaned_data["version"],
        "now": timezone.localtime(),
    }
    if offer and offer.is_draft:
        draft_step(letter, **arguments)
        return _("The draft is before the head of the unit.")
    moved = move_letter(letter, **arguments)
    return _("Recorded: %(step)s.") % {"step": step.label} + _limit_of(moved)


def _limit_of(letter: Letter) -> str:
    """The date that matters from now on, so that nobody has to look for it."""
    if not letter.due_on or letter.is_sealed:
        return ""
    text = _(" %(clock)s: act by %(day)s.")
    day = date_format(letter.due_on, "DATE_FORMAT")
    return text % {"clock": letter.get_due_clock_display(), "day": day}


def _after(request: AuthedRequest, letter: Letter, done: str) -> HttpResponse:
    """To the letter, or to the list when it has left one's hands."""
    messages.success(request, done)
    if Letter.objects.visible_to(request.user).filter(pk=letter.pk).exists():
        return redirect(letter)
    return redirect("visits:letter_list")


def _stale_page(
    request: AuthedRequest, reference: str, form: StepForm | SplitLetterForm, step: Step
) -> HttpResponse:
    """What the other did stands above, what was typed below; the next save counts."""
    known = form.cleaned_data["version"] if hasattr(form, "cleaned_data") else 0
    letter = seen_letter(request, reference)
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["version"] = str(letter.version)  # type: ignore[index]
    offers = {it.step: it for it in offers_for(letter, actors(letter, request.user))}
    newer = min(max(letter.version - known, 1), MOST_THEIRS)
    events = letter.events.select_related("by", "to_unit", "handler").order_by("-pk")
    theirs = [{"event": it, "words": in_words(it.record)} for it in events[:newer]]
    return _page(request, letter, form, step, offers.get(step), theirs=theirs)


def _page(
    request: AuthedRequest,
    letter: Letter,
    form: Any,
    step: Step,
    offer: Offer | None,
    **more: Any,
) -> HttpResponse:
    today = timezone.localdate()
    is_bound = form.is_bound
    preview = []
    if isinstance(form, StepForm) and offer:
        record = form.record() if is_bound else _first_record(form)
        preview = what_clocks_do(letter, ROW[step], record, on=today)
    context = {
        "section": "letters",
        "letter": letter,
        "form": form,
        "step": step,
        "article": Offer(ROW[step]).article,
        "offer": offer,
        "preview": preview,
        **more,
    }
    template = "split" if step == Step.SPLIT else "step"
    status = 422 if is_bound else 200
    return render(request, f"visits/letters/{template}.html", context, status=status)


def _first_record(form: StepForm) -> dict[str, Any]:
    """The first values of dates and days; a draft that came back keeps them as text."""
    found: dict[str, Any] = {}
    for name, value in form.initial.items():
        kind = FIELDS[name].kind if name in FIELDS else ""
        if kind in ("date", "days") and name in form.fields:
            with suppress(ValidationError):
                found[name] = form.fields[name].clean(value)
    return found


def _split(request: AuthedRequest, letter: Letter, offer: Offer | None) -> HttpResponse:
    form = SplitLetterForm(
        request.POST if request.method == "POST" else None,
        initial={"version": letter.version, "client_key": uuid.uuid4()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            second = split_letter(
                letter, by=request.user, now=timezone.localtime(), **form.arguments()
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
            if isinstance(refusal, Refusal) and refusal.code == "stale":
                return _stale_page(request, letter.reference, form, Step.SPLIT)
        else:
            # What was sealed is told to nobody by its number, its writer included.
            if second.letter.is_sealed:
                done = _("Split off. The second matter is sealed.")
            else:
                keep_code(request.session, second.letter, second.code)
                reference = second.letter.printed_reference
                done = _("Split off: %(reference)s.") % {"reference": reference}
            return _after(request, letter, done)
    return _page(request, letter, form, Step.SPLIT, offer)
