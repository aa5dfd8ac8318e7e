"""Units: found, entered, changed."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadres.actions.enter_unit import change_unit, enter_unit
from cadres.forms.find import FindUnitForm
from cadres.forms.pick import label_of_unit
from cadres.forms.sheet import show_refusal
from cadres.forms.unit import EnterUnitForm
from cadres.http import AuthedRequest, posted
from cadres.models import Unit
from cadres.reports.fingerprint import fingerprint
from cadres.reports.keyset import page_asked
from cadres.reports.record_history import history_of
from cadres.views.picks import Option, pick_page, wanted


@require_safe
@permission_required("cadres.edit_unit", raise_exception=True)
def unit_list(request: AuthedRequest) -> HttpResponse:
    form = FindUnitForm(request.GET)
    units = form.narrow(Unit.objects.editable_by(request.user))
    rows = units.select_related("place", "superior", "dissolved_into")
    context = {
        "form": form,
        "page": page_asked(rows, request.GET, "level", "name", "pk"),
        "section": "units",
    }
    return render(request, "cadres/units/list.html", context)


@require_safe
def unit_pick(request: AuthedRequest) -> HttpResponse:
    """Units, while their name is typed."""
    units = Unit.objects.visible_to(request.user).matching(wanted(request))
    rows = units.select_related("place").order_by("level", "name", "pk")[:12]
    return pick_page(
        request,
        [Option(it.pk, label_of_unit(it), it.name, it.place.path) for it in rows],
    )


@permission_required("cadres.edit_unit", raise_exception=True)
def unit_enter(request: AuthedRequest) -> HttpResponse:
    return _form_page(request, None)


@permission_required("cadres.edit_unit", raise_exception=True)
def unit_change(request: AuthedRequest, pk: int) -> HttpResponse:
    editable = Unit.objects.editable_by(request.user)
    related = ("place", "superior__place", "dissolved_into__place")
    return _form_page(
        request, get_object_or_404(editable.select_related(*related), pk=pk)
    )


def _form_page(request: AuthedRequest, unit: Unit | None) -> HttpResponse:
    data = posted(request)
    form = EnterUnitForm(data, user=request.user, unit=unit)
    if form.is_valid():
        arguments = form.cleaned_data
        seen = arguments.pop("seen")
        try:
            if unit:
                change_unit(unit, by=request.user, seen=seen, **arguments)
            else:
                enter_unit(**arguments)
        except ValidationError as refusal:
            show_refusal(form, refusal)
            if unit and data and getattr(refusal, "code", "") == "stale":
                data["seen"] = fingerprint(unit)
        else:
            messages.success(request, _("The unit is saved."))
            return redirect("cadres:unit_list")
    context = {
        "form": form,
        "unit": unit,
        "history": history_of(unit) if unit else None,
        "section": "units",
    }
    status = 422 if data is not None else 200
    return render(request, "cadres/units/edit.html", context, status=status)
