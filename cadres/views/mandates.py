"""People who act for me: a leader's own page."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres.actions.give_mandate import give_mandate
from cadres.forms.role import EndForm, OwnMandateForm
from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest, posted
from cadres.models import Mandate
from cadres.views.roles import say_end


@permission_required("cadres.give_mandate", raise_exception=True)
def own_mandates(request: AuthedRequest) -> HttpResponse:
    cadre, today = request.user.cadre, timezone.localdate()
    if cadre is None:
        raise PermissionDenied
    form = OwnMandateForm(posted(request), user=request.user, today=today)
    if form.is_valid():
        try:
            give_mandate(by=request.user, cadre=cadre, today=today, **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The mandate is given."))
            return redirect("cadres:own_mandates")
    mandates = cadre.mandates.select_related("account__unit")
    context = {
        "form": form,
        "end_form": EndForm(),
        "mandates": mandates.order_by("-first", "-pk"),
        "today": today,
        "section": "mandates",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cadres/mandates/own.html", context, status=status)


@require_POST
@permission_required("cadres.give_mandate", raise_exception=True)
def own_mandate_end(request: AuthedRequest, pk: int) -> HttpResponse:
    mine = Mandate.objects.filter(cadre=request.user.cadre_id or 0)
    say_end(request, get_object_or_404(mine, pk=pk))
    return redirect("cadres:own_mandates")
