"""The people's own page about a matter: no sign-in, and nothing in the address."""

from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cadres.forms.sheet import show_refusal
from cadres.http import address_of
from visits.actions.speak_by_code import find_slip, speak_by_code
from visits.forms.matter import FindSlipForm, SpeakForm
from visits.models import MatterSlip
from visits.views.lookup import entrance, public

KEPT = "matter_slip"
OPEN_FOR = 15 * 60  # seconds that a right code holds in this browser
SIGNER = signing.TimestampSigner(salt="visits.matter_word")


def _kept(request: HttpRequest) -> MatterSlip | None:
    """The slip whose code was given in this browser less than 15 minutes ago."""
    try:
        pk = SIGNER.unsign(request.session.get(KEPT, ""), max_age=OPEN_FOR)
    except signing.BadSignature:
        return None
    rows = MatterSlip.objects.filter(pk=pk, void_at__isnull=True)
    rows = rows.exclude(matter__letter__is_sealed=True)
    return rows.select_related("matter__place", "matter__decided_by").first()


@public
def word(request: HttpRequest) -> HttpResponse:
    form = FindSlipForm(request.POST or None)
    if form.is_valid():
        address = address_of(request)
        try:
            slip = find_slip(address=address, now=timezone.now(), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            request.session.cycle_key()
            request.session[KEPT] = SIGNER.sign(str(slip.pk))
            return redirect("visits:word_matter")
    return entrance(request, form, "visits/word/word.html")


@public
def word_matter(request: HttpRequest) -> HttpResponse:
    slip = _kept(request)
    if slip is None:
        return redirect("visits:word")
    form = SpeakForm(request.POST or None)
    if form.is_valid():
        try:
            speak_by_code(slip, now=timezone.now(), **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            request.session.pop(KEPT, None)
            return redirect("visits:word_thanks")
    said = slip.matter.events.filter(step="say_done").order_by("-pk").first()
    context = {"slip": slip, "matter": slip.matter, "said": said, "form": form}
    status = 422 if form.errors else 200
    return render(request, "visits/word/matter.html", context, status=status)


@public
@require_safe
def word_thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "visits/word/thanks.html")
