"""Whose names are masked next, and the archives' receipt for them."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.models import Setting
from cadres.reports.keyset import page_asked
from visits.actions.acknowledge_archive import acknowledge_archive
from visits.forms.archive_copy import AcknowledgeArchiveForm
from visits.reports.identity_masks import office_letters_to_mask, with_copies
from visits.rules.identity_clock import ended_by

PAGE = 50
ROW_FIELDS = ("reference", "request", "place", "ended_on")


@permission_required("visits.route_letter", raise_exception=True)
def identity_masks(request: AuthedRequest) -> HttpResponse:
    form = AcknowledgeArchiveForm(request.POST if request.method == "POST" else None)
    ticked = [int(it) for it in request.POST.getlist("copy")[:PAGE] if _is_key(it)]
    if form.is_valid():
        try:
            count = acknowledge_archive(
                by=request.user,
                copies=ticked,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            text = ngettext(
                "The archives’ receipt for %(n)s letter is written down.",
                "The archives’ receipt for %(n)s letters is written down.",
                count,
            )
            messages.success(request, text % {"n": count})
            return redirect("visits:identity_masks")
    set_as = Setting.objects.as_dict()
    months, days = set_as["identity.mask_after_months"], set_as["identity.warn_days"]
    until = ended_by(timezone.localdate() + timedelta(days=days), months=months)
    letters = office_letters_to_mask(request.user, until=until)
    letters = letters.prefetch_related("place").only(*ROW_FIELDS)
    page = page_asked(letters, request.GET, "ended_on", "pk", size=PAGE)
    rows = with_copies(page.rows, months=months)
    context = {
        "section": "letters",
        "rows": rows,
        "page": page,
        "months": months,
        "days": days,
        "form": form,
        "ticked": ticked,
        "may_acknowledge": any(it.waits for it in rows),
    }
    status = 422 if form.errors else 200
    return render(request, "visits/letters/identity_masks.html", context, status=status)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
