"""The targets an office sets: listed, added, ended. How anyone stands is not here."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.models import Cadre
from cadres.reports.keyset import key_in, page_asked
from visits.actions.set_target import end_target, set_target
from visits.forms.target import SetRankTargetForm, SetTargetForm
from visits.models import Target

PAGE = 50


@permission_required("visits.set_targets", raise_exception=True)
def target_list(request: AuthedRequest) -> HttpResponse:
    """With `official` in the address, a new one is for that person, else for a rank."""
    official = _official_asked(request)
    form = _form(request, official)
    if form.is_valid():
        try:
            set_target(
                by=request.user,
                now=timezone.now(),
                official=official,
                **form.cleaned_data,
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The target is set."))
            return redirect("visits:target_list")
    rows = Target.objects.settable_by(request.user).select_related(
        "place", "official__unit", "set_by", "ended_by"
    )
    page = page_asked(rows, request.GET, "-pk", size=PAGE)
    context = {
        "form": form,
        "official": official,
        "targets": page.rows,
        "page": page,
        "today": timezone.localdate(),
    }
    status = 422 if form.errors else 200
    return render(request, "visits/targets/list.html", context, status=status)


def _official_asked(request: AuthedRequest) -> Cadre | None:
    if "official" not in request.GET:
        return None
    key = key_in(request.GET["official"])
    rows = Cadre.objects.in_scopes_of(request.user, "visits.set_targets")
    if key is None:
        raise Http404
    return get_object_or_404(rows.select_related("unit"), pk=key)


def _form(request: AuthedRequest, official: Cadre | None) -> SetTargetForm:
    data = request.POST if request.method == "POST" else None
    if official:
        return SetTargetForm(data)
    places = [it.place for it in request.user.scopes("visits.set_targets") if it.place]
    initial: dict[str, Any] = {"place": places[0]} if places else {}
    return SetRankTargetForm(data, initial=initial)


@require_POST
@permission_required("visits.set_targets", raise_exception=True)
def target_end(request: AuthedRequest, pk: int) -> HttpResponse:
    target = get_object_or_404(Target.objects.settable_by(request.user), pk=pk)
    try:
        end_target(target, by=request.user, today=timezone.localdate())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The target has ended."))
    return redirect("visits:target_list")
