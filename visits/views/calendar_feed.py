"""The private calendar address: its page, and what a calendar program reads there."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from cadres.http import AuthedRequest
from visits.actions.make_feed import make_feed, revoke_feed
from visits.models.feed import CalendarFeed
from visits.reports.calendar_feed import feed_of

MAY = permission_required("visits.view_visit", raise_exception=True)


@require_safe
@MAY
def feed_detail(request: AuthedRequest) -> HttpResponse:
    """What the address is for, whether there is one, and how to end it."""
    feed = CalendarFeed.objects.filter(account=request.user).standing().first()
    return render(request, "visits/feed/detail.html", {"feed": feed})


@require_POST
@MAY
@sensitive_variables("key", "address")
def feed_make(request: AuthedRequest) -> HttpResponse:
    """Shown on the answer alone: no address and no session keeps the key."""
    key = make_feed(by=request.user, now=timezone.localtime())
    address = settings.SITE_URL + reverse("visits:feed_read", args=[key])
    feed = CalendarFeed.objects.filter(account=request.user).standing().get()
    context = {"feed": feed, "address": address}
    return render(request, "visits/feed/detail.html", context)


@require_POST
@MAY
def feed_revoke(request: AuthedRequest) -> HttpResponse:
    if revoke_feed(by=request.user, now=timezone.localtime()):
        messages.success(request, _("The address opens nothing any more."))
    return redirect("visits:feed")


@login_not_required
@require_safe
@sensitive_variables("key")
def feed_read(request: HttpRequest, key: str) -> HttpResponse:
    """The file itself; behind a wrong or ended key there is nothing to be found."""
    feed = CalendarFeed.objects.behind(key).select_related("account").first()
    if feed is None or not feed.account.has_perm("visits.view_visit"):
        raise Http404
    now = timezone.localtime()
    feed.note_read(now=now)
    with translation.override(feed.account.language or settings.LANGUAGE_CODE):
        body = feed_of(feed.account, now=now)
    etag = f'"{hashlib.sha256(body).hexdigest()}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        body, content_type="text/calendar; charset=utf-8"
    )
    response.headers["ETag"] = etag
    response.headers["Content-Disposition"] = 'inline; filename="visits.ics"'
    patch_cache_control(response, private=True, no_cache=True)
    return response
