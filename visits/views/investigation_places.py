"""Places of an investigation, and the findings of it that are put to use."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.models import District
from cadres.reports.keyset import key_in
from visits.actions.choose_place import choose_place, drop_place
from visits.actions.use_finding import plan_use, record_use
from visits.forms.investigation import ChoosePlaceForm, PlanUseForm, RecordUseForm
from visits.reports.study_places import suggestions, warning_of, words_of
from visits.views.investigations import find_investigation, form_page
from visits.views.places import LARGEST_KEY


@permission_required("visits.lead_investigation", raise_exception=True)
def investigation_place_choose(request: AuthedRequest, reference: str) -> HttpResponse:
    """Choose a place; a well-visited one is said to be so, and asks for a reason."""
    user, now = request.user, timezone.localtime()
    investigation = find_investigation(request, reference, to="changeable_by")
    place = _asked_for(request)
    form = ChoosePlaceForm(
        request.POST if request.method == "POST" else None, initial={"place": place}
    )
    if form.is_bound and form.is_valid():
        place = form.cleaned_data["place"]
        try:
            choose_place(investigation, by=user, now=now, **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("%(place)s is chosen.") % {"place": place.name})
            return redirect(investigation)
    elif form.is_bound:
        place = form.cleaned_data.get("place")
    warning = (
        warning_of(place, reader=user, besides=investigation, now=now)
        if place
        else None
    )
    if warning:
        form.warn()
    context = {
        "section": "study",
        "investigation": investigation,
        "form": form,
        "place": place,
        "warnings": words_of(warning) if warning else [],
        "suggestions": suggestions(investigation, user, now=now),
    }
    status = 422 if form.is_bound else 200
    return render(request, "visits/investigations/place.html", context, status=status)


def _asked_for(request: AuthedRequest) -> District | None:
    """The place that a suggestion's link names."""
    pk = key_in(request.GET.get("place"))
    return District.objects.real().filter(pk=pk).first() if pk else None


@require_POST
@permission_required("visits.lead_investigation", raise_exception=True)
def investigation_place_drop(
    request: AuthedRequest, reference: str, pk: int
) -> HttpResponse:
    investigation = find_investigation(request, reference, to="changeable_by")
    row = get_object_or_404(investigation.places, pk=min(pk, LARGEST_KEY))
    try:
        drop_place(row, by=request.user, now=timezone.localtime())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("Taken out; the history keeps it."))
    return redirect(investigation)


@permission_required("visits.lead_investigation", raise_exception=True)
def investigation_use_plan(request: AuthedRequest, reference: str) -> HttpResponse:
    investigation = find_investigation(request, reference, to="changeable_by")
    form = PlanUseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            plan_use(
                investigation,
                by=request.user,
                now=timezone.localtime(),
                **form.cleaned_data,
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(investigation)
    return form_page(request, form, _("Put a finding to use"), investigation)


@permission_required("visits.lead_investigation", raise_exception=True)
def investigation_use_record(
    request: AuthedRequest, reference: str, pk: int
) -> HttpResponse:
    investigation = find_investigation(request, reference, to="changeable_by")
    use = get_object_or_404(investigation.uses, pk=min(pk, LARGEST_KEY))
    data = request.POST if request.method == "POST" else None
    form = RecordUseForm(data, use=use)
    if form.is_bound and form.is_valid():
        try:
            record_use(
                use, by=request.user, now=timezone.localtime(), **form.cleaned_data
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(investigation)
    title = _("Put to use, with what effect")
    return form_page(request, form, title, investigation, about=use.finding)
