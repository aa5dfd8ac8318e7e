"""Who looked at names and sealed letters: for the auditor and the petition office."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cadres.actions.write_audit import write_audit
from cadres.http import AuthedRequest
from cadres.models import AuditEntry
from cadres.reports.keyset import page_asked
from visits.forms.access import FindAccessForm
from visits.models import Access, Letter

PAGE = 50


@require_safe
def access_list(request: AuthedRequest) -> HttpResponse:
    user = request.user
    is_auditor = user.has_perm("visits.audit_access")
    if not (is_auditor or user.has_perm("visits.route_letter")):
        raise Http404
    if is_auditor:
        write_audit(AuditEntry.Kind.AUDIT, "read", by=user)
    form = FindAccessForm(request.GET, is_auditor=is_auditor)
    looks = form.narrow(Access.objects.visible_to(user))
    rows = looks.select_related("by", "unit", "letter")
    page = page_asked(rows, request.GET, "-at", "-pk", size=PAGE)
    on_page = [row.letter_id for row in page.rows]
    known = set(
        Letter.objects.visible_to(user)
        .filter(pk__in=on_page)
        .values_list("pk", flat=True)
    )
    context = {
        "rows": page.rows,
        "known": known,
        "form": form,
        "pager": page,
        "section": "looks",
    }
    return render(request, "visits/accesses/list.html", context)
