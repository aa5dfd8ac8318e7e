"""Samples of struck-off matters for call-back: drawn ones, and drawing one."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.models import Setting
from visits.actions.draw_sample import draw_sample
from visits.forms.matter import DrawSampleForm
from visits.models import Matter, MatterCall, MatterSample

SHOWN = 24


@permission_required("visits.oversee_matter", raise_exception=True)
def matter_samples(request: AuthedRequest) -> HttpResponse:
    """Each with its seed and what it was drawn from, so that it can be repeated."""
    user, today = request.user, timezone.localdate()
    last = today.replace(day=1) - timedelta(days=1)
    scope = next((it for it in user.scopes("visits.oversee_matter") if it.place), None)
    form = DrawSampleForm(
        request.POST if request.method == "POST" else None,
        initial={
            "place": scope.place if scope else None,
            "first": last.replace(day=1),
            "last": last,
            "size": Setting.objects.as_dict()["onsite.sample_size"],
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            sample = draw_sample(by=user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            drawn = _("%(n)s matters are drawn.") % {"n": sample.calls.count()}
            messages.success(request, drawn)
            return redirect("visits:matter_samples")
    reach = Q(pk__in=[])
    for it in user.scopes("visits.oversee_matter"):
        reach |= it.q(place="place", unit="pk") if it.place else Q(pk__in=[])
    calls = MatterCall.objects.select_related("matter", "caller").order_by("pk")
    samples = MatterSample.objects.filter(reach).select_related("place", "drawn_by")
    rows = list(
        samples.prefetch_related(Prefetch("calls", calls)).order_by("-pk")[:SHOWN]
    )
    drawn_ids = {call.matter_id for row in rows for call in row.calls.all()}
    seen = Matter.objects.visible_to(user).filter(pk__in=drawn_ids)
    context = {
        "section": "matters",
        "form": form,
        "samples": rows,
        "seen": set(seen.values_list("pk", flat=True)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "visits/matters/samples.html", context, status=status)
