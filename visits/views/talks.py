"""One policy talk with the questions asked there, and the list of forms of talk."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres.forms.sheet import plain_helper, show_refusal
from cadres.http import AuthedRequest
from visits.actions.change_talk_formats import add_format, use_format
from visits.actions.record_question import record_question
from visits.forms.question import AddFormatForm, RecordQuestionForm, UseFormatForm
from visits.models import Question, Talk, TalkFormat, Visit
from visits.reports.matter_units import names_near
from visits.reports.question_page import may_record, with_limits


@permission_required("visits.view_visit", raise_exception=True)
def talk_detail(request: AuthedRequest, reference: str) -> HttpResponse:
    """The talk; whoever logs the visit writes one question after the other here."""
    user, today = request.user, timezone.localdate()
    seen = Talk.objects.filter(
        stop__visit__in=Visit.objects.visible_to(user).values("pk")
    ).select_related("stop__place", "stop__visit__unit", "format")
    talk = get_object_or_404(seen, reference=reference)
    may_ask = may_record(talk.stop.visit, user)
    if request.method == "POST" and not may_ask:
        raise PermissionDenied
    form = RecordQuestionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            record_question(
                talk, by=user, now=timezone.localtime(), **form.cleaned_data
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Written down. The next one?"))
            url = reverse("visits:talk_detail", args=[talk.reference])
            return redirect(f"{url}?next=1#ask")
    if request.GET.get("next"):
        form.fields["text"].widget.attrs["autofocus"] = True
    questions = Question.objects.visible_to(user).filter(talk=talk).order_by("pk")
    context = {
        "section": "visits",
        "talk": talk,
        "visit": talk.stop.visit,
        "rows": with_limits(list(questions), on=today),
        "form": form if may_ask else None,
        "units": names_near(talk.stop.place) if may_ask else (),
    }
    status = 422 if form.is_bound else 200
    return render(request, "visits/talks/detail.html", context, status=status)


@permission_required("visits.edit_talk_formats", raise_exception=True)
def talk_formats(request: AuthedRequest) -> HttpResponse:
    form = AddFormatForm(request.POST or None)
    if form.is_valid():
        try:
            row = add_format(**form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            text = _("“%(name)s” is on the list.") % {"name": row}
            messages.success(request, text)
            return redirect("visits:talk_formats")
    context = {
        "section": "visits",
        "form": form,
        "helper": plain_helper("name"),
        "formats": TalkFormat.objects.order_by("-is_used", "pk"),
    }
    status = 422 if form.errors else 200
    return render(request, "visits/talks/formats.html", context, status=status)


@require_POST
@permission_required("visits.edit_talk_formats", raise_exception=True)
def talk_format_use(request: AuthedRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(TalkFormat, pk=pk)
    form = UseFormatForm(request.POST)
    form.is_valid()
    use_format(row, **form.cleaned_data)
    return redirect("visits:talk_formats")
