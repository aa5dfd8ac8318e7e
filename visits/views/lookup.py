"""The petitioner's own pages: no sign-in, no script.

No address holds anything of a letter, but for the one that the receipt's picture leads
to: it brings the random number, never the code.
"""

from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from cadres.http import address_of
from visits.actions.look_up_letter import WITHIN, look_up_letter
from visits.actions.rate_letter import rate_letter
from visits.actions.report_pressure import report_pressure
from visits.forms.lookup import LookUpLetterForm, RateLetterForm, ReportPressureForm
from visits.models import Letter
from visits.reports.letter_progress import Progress, progress_of
from visits.rules.lookup import is_plain, plain_typed

KEPT, REPORTED = "looked_up", "reported"
OPEN_FOR = 15 * 60  # seconds that a right code holds in this browser
SIGNER = signing.TimestampSigner(salt="visits.lookup")


def public(view: Any) -> Any:
    """A page for whoever holds a receipt; neither proxy nor browser keeps it."""

    @login_not_required
    @never_cache
    @sensitive_post_parameters()
    @wraps(view)
    def page(request: HttpRequest, *args: Any) -> HttpResponse:
        response: HttpResponse = view(request, *args)
        return response

    return page


def kept_letter(request: HttpRequest) -> Letter | None:
    """The letter whose code was given in this browser less than 15 minutes ago."""
    try:
        pk = SIGNER.unsign(request.session.get(KEPT, ""), max_age=OPEN_FOR)
    except signing.BadSignature:
        return None
    related = ("unit", "office", "office__place")
    return Letter.objects.select_related(*related).filter(pk=pk).first()


def entrance(request: HttpRequest, form: Form, template: str) -> HttpResponse:
    """Where number and code are typed; after too many tries it says for how long."""
    is_over = form.has_error("__all__", "too_many")
    status = 429 if is_over else 422 if form.errors else 200
    page = render(request, template, {"form": form}, status=status)
    if is_over:
        page.headers["Retry-After"] = str(int(WITHIN.total_seconds()))
    return page


@public
def lookup(request: HttpRequest) -> HttpResponse:
    known = plain_typed(request.GET.get("reference", ""))
    form = LookUpLetterForm(
        request.POST or None, initial={"reference": known if is_plain(known) else ""}
    )
    if form.is_valid():
        address = address_of(request)
        try:
            letter = look_up_letter(
                address=address, now=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            request.session.cycle_key()
            request.session[KEPT] = SIGNER.sign(str(letter.pk))
            return redirect("visits:lookup_matter")
    return entrance(request, form, "visits/lookup/lookup.html")


@public
@require_safe
def lookup_matter(request: HttpRequest) -> HttpResponse:
    letter = kept_letter(request)
    if letter is None:
        return redirect("visits:lookup")
    return _matter_page(request, progress_of(letter, on=timezone.localdate()))


def _matter_page(
    request: HttpRequest, progress: Progress, form: Any = None
) -> HttpResponse:
    if form is None and progress.rate_until:
        given = progress.rating
        form = RateLetterForm(
            initial={
                "office_grade": given and given.office_grade,
                "unit_grade": given and given.unit_grade,
            }
        )
    context = {"progress": progress, "form": form}
    status = 422 if form and form.errors else 200
    return render(request, "visits/lookup/matter.html", context, status=status)


@public
@require_POST
def lookup_rate(request: HttpRequest) -> HttpResponse:
    letter = kept_letter(request)
    if letter is None:
        return redirect("visits:lookup")
    form = RateLetterForm(request.POST)
    if form.is_valid():
        try:
            rate_letter(letter, now=timezone.now(), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("visits:lookup_matter")
    return _matter_page(request, progress_of(letter, on=timezone.localdate()), form)


@public
def lookup_pressure(request: HttpRequest) -> HttpResponse:
    letter = kept_letter(request)
    if letter is None and request.method != "POST":
        return redirect("visits:lookup")
    form = ReportPressureForm(request.POST or None)
    if letter is None:
        # Written longer than the code holds: the words stay on the page.
        return render(
            request,
            "visits/lookup/pressure.html",
            {"form": form, "is_over": True},
            status=422,
        )
    if form.is_valid():
        try:
            report = report_pressure(
                letter=letter, now=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            request.session[REPORTED] = report.reference
            return redirect("visits:lookup_reported")
    status = 422 if form.errors else 200
    return render(request, "visits/lookup/pressure.html", {"form": form}, status=status)


@public
@require_safe
def lookup_reported(request: HttpRequest) -> HttpResponse:
    """The number of what was just reported; it is told in this browser alone."""
    reference = request.session.get(REPORTED, "")
    if not reference or kept_letter(request) is None:
        return redirect("visits:lookup")
    return render(request, "visits/lookup/reported.html", {"reference": reference})


@public
@require_POST
def lookup_leave(request: HttpRequest) -> HttpResponse:
    for name in (KEPT, REPORTED):
        request.session.pop(name, None)
    return redirect("visits:lookup")
