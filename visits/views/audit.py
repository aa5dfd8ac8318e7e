"""The audit log: for the auditor, whose reading is written down, too."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cadres.actions.write_audit import write_audit
from cadres.http import AuthedRequest
from cadres.models import AuditAnchor, AuditEntry
from cadres.reports.audit_words import in_words
from cadres.reports.keyset import page_asked
from visits.forms.audit import AuditListForm
from visits.forms.list_asked import export_query
from visits.reports.audit_list import listed
from visits.rules.list_pages import ListPage, filter_of, is_whole_filter


@require_safe
@permission_required("cadres.read_audit", raise_exception=True)
def audit_list(request: AuthedRequest) -> HttpResponse:
    form = AuditListForm(request.GET)
    is_understood = form.is_valid()
    write_audit(AuditEntry.Kind.AUDIT, "read", by=request.user)
    entries = listed(request.user, form.cleaned_data)
    page = page_asked(entries, request.GET, "-at", "-pk")
    asked = request.GET.dict()
    may_export = is_understood and is_whole_filter(ListPage.AUDIT, asked)
    query = filter_of(ListPage.AUDIT, asked)
    context = {
        "section": "audit",
        "form": form,
        "page": page,
        "rows": in_words(page.rows),
        "anchor": AuditAnchor.objects.order_by("-pk").first(),
        "export_query": export_query(ListPage.AUDIT, query) if may_export else "",
    }
    return render(request, "visits/audit/list.html", context)
