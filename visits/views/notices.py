"""What someone should know: one list, newest first, and how many are unread."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.reports.keyset import page_asked
from visits.actions.choose_notices import choose_notices
from visits.actions.read_notices import read_notices
from visits.forms.notice_choice import ChooseNoticesForm
from visits.models import Notice, NoticeChoice
from visits.reports.notice_groups import groups_for

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
    return redirect(notice)


@require_POST
def notice_read(request: AuthedRequest, pk: int) -> HttpResponse:
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    read_notices(by=request.user, now=timezone.now(), only=notice)
    return redirect("visits:notice_list")


@require_POST
def notice_read_all(request: AuthedRequest) -> HttpResponse:
    read_notices(by=request.user, now=timezone.now())
    return redirect("visits:notice_list")


def notice_choices(request: AuthedRequest) -> HttpResponse:
    """Which kinds come by mail, and which do not come: each for oneself."""
    own = NoticeChoice.objects.filter(account=request.user)
    form = ChooseNoticesForm(
        request.POST if request.method == "POST" else None,
        groups=groups_for(request.user),
        chosen=dict(own.values_list("kind", "channel")),
    )
    if form.is_valid():
        try:
            choose_notices(by=request.user, choices=form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Your choice holds from now on."))
            return redirect("visits:notice_choices")
    status = 422 if form.errors else 200
    context = {"form": form}
    return render(request, "visits/notices/choices.html", context, status=status)
