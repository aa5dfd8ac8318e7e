"""Incidents of personal data: kept by the security administrator, read by auditors."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cadres.actions.keep_incident import (
    change_incident,
    close_incident,
    enter_incident,
)
from cadres.forms.incident import IncidentForm
from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest, posted
from cadres.models import Incident
from cadres.reports.keyset import page_asked


@require_safe
@permission_required("cadres.view_incident", raise_exception=True)
def incident_list(request: AuthedRequest) -> HttpResponse:
    rows = Incident.objects.visible_to(request.user)
    page = page_asked(rows, request.GET, "-noticed_at", "-pk")
    context = {"page": page, "section": "incidents"}
    return render(request, "cadres/incidents/list.html", context)


@permission_required("cadres.keep_incident", raise_exception=True)
def incident_enter(request: AuthedRequest) -> HttpResponse:
    form = IncidentForm(posted(request), initial={"noticed_at": timezone.localtime()})
    if form.is_valid():
        values = _values(form)
        try:
            incident = enter_incident(by=request.user, now=timezone.now(), **values)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The incident is kept."))
            return redirect(incident)
    return _form_page(request, form, None)


@require_safe
@permission_required("cadres.view_incident", raise_exception=True)
def incident_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    incident = _found(request, pk)
    return _page(request, incident)


@permission_required("cadres.keep_incident", raise_exception=True)
def incident_change(request: AuthedRequest, pk: int) -> HttpResponse:
    incident = _found(request, pk)
    form = IncidentForm(
        posted(request), instance=incident, initial={"version": incident.version}
    )
    if form.is_valid():
        values = _values(form)
        version = form.cleaned_data["version"]
        try:
            change_incident(
                incident,
                by=request.user,
                now=timezone.now(),
                version=version,
                **values,
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The incident is kept."))
            return redirect(incident)
    return _form_page(request, form, incident)


@require_POST
@permission_required("cadres.keep_incident", raise_exception=True)
def incident_close(request: AuthedRequest, pk: int) -> HttpResponse:
    incident = _found(request, pk)
    version = request.POST.get("version", "")
    try:
        close_incident(
            incident,
            by=request.user,
            now=timezone.now(),
            version=int(version) if version.isdecimal() and len(version) < 10 else 0,
        )
    except ValidationError as refusal:
        return _page(request, incident, refusal.messages)
    messages.success(request, _("The incident is closed."))
    return redirect(incident)


def _found(request: AuthedRequest, pk: int) -> Incident:
    rows = Incident.objects.visible_to(request.user).select_related("entered_by")
    return get_object_or_404(rows, pk=pk)


def _values(form: IncidentForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in form._meta.fields or ()}


def _page(
    request: AuthedRequest, incident: Incident, refused: list[str] | None = None
) -> HttpResponse:
    context = {
        "incident": incident,
        "events": _history(incident),
        "refused": refused or [],
        "may_keep": request.user.has_perm("cadres.keep_incident"),
        "section": "incidents",
    }
    status = 422 if refused else 200
    return render(request, "cadres/incidents/detail.html", context, status=status)


def _history(incident: Incident) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Each event with the names of the fields it changed, and what stood there."""
    names = {field.name: str(field.verbose_name) for field in Incident._meta.fields}
    return [
        (event, [(names.get(name, name), it) for name, it in event.before.items()])
        for event in incident.events.select_related("by").order_by("pk")
    ]


def _form_page(
    request: AuthedRequest, form: IncidentForm, incident: Incident | None
) -> HttpResponse:
    context = {"form": form, "incident": incident, "section": "incidents"}
    status = 422 if form.errors else 200
    return render(request, "cadres/incidents/edit.html", context, status=status)
