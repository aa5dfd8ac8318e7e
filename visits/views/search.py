from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from visits.reports.search import search as search_report


@require_safe
@permission_required("visits.search", raise_exception=True)
def search(request: AuthedRequest) -> HttpResponse:
    results = search_report(request.user, request.GET.get("q", ""))
    context = {"results": results, "search_query": results.text}
    return render(request, "visits/search/search.html", context)
