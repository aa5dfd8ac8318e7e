"""Reception sessions: the public notice, and the pages of those who work on them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.reports.keyset import page_asked
from visits.actions.book_session import book_session, drop_booking
from visits.actions.cancel_session import cancel_session
from visits.actions.hold_session import hold_session
from visits.actions.move_session import move_session
from visits.actions.open_booking import open_booking
from visits.actions.plan_session import plan_session
from visits.actions.publish_session import publish_session
from visits.actions.record_result import record_result
from visits.actions.replace_leader import replace_leader
from visits.forms.session import (
    STEP_FORMS,
    OpenBookingForm,
    PlanSessionForm,
    SessionListForm,
    StepForm,
)
from visits.models import ReceptionSession, SessionBooking, Visit
from visits.reports.session_page import session_page, session_rows, steps_for
from visits.rules.sessions import SessionStep

PAGE = 50
PAST_SHOWN = timedelta(days=60)
ACTIONS: dict[str, Callable[..., Any]] = {
    SessionStep.PUBLISH: publish_session,
    SessionStep.MOVE: move_session,
    SessionStep.REPLACE: replace_leader,
    SessionStep.CANCEL: cancel_session,
    SessionStep.BOOK: book_session,
    SessionStep.RESULT: record_result,
    SessionStep.HOLD: hold_session,
}


@login_not_required
@require_safe
def session_notice(request: HttpRequest) -> HttpResponse:
    """For everyone: which leader receives when and where; totals of what was."""
    now = timezone.localtime()
    today = now.date()
    rows = ReceptionSession.objects.published().for_list()
    coming = page_asked(rows.filter(on__gte=today), request.GET, "on", "pk", size=PAGE)
    past = rows.filter(on__lt=today, on__gte=today - PAST_SHOWN)
    context = {
        "coming": session_rows(coming.rows, now=now),
        "past": session_rows(past.order_by("-on", "-pk")[:PAGE], now=now),
        "page": coming,
    }
    return render(request, "visits/sessions/notice.html", context)


@require_safe
@permission_required("visits.view_session", raise_exception=True)
def session_list(request: AuthedRequest) -> HttpResponse:
    now = timezone.localtime()
    is_past = SessionListForm(request.GET).is_past()
    rows = ReceptionSession.objects.visible_to(request.user).for_list()
    if is_past:
        rows, order = rows.filter(on__lt=now.date()), ("-on", "-pk")
    else:
        rows, order = rows.filter(on__gte=now.date()), ("on", "pk")
    page = page_asked(rows, request.GET, *order, size=PAGE)
    context = {
        "section": "letters",
        "rows": session_rows(page.rows, now=now),
        "is_past": is_past,
        "page": page,
    }
    return render(request, "visits/sessions/list.html", context)


@permission_required("visits.plan_session", raise_exception=True)
def session_plan(request: AuthedRequest) -> HttpResponse:
    now = timezone.localtime()
    form = PlanSessionForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        today=now.date(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            session = plan_session(by=request.user, now=now, **form.arguments())
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            done = _("The session is planned. Publish it when all is settled.")
            messages.success(request, done)
            return redirect(session)
    status = 422 if form.is_bound else 200
    context = {"section": "letters", "form": form}
    return render(request, "visits/sessions/plan.html", context, status=status)


def _seen(request: AuthedRequest, reference: str) -> ReceptionSession:
    rows = ReceptionSession.objects.visible_to(request.user).for_list()
    return get_object_or_404(rows, reference=reference)


@require_safe
@permission_required("visits.view_session", raise_exception=True)
def session_detail(request: AuthedRequest, reference: str) -> HttpResponse:
    session = _seen(request, reference)
    visits = Visit.objects.visible_to(request.user)
    context = {
        "section": "letters",
        "session": session,
        "page": session_page(session, request.user, now=timezone.localtime()),
        "visit": visits.filter(stops=session.stop_id).first(),
    }
    return render(request, "visits/sessions/detail.html", context)


@sensitive_post_parameters("name", "contact")
@permission_required("visits.view_session", raise_exception=True)
def session_step(request: AuthedRequest, reference: str, step: str) -> HttpResponse:
    session, now = _seen(request, reference), timezone.localtime()
    offered = steps_for(session_rows([session], now=now)[0], request.user, now=now)
    if step not in offered:
        # Also for what stopped to fit while it was typed.
        messages.error(request, _("This step is not offered now. Look again."))
        return redirect(session)
    form = STEP_FORMS[step](
        request.POST if request.method == "POST" else None,
        session=session,
        user=request.user,
        today=now.date(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            ACTIONS[step](session, by=request.user, now=now, **form.arguments())
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            label = SessionStep(step).label
            messages.success(request, _("Recorded: %(step)s.") % {"step": label})
            return redirect(session)
    return _step_page(request, session, SessionStep(step), form)


def _step_page(
    request: AuthedRequest, session: ReceptionSession, step: SessionStep, form: StepForm
) -> HttpResponse:
    context = {"section": "letters", "session": session, "step": step, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "visits/sessions/step.html", context, status=status)


def _booking(request: AuthedRequest, reference: str, number: int) -> SessionBooking:
    """One of the own desk's list; to others it does not exist."""
    mine = ReceptionSession.objects.bookable_by(request.user)
    if number > 32_767:
        raise Http404
    rows = SessionBooking.objects.filter(session__in=mine).select_related("session")
    return get_object_or_404(rows, session__reference=reference, number=number)


@require_POST
@permission_required("visits.book_session", raise_exception=True)
def session_booking_drop(
    request: AuthedRequest, reference: str, number: int
) -> HttpResponse:
    booking = _booking(request, reference, number)
    try:
        drop_booking(booking, by=request.user, now=timezone.localtime())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The place is free again."))
    return redirect(booking.session)


@require_POST
@never_cache
@permission_required("visits.book_session", raise_exception=True)
def session_booking_open(
    request: AuthedRequest, reference: str, number: int
) -> HttpResponse:
    """Whom to call back, on this answer alone."""
    booking = _booking(request, reference, number)
    form = OpenBookingForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        opened = open_booking(
            booking, by=request.user, reason=reason, now=timezone.localtime()
        )
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect(booking.session)
    context = {"section": "letters", "booking": booking, "opened": opened}
    return render(request, "visits/sessions/booking.html", context)
