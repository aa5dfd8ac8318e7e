"""One's own note on what one learned on a visit, and what colleagues share."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.reports.keyset import page_asked
from visits.actions.write_lesson import write_lesson
from visits.forms.lesson import LessonListForm, WriteLessonForm
from visits.reports.lessons import (
    lessons_shared,
    may_write,
    own_lesson,
    topics_shared,
)
from visits.views.visits import find_visit

PAGE = 30


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def lesson_list(request: AuthedRequest) -> HttpResponse:
    """What worked here: shared notes on places that one sees, newest first."""
    topics = topics_shared(request.user)
    form = LessonListForm(request.GET, topics=topics)
    typed = form.typed()
    place, topic = typed.get("place"), typed.get("topic") or ""
    rows = lessons_shared(request.user, place=place, topic=topic).for_list()
    page = page_asked(rows, request.GET, "-shared_at", "-pk", size=PAGE)
    context = {
        "section": "visits",
        "form": form,
        "topics": topics,
        "page": page,
        "is_narrowed": bool(place or topic),
    }
    return render(request, "visits/lessons/list.html", context)


@permission_required("visits.view_visit", raise_exception=True)
def lesson_write(request: AuthedRequest, reference: str) -> HttpResponse:
    """To those who were not there, or have no account of their own, it is not found."""
    visit = find_visit(request, reference)
    if not may_write(visit, request.user):
        raise Http404
    lesson = own_lesson(visit, request.user)
    data = request.POST if request.method == "POST" else None
    form = WriteLessonForm(data, visit=visit, lesson=lesson)
    if form.is_valid():
        try:
            write_lesson(
                visit, by=request.user, now=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            shared = form.cleaned_data["is_shared"]
            done = _("Kept, and shared.") if shared else _("Kept, for you alone.")
            messages.success(request, done)
            return redirect(visit)
    versions = lesson.versions.select_related("place").order_by("-pk") if lesson else []
    context = {
        "section": "visits",
        "visit": visit,
        "form": form,
        "lesson": lesson,
        "versions": versions,
    }
    status = 422 if form.errors else 200
    return render(request, "visits/lessons/write.html", context, status=status)
