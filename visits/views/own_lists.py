"""Lists that people keep: a filter under a name, and who it is shared with."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.reports.keyset import page_asked
from visits.actions.keep_list import drop_list, keep_list, share_list
from visits.forms.list_asked import export_query, pages_of
from visits.forms.own_list import KeepListForm
from visits.models import OwnList
from visits.models.own_list import address_of_list
from visits.rules.list_pages import ListPage, filter_of, is_whole_filter

SHOWN = 50


def own_lists(
    request: AuthedRequest, page: ListPage, form: Form, *, is_filter: bool = True
) -> dict[str, Any]:
    """What a list page needs to offer one's lists, to keep this one, to export it.

    `is_filter`: nothing but the filter, `form`, decides which rows it shows.
    """
    known = OwnList.objects.visible_to(request.user).filter(page=page)
    asked = request.GET.dict()
    query = filter_of(page, asked)
    may_export = is_filter and form.is_valid() and is_whole_filter(page, asked)
    return {
        "own_lists": list(known.order_by("name", "pk")[:SHOWN]),
        "list_page": page,
        "list_query": query,
        "export_query": export_query(page, query) if may_export else "",
    }


@require_safe
def own_list_list(request: AuthedRequest) -> HttpResponse:
    pages = pages_of(request.user)
    if not pages:
        raise PermissionDenied
    rows = OwnList.objects.visible_to(request.user).filter(page__in=pages)
    page = page_asked(
        rows.select_related("owner", "unit"), request.GET, "-saved_at", "-pk"
    )
    context = {
        "page": page,
        "rows": [
            {"list": it, "export_query": export_query(it.page, it.query)} for it in page
        ],
        "section": "",
    }
    return render(request, "visits/lists/list.html", context)


@require_POST
def own_list_keep(request: AuthedRequest) -> HttpResponse:
    data = request.POST.copy()
    page = data.get("page")
    if page not in pages_of(request.user):
        raise PermissionDenied
    # Words that were looked for are not kept, and so not on the page either.
    asked = QueryDict(data.get("query", "")[:1000]).dict()
    data["query"] = query = filter_of(page, asked)
    form = KeepListForm(data)
    back = address_of_list(ListPage(page), query)
    if form.is_valid():
        try:
            row = keep_list(
                by=request.user,
                now=timezone.now(),
                page=page,
                name=form.cleaned_data["name"],
                asked=asked,
                is_shared=form.cleaned_data["is_shared"],
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The list “%s” is kept.") % row.name)
            return redirect(back)
    context = {"form": form, "back": back, "section": ""}
    return render(request, "visits/lists/keep.html", context, status=422)


def _own(request: AuthedRequest, reference: str) -> OwnList:
    rows = OwnList.objects.filter(owner=request.user)
    return get_object_or_404(rows, reference=reference)


@require_POST
def own_list_share(request: AuthedRequest, reference: str) -> HttpResponse:
    row = _own(request, reference)
    try:
        # What is wanted, not the other of what is: a second click changes nothing.
        share_list(row, by=request.user, is_shared=request.POST.get("wanted") == "yes")
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect("visits:own_list_list")


@require_POST
def own_list_drop(request: AuthedRequest, reference: str) -> HttpResponse:
    drop_list(_own(request, reference))
    messages.success(request, _("The list is removed."))
    return redirect("visits:own_list_list")
