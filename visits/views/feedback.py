"""What people say of this product."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from cadres.reports.keyset import page_asked
from visits.actions.give_feedback import give_feedback
from visits.forms.feedback import GiveFeedbackForm
from visits.models import Feedback
from visits.rules.page_path import page_path

PAGE = 50


def feedback(request: AuthedRequest) -> HttpResponse:
    """Open to everyone who is signed in, whatever their roles."""
    came_from = page_path(request.headers.get("Referer", ""), request.get_host())
    if came_from == reverse("visits:feedback"):
        came_from = ""
    form = GiveFeedbackForm(
        request.POST or None, host=request.get_host(), initial={"page": came_from}
    )
    if form.is_valid():
        try:
            give_feedback(by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Thank you. Your words have been kept."))
            return redirect("visits:feedback")
    status = 422 if form.errors else 200
    context = {"form": form, "page": form["page"].value()}
    return render(request, "visits/feedback/give.html", context, status=status)


@require_safe
@permission_required("visits.read_feedback", raise_exception=True)
def feedback_list(request: AuthedRequest) -> HttpResponse:
    rows = Feedback.objects.select_related("by")
    page = page_asked(rows, request.GET, "-at", "-pk", size=PAGE)
    context = {"rows": page.rows, "pager": page}
    return render(request, "visits/feedback/list.html", context)
