"""Reception day: one row a matter, at keyboard speed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from visits.actions.register_letter import Registered, register_letter
from visits.forms.reception_row import STICKY, ReceptionRowForm, reception_form
from visits.reports.session_choices import sessions_to_enter
from visits.views.fresh_codes import keep_code
from visits.views.letter_intake import given_from, letters_at_hand

GIVEN = "reception_given"
SHOWN = 12


@permission_required("visits.register_letter", raise_exception=True)
def letter_reception(request: AuthedRequest) -> HttpResponse:
    form = _form(request)
    status = 200
    if request.method == "POST":
        saved = _save(request, form)
        if saved:
            messages.success(request, _("The row is registered."))
            return redirect("visits:letter_reception")
        status = 422
    context = {"form": form, "rows": _rows(request), "section": "letters"}
    return render(request, "visits/letters/reception.html", context, status=status)


@require_POST
@permission_required("visits.register_letter", raise_exception=True)
def letter_reception_row(request: AuthedRequest) -> HttpResponse:
    """One row from the page's script; its key makes it one letter, however often sent.

    409: it was typed by someone else, who signed out since. 422: what is wrong where.
    """
    if request.POST.get("typed_by") != str(request.user.pk):
        return JsonResponse({"typed_by": "other"}, status=409)
    form = _form(request)
    saved = _save(request, form)
    if not saved:
        return JsonResponse({"errors": _in_words(form)}, status=422)
    row = {"letter": saved.letter, "has_code": bool(saved.code)}
    html = render_to_string("visits/letters/_reception_row.html", row, request)
    return JsonResponse({"row": html}, status=201)


def _form(request: AuthedRequest) -> ReceptionRowForm:
    return reception_form(
        request.POST if request.method == "POST" else None,
        user=request.user,
        today=timezone.localdate(),
        given={**_of_today(request.session.get(GIVEN)), **_of_session(request)},
    )


def _of_session(request: AuthedRequest) -> dict[str, Any]:
    """Opened from a reception session, its rows belong to it."""
    asked = request.GET.get("session", "").replace("\x00", "")
    mine = sessions_to_enter(request.user, on=timezone.localdate())
    session = mine.filter(reference=asked).first() if asked else None
    if session is None:
        return {}
    return {
        "session": session.pk,
        "stop": session.stop_id,
        "place": session.place,
        "received_on": session.on,
        "office": session.office_id,
    }


def _save(request: AuthedRequest, form: ReceptionRowForm) -> Registered | None:
    if not form.is_valid():
        return None
    try:
        saved = register_letter(
            by=request.user, now=timezone.localtime(), **form.arguments()
        )
    except ValidationError as refusal:
        show_refusal(form, refusal)
        return None
    keep_code(request.session, saved.letter, saved.code)
    request.session[GIVEN] = _given(form)
    return saved


def _of_today(given: dict[str, Any] | None) -> dict[str, Any]:
    """The day typed and the queue count only for the day on which they were typed."""
    given = dict(given or {})
    if given.pop("typed_on", "") != timezone.localdate().isoformat():
        given.pop("received_on", None)
        given.pop("queue_number", None)
    return given


def _given(form: ReceptionRowForm) -> dict[str, Any]:
    given = given_from(form.cleaned_data, STICKY)
    given["typed_on"] = timezone.localdate().isoformat()
    given["received_on"] = given["received_on"].isoformat()
    number = form.cleaned_data.get("queue_number")
    if number and number < 9_999:
        given["queue_number"] = number + 1
    return given


def _in_words(form: ReceptionRowForm) -> dict[str, list[str]]:
    fields = form.fields
    return {
        str(fields[name].label) if name in fields else "": [str(it) for it in errors]
        for name, errors in form.errors.items()
    }


def _rows(request: AuthedRequest) -> list[dict[str, Any]]:
    """The latest letters this person registered today, and may still see."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    mine = letters_at_hand(request).filter(
        registered_by=request.user, registered_at__gte=today
    )
    return [{"letter": it} for it in mine.order_by("-registered_at", "-pk")[:SHOWN]]
