"""On-the-spot matters: the list, one matter, its steps, and how one is raised."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.models import Setting
from cadres.reports.keyset import first_page, page_asked, page_asked_blanks_last
from visits.actions.move_matter import move_matter
from visits.actions.print_slips import print_slips
from visits.actions.raise_matter import raise_matter
from visits.actions.refusals import Refusal
from visits.forms.matter import MatterListForm, MatterStepForm, RaiseMatterForm
from visits.models import Matter, Visit
from visits.reports.matter_list import (
    BY_LIMIT,
    ROW_FIELDS,
    Worklist,
    figures,
    listed,
    with_clocks,
    worklist_in,
)
from visits.reports.matter_page import history_of, matter_page
from visits.reports.matter_steps import actors, offers_for
from visits.reports.matter_units import names_near, people_near
from visits.reports.receipt import qr_of_slip
from visits.rules.list_pages import ListPage
from visits.rules.matter_states import ROW, MatterStep
from visits.views.letter import seen_letter
from visits.views.own_lists import own_lists

PAGE = 50
MOST_THEIRS = 5  # steps of others that are told at once


@require_safe
@permission_required("visits.view_matter", raise_exception=True)
def matter_list(request: AuthedRequest) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    form = MatterListForm(request.GET)
    typed = form.typed()
    visit = None
    if typed.get("visit"):
        seen = Visit.objects.visible_to(user)
        visit = seen.filter(reference=typed["visit"]).first()
    if visit and not typed.get("work"):
        typed["work"] = Worklist.ALL
    work = worklist_in(typed)
    rows = listed(user, typed, on=today).for_list().only(*ROW_FIELDS)
    if work in BY_LIMIT:
        page = page_asked_blanks_last(rows, request.GET, "due_on", "pk", size=PAGE)
    else:
        page = page_asked(rows, request.GET, "-raised_on", "-pk", size=PAGE)
    context = {
        "section": "matters",
        "form": form,
        "figures": figures(user, on=today),
        "worklists": [
            (it, first_page(request.GET, "state", "due", work=it)) for it in Worklist
        ],
        "work": work,
        "visit": visit,
        "rows": with_clocks(page.rows, on=today, settings=Setting.objects.as_dict()),
        "is_narrowed": any(typed.get(it) for it in ("state", "place", "due")),
        "by_limit": work in BY_LIMIT,
        "page": page,
    } | own_lists(request, ListPage.MATTERS, form, is_filter=not typed.get("visit"))
    return render(request, "visits/matters/list.html", context)


def seen_matter(request: AuthedRequest, reference: str) -> Matter:
    """The matter, if it is this person's business; to others it does not exist."""
    rows = Matter.objects.visible_to(request.user).select_related(
        "place", "unit", "stop", "letter__office__place", "decided_by__unit"
    )
    return get_object_or_404(rows, reference=reference)


@require_safe
@permission_required("visits.view_matter", raise_exception=True)
def matter_detail(request: AuthedRequest, reference: str) -> HttpResponse:
    matter = seen_matter(request, reference)
    context = {
        "section": "matters",
        "matter": matter,
        "page": matter_page(matter, request.user, now=timezone.localtime()),
    }
    return render(request, "visits/matters/detail.html", context)


@sensitive_post_parameters("witness")
@permission_required("visits.view_matter", raise_exception=True)
def matter_step(request: AuthedRequest, reference: str, step: str) -> HttpResponse:
    matter = seen_matter(request, reference)
    move = ROW[MatterStep(step)]
    offer = move in offers_for(matter, actors(matter, request.user))
    if request.method != "POST" and not offer:
        messages.error(request, _("This step is not offered now. Look again."))
        return redirect(matter)
    form = MatterStepForm(
        request.POST if request.method == "POST" else None,
        move=move,
        matter=matter,
        today=timezone.localdate(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            moved = move_matter(
                matter,
                by=request.user,
                step=step,
                record=form.record(),
                version=form.cleaned_data["version"],
                now=timezone.localtime(),
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
            if isinstance(refusal, Refusal) and refusal.code == "stale":
                return _stale_page(request, reference, form)
        else:
            done = _("Recorded: %(step)s.") % {"step": MatterStep(step).label}
            return _after(request, moved, done)
    return _step_page(request, matter, form, offer)


def _after(request: AuthedRequest, matter: Matter, done: str) -> HttpResponse:
    """To the matter, or to the list when it has left one's hands."""
    messages.success(request, done)
    if Matter.objects.visible_to(request.user).filter(pk=matter.pk).exists():
        return redirect(matter)
    return redirect("visits:matter_list")


def _stale_page(
    request: AuthedRequest, reference: str, form: MatterStepForm
) -> HttpResponse:
    """What the other did stands above, what was typed below; the next save counts."""
    matter = seen_matter(request, reference)
    known = form.cleaned_data["version"]
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["version"] = str(matter.version)  # type: ignore[index]
    newer = min(max(matter.version - known, 1), MOST_THEIRS)
    offer = form.move in offers_for(matter, actors(matter, request.user))
    theirs = history_of(matter)[-newer:]
    return _step_page(request, matter, form, offer, theirs=theirs)


def _step_page(
    request: AuthedRequest,
    matter: Matter,
    form: MatterStepForm,
    offer: bool,
    **more: Any,
) -> HttpResponse:
    context = {
        "section": "matters",
        "matter": matter,
        "form": form,
        "step": form.move.step,
        "offer": offer,
        "units": names_near(matter.place) if form.offers_units else (),
        "people": people_near(matter.place) if form.offers_units else (),
        **more,
    }
    status = 422 if form.is_bound else 200
    return render(request, "visits/matters/step.html", context, status=status)


@permission_required("visits.raise_matter", raise_exception=True)
def matter_raise(request: AuthedRequest, reference: str) -> HttpResponse:
    letter = seen_letter(request, reference)
    form = RaiseMatterForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        letter=letter,
        initial={"client_key": uuid.uuid4()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            matter = raise_matter(
                letter, by=request.user, now=timezone.localtime(), **form.cleaned_data
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            reference = matter.printed_reference
            done = _("Matter %(reference)s is raised.") % {"reference": reference}
            return _after(request, matter, done)
    status = 422 if form.is_bound else 200
    context = {"section": "matters", "letter": letter, "form": form}
    return render(request, "visits/matters/raise.html", context, status=status)


@require_POST
@never_cache
@permission_required("visits.view_matter", raise_exception=True)
def matter_slips(request: AuthedRequest, reference: str) -> HttpResponse:
    """New slips, on this page alone: the codes are shown once and not kept."""
    matter = seen_matter(request, reference)
    try:
        codes = print_slips(matter, by=request.user, now=timezone.localtime())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect(matter)
    context = {
        "section": "matters",
        "matter": matter,
        "codes": codes,
        "qr": qr_of_slip(request.build_absolute_uri("/word/")),
    }
    return render(request, "visits/matters/slips.html", context)
