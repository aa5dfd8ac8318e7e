"""What someone should know: one list, newest first, and how many are unread."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cadres.http import AuthedRequest
from cadres.reports.keyset import page_asked
from visits.actions.read_notices import read_notices
from visits.models import Notice

SIZE = 30
MOST = 99  # shown exactly; beyond, "99+"


@require_safe
def notice_list(request: AuthedRequest) -> HttpResponse:
    rows = Notice.objects.visible_to(request.user).for_list()
    page = page_asked(rows, request.GET, "-pk", size=SIZE)
    context = {
        "notices": page.rows,
        "has_unread": any(notice.read_at is None for notice in page.rows),
        "page": page,
    }
    return render(request, "visits/notices/list.html", context)


@require_safe
def notice_count(request: AuthedRequest) -> HttpResponse:
    """A fragment for the top bar, asked for anew every minute."""
    unread = Notice.objects.filter(account=request.user).unread()
    # Most people have none: then nobody asks what they may still see.
    count = 0
    if unread.exists():
        seen = Notice.objects.visible_to(request.user).unread()
        count = len(seen.values_list("pk")[: MOST + 1])
    return render(request, "visits/notices/_count.html", {"count": count, "most": MOST})


@require_POST
def notice_open(request: AuthedRequest, pk: int) -> HttpResponse:
    """Mark it as read and go to its record."""
    notice = get_object_or_404(
        Notice.objects.visible_to(request.user).for_list(), pk=pk
    )
    read_notices(by=request.user, now=timezone.now(), only=notice)
    about = notice.letter or notice.visit or notice.matter
    return redirect(about.get_absolute_url() if about else "visits:notice_list")


@require_POST
def notice_read(request: AuthedRequest, pk: int) -> HttpResponse:
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    read_notices(by=request.user, now=timezone.now(), only=notice)
    return redirect("visits:notice_list")


@require_POST
def notice_read_all(request: AuthedRequest) -> HttpResponse:
    read_notices(by=request.user, now=timezone.now())
    return redirect("visits:notice_list")
