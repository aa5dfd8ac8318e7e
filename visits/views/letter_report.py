"""Letters of a period in figures, and the letters behind a figure."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from cadres.models import Setting
from cadres.reports.keyset import page_asked
from visits.forms.report import address_of, place_in, report_places
from visits.models import Letter
from visits.reports.letter_months import LIMITS, letter_months
from visits.reports.letter_report import FIGURES, LetterQuestion, letter_report
from visits.views.report_frame import asked_by, frame

PAGE = 50
OWN = "own"


@require_safe
def report_letters(request: AuthedRequest) -> HttpResponse:
    question, context = _asked(request)
    report = letter_report(question)
    rows = month_rows = ""
    if question.place is None:
        query = address_of(context["asked"])
        address = reverse("visits:report_letter_rows")
        rows = f"{address}?{query}&figure="
        month_rows = f"{address}?period="
    more = {
        "report": report,
        "rows": rows,
        "months": letter_months(question),
        "month_rows": month_rows,
        "limits": [(clock.value, clock.label) for clock in LIMITS],
    }
    return render(request, "visits/reports/letters.html", context | more)


@require_safe
def report_letter_rows(request: AuthedRequest) -> HttpResponse:
    """Only of one's own offices: figures of a place are all that leaves an office."""
    question, context = _asked(request)
    figure = FIGURES.get(request.GET.get("figure", ""))
    if figure is None or question.place is not None:
        raise Http404
    letters = question.rows_of(figure)
    page = page_asked(letters, request.GET, "-received_on", "-pk", size=PAGE)
    on_page = [row.pk for row in page.rows]
    # One may count a letter that has moved on and is not theirs to read any more.
    readable = Letter.objects.visible_to(request.user).filter(pk__in=on_page)
    back = f"{reverse('visits:report_letters')}?{address_of(context['asked'])}"
    more = {
        "figure": figure,
        "base": FIGURES.get(figure.base),
        "pager": page,
        "rows": page.rows,
        "readable": set(readable.values_list("pk", flat=True)),
        "back": back,
    }
    return render(request, "visits/reports/letter_rows.html", context | more)


def _asked(request: AuthedRequest) -> tuple[LetterQuestion, dict[str, Any]]:
    """Own offices first, where there are any; else a place that one may report on."""
    user = request.user
    has_office = user.has_perm("visits.route_letter")
    places = report_places(user)
    if not (has_office or places):
        raise Http404
    is_own = has_office and "place" not in request.GET
    place = None if is_own else place_in(request.GET, places)
    if place is None and not is_own:
        raise Http404
    asked = replace(asked_by(request), action=None)
    settings = Setting.objects.as_dict()
    question = LetterQuestion(
        user,
        asked.period,
        place,
        settings["report.min_cell"],
        settings["report.min_base"],
    )
    keep = {} if place is None else {"place": place.pk}
    context = frame(asked, {"place": place, "question": question}, **keep)
    query = address_of(asked)
    context |= {
        "section": "letters" if has_office else "reports",
        "actions": [],
        "places": [(it.path, f"?{query}&place={it.pk}", it == place) for it in places],
        "own": f"?{query}" if has_office else "",
    }
    return question, context
