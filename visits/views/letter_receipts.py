"""The receipt that a petitioner takes home, and new codes for lost ones."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cadres.http import AuthedRequest
from visits.actions.issue_code import issue_code, names_for_receipt
from visits.forms.lookup import NewCodeForm
from visits.models import Letter
from visits.reports.receipt import qr_of, receipt_of
from visits.views.fresh_codes import keep_code, take_code
from visits.views.letter_intake import letters_at_hand

PAPERS = ("a5", "a6")


@require_GET
@permission_required("visits.register_letter", raise_exception=True)
def letter_receipt(request: AuthedRequest, reference: str) -> HttpResponse:
    """The code and the masked name are shown once; the paper itself again and again."""
    letter = get_object_or_404(letters_at_hand(request), reference=reference)
    return _page(request, letter, NewCodeForm())


@transaction.atomic
def _page(request: AuthedRequest, letter: Letter, form: NewCodeForm) -> HttpResponse:
    code = take_code(request.session, letter)
    names = (
        names_for_receipt(letter, by=request.user, now=timezone.now()) if code else []
    )
    paper = request.GET.get("paper", "")
    return render(
        request,
        "visits/letters/receipt.html",
        {
            "receipt": receipt_of(letter),
            "letter": letter,
            "code": code,
            "names": names,
            "qr": qr_of(request.build_absolute_uri("/lookup/"), letter),
            "paper": paper if paper in PAPERS else PAPERS[0],
            "form": form,
            "section": "letters",
        },
        status=422 if form.errors else 200,
    )


@require_POST
@permission_required("visits.register_letter", raise_exception=True)
def letter_new_code(request: AuthedRequest, reference: str) -> HttpResponse:
    """For a petitioner who lost the paper: the code on it ends here."""
    letter = get_object_or_404(letters_at_hand(request), reference=reference)
    form = NewCodeForm(request.POST)
    if not form.is_valid():
        return _page(request, letter, form)
    code = issue_code(letter, by=request.user, now=timezone.now(), **form.cleaned_data)
    keep_code(request.session, letter, code)
    messages.success(request, _("A new code is made; the old one no longer works."))
    return redirect("visits:letter_receipt", letter.reference)
