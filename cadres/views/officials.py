"""Officials: found, entered, changed. One’s page: visits/views/officials.py."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadres.actions.enter_cadre import change_cadre, enter_cadre, mark_of
from cadres.forms.find import FindCadreForm
from cadres.forms.official import CadreSheet
from cadres.forms.pick import label_of_cadre
from cadres.http import AuthedRequest, changes_rows, posted
from cadres.models import Cadre
from cadres.reports.keyset import page_asked
from cadres.reports.record_history import history_of
from cadres.views.picks import Option, pick_page, wanted


@require_safe
@permission_required("cadres.view_cadre", raise_exception=True)
def cadre_list(request: AuthedRequest) -> HttpResponse:
    today = timezone.localdate()
    form = FindCadreForm(request.GET)
    officials = form.narrow(Cadre.objects.visible_to(request.user), on=today)
    rows = officials.with_post(on=today).select_related("unit")
    context = {
        "form": form,
        "page": page_asked(rows, request.GET, "pinyin", "pk"),
        "section": "officials",
    }
    return render(request, "cadres/officials/list.html", context)


@require_safe
def cadre_pick(request: AuthedRequest) -> HttpResponse:
    """Officials an administrator may name, while their name is typed."""
    officials = Cadre.objects.pickable_by(request.user).matching(wanted(request))
    rows = officials.select_related("unit").order_by("pinyin", "pk")[:12]
    return pick_page(
        request,
        [Option(it.pk, label_of_cadre(it), it.name, it.unit.name) for it in rows],
    )


@permission_required("cadres.edit_cadre", raise_exception=True)
def cadre_enter(request: AuthedRequest) -> HttpResponse:
    return _sheet_page(request, None)


@permission_required("cadres.edit_cadre", raise_exception=True)
def cadre_change(request: AuthedRequest, pk: int) -> HttpResponse:
    editable = Cadre.objects.editable_by(request.user)
    cadre = get_object_or_404(editable.select_related("unit__place"), pk=pk)
    return _sheet_page(request, cadre)


def _sheet_page(request: AuthedRequest, cadre: Cadre | None) -> HttpResponse:
    data = posted(request)
    sheet = CadreSheet(data, user=request.user, cadre=cadre)
    status = 200
    if changes_rows(request):
        sheet.forgive()
    elif data is not None:
        status = 422
        if sheet.is_valid():
            arguments = sheet.arguments()
            seen = arguments.pop("seen")
            try:
                if cadre:
                    saved = change_cadre(cadre, seen=seen, **arguments)
                else:
                    saved = enter_cadre(**arguments)
            except ValidationError as refusal:
                sheet.add_refusal(refusal)
                if cadre and getattr(refusal, "code", "") == "stale":
                    data["seen"] = mark_of(cadre)
            else:
                messages.success(request, _("The official is saved."))
                return redirect(saved)
    context = {
        "sheet": sheet,
        "cadre": cadre,
        "history": history_of(cadre) if cadre else None,
        "section": "officials",
    }
    return render(request, "cadres/officials/edit.html", context, status=status)
