"""How the installation is doing, for the system administrator."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cadres.http import AuthedRequest
from visits.actions.retry_job import retry_job
from visits.models import PolicyReport
from visits.reports.operation import failed_jobs, operation

SHOWN = 5  # kinds of violations of the content security policy


@require_safe
@permission_required("visits.view_operation", raise_exception=True)
def status(request: AuthedRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "found": operation(now=now),
        "today": timezone.localdate(now),
        "failed": failed_jobs(),
        "violations": PolicyReport.objects.visible_to(request.user).order_by(
            "-last_on", "-pk"
        )[:SHOWN],
        "section": "status",
    }
    return render(request, "visits/status/page.html", context)


@require_POST
@permission_required("visits.view_operation", raise_exception=True)
def job_retry(request: AuthedRequest, pk: int) -> HttpResponse:
    try:
        retry_job(pk, now=timezone.now())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The job will run again within a minute."))
    return redirect("visits:status")
