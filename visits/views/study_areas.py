"""The list of subject areas of investigations."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres.forms.sheet import plain_helper, show_refusal
from cadres.http import AuthedRequest
from visits.actions.change_study_areas import add_area, use_area
from visits.forms.investigation import AddAreaForm, UseAreaForm
from visits.models import StudyArea
from visits.views.places import LARGEST_KEY


@permission_required("visits.edit_study_areas", raise_exception=True)
def study_areas(request: AuthedRequest) -> HttpResponse:
    form = AddAreaForm(request.POST or None)
    if form.is_valid():
        try:
            row = add_area(**form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            text = _("“%(name)s” is on the list.") % {"name": row}
            messages.success(request, text)
            return redirect("visits:study_areas")
    context = {
        "section": "study",
        "form": form,
        "helper": plain_helper("name"),
        "areas": StudyArea.objects.order_by("-is_used", "pk"),
    }
    status = 422 if form.errors else 200
    return render(request, "visits/investigations/areas.html", context, status=status)


@require_POST
@permission_required("visits.edit_study_areas", raise_exception=True)
def study_area_use(request: AuthedRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(StudyArea, pk=min(pk, LARGEST_KEY))
    form = UseAreaForm(request.POST)
    form.is_valid()
    use_area(row, **form.cleaned_data)
    return redirect("visits:study_areas")
