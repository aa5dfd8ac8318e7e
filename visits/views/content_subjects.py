"""What letters are about: the office extends the list (handbook 7.1)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres.forms.sheet import plain_helper, show_refusal
from cadres.http import AuthedRequest
from visits.actions.change_subjects import add_subject, use_subject
from visits.forms.content_subject import AddSubjectForm, UseSubjectForm
from visits.models import ContentSubject


@permission_required("visits.edit_subjects", raise_exception=True)
def content_subjects(request: AuthedRequest) -> HttpResponse:
    form = AddSubjectForm(request.POST or None)
    if form.is_valid():
        try:
            subject = add_subject(**form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            text = _("“%(name)s” is on the list.") % {"name": subject}
            messages.success(request, text)
            return redirect("visits:content_subjects")
    context: dict[str, Any] = {
        "form": form,
        "helper": plain_helper("name"),
        "subjects": ContentSubject.objects.order_by("-is_used", "initials", "pk"),
        "section": "letters",
    }
    status = 422 if form.errors else 200
    return render(request, "visits/content_subjects/list.html", context, status=status)


@require_POST
@permission_required("visits.edit_subjects", raise_exception=True)
def content_subject_use(request: AuthedRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(ContentSubject, pk=pk)
    form = UseSubjectForm(request.POST)
    form.is_valid()
    try:
        use_subject(subject, **form.cleaned_data)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect("visits:content_subjects")
