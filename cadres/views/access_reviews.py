"""Reviews of accounts: begun by the security administrator, read by the auditor."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from cadres.actions.review_access import decide_lines, start_review
from cadres.confirm import confirm_first
from cadres.http import AuthedRequest
from cadres.models import AccessReview, ReviewLine
from cadres.reports.access_review import review_due_on
from cadres.reports.keyset import page_asked

STALE = timedelta(days=90)
LINES = 25
TAKEN = (ReviewLine.Decision.KEPT, ReviewLine.Decision.REVOKED)


@require_safe
@permission_required("cadres.view_account", raise_exception=True)
def review_list(request: AuthedRequest) -> HttpResponse:
    rows = AccessReview.objects.visible_to(request.user).with_counts()
    context = {
        "page": page_asked(
            rows.select_related("by"), request.GET, "-started_at", "-pk"
        ),
        "unfinished": rows.filter(by=request.user, finished_at=None).first(),
        "due_on": review_due_on(request.user),
        "today": timezone.localdate(),
        "section": "accounts",
    }
    return render(request, "cadres/reviews/list.html", context)


@require_POST
@confirm_first
@permission_required("cadres.review_access", raise_exception=True)
def review_start(request: AuthedRequest) -> HttpResponse:
    try:
        review = start_review(by=request.user, now=timezone.now())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("cadres:review_list")
    return redirect("cadres:review_detail", pk=review.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@confirm_first
@permission_required("cadres.view_account", raise_exception=True)
def review_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    """The lines; POST takes the decisions of one page of them."""
    reviews = AccessReview.objects.visible_to(request.user).with_counts()
    review = get_object_or_404(reviews.select_related("by"), pk=pk)
    may_decide = review.by_id == request.user.pk and request.user.has_perm(
        "cadres.review_access"
    )
    if request.method == "POST":
        if not may_decide:
            raise PermissionDenied
        try:
            review = decide_lines(
                review,
                by=request.user,
                decisions=_decisions(request),
                now=timezone.now(),
            )
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
        else:
            messages.success(request, _("The decisions are recorded."))
            if review.finished_at:
                messages.success(request, _("The review is finished."))
                return redirect("cadres:review_detail", pk=pk)
        # Back to the same lines: the narrowing and the page are in the address.
        return redirect(request.get_full_path())
    lines = review.lines.select_related("account__unit")
    shown = request.GET.get("show", "")
    if shown == "stale":
        lines = lines.stale(before=review.started_at - STALE)
    elif shown == "open":
        lines = lines.undecided()
    page = page_asked(lines, request.GET, "account_id", "pk", size=LINES)
    context = {
        "review": review,
        "page": page,
        "shown": shown,
        "stale_before": review.started_at - STALE,
        "may_decide": may_decide and not review.finished_at,
        "section": "accounts",
    }
    return render(request, "cadres/reviews/detail.html", context)


def _decisions(request: AuthedRequest) -> dict[int, str]:
    """`line-7=kept`: what cannot be understood decides nothing."""
    found = {}
    for name, value in request.POST.items():
        key = name.removeprefix("line-")
        if key != name and key.isdecimal() and len(key) < 19 and value in TAKEN:
            found[int(key)] = str(value)
    return found
