"""The rows behind a figure of a report: as many as it says, each with its visit."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from cadres.models import Cadre, District
from visits.forms.report import kind_in, report_places, week_in, whole_number
from visits.reports.asked import Asked, ByOfficial, Rows
from visits.reports.counting import Key, Total, count
from visits.reports.figure_rows import rows_behind
from visits.reports.figures import (
    FIGURES,
    LETTERS,
    OF_OFFICIALS,
    Figure,
    figures_of,
)
from visits.reports.report_question import (
    Question,
    figures_at,
    may_open_place,
    openable_officials,
    rows_at,
)
from visits.reports.subject_report import SUBJECTS, one_subject
from visits.reports.table import number
from visits.reports.where_to_go import counts_letters
from visits.rules.report_kinds import OF_LETTERS, ReportKind
from visits.views.report_frame import (
    OWN_LEVEL,
    asked_by,
    frame,
    official_address,
    page_address,
    place_asked,
)


@require_safe
@permission_required("visits.open_report_rows", raise_exception=True)
def report_rows(request: AuthedRequest) -> HttpResponse:
    is_of_official = "official" in request.GET
    kind = None if is_of_official else kind_in(request.GET, request.user)
    asked = asked_by(request, kind)
    figure = FIGURES.get(request.GET.get("figure", ""))
    if figure is None:
        raise Http404
    week = week_in(request.GET)
    rows: Rows
    if is_of_official:
        rows, key, title, back = official_rows(request, asked, figure)
    else:
        rows, key, title, back = place_rows(request, asked, figure, kind)
    page = rows_behind(
        asked, rows, figure, key=key, week=week, after=request.GET.get("after", "")
    )
    value = None if week else number(count(asked, rows, [figure]).of(figure, key))
    query = request.GET.copy()
    query["after"] = page.next
    context: dict[str, Any] = {
        "figure": figure,
        "value": value,
        "week": week,
        "title": title,
        "back": back,
        "rows": page,
        "is_later": "after" in request.GET,
        "actions": [],
        "page": {"next_url": f"?{query.urlencode()}" if page.next else ""},
    }
    return render(request, "visits/reports/rows.html", frame(asked, context))


def official_rows(
    request: AuthedRequest, asked: Asked, figure: Figure
) -> tuple[ByOfficial, Key, str, str]:
    pk = whole_number(request.GET["official"])
    if pk is None or figure not in figures_of(OF_OFFICIALS):
        raise Http404
    official = get_object_or_404(Cadre.objects.reportable_by(request.user), pk=pk)
    if not openable_officials(request.user, [pk]):
        raise PermissionDenied
    return ByOfficial((pk,)), pk, official.name, official_address(asked, official)


def place_rows(
    request: AuthedRequest, asked: Asked, figure: Figure, kind: ReportKind | None
) -> tuple[Rows, Key, str, str]:
    if kind in (None, ReportKind.OFFICIALS, *OF_LETTERS):
        raise PermissionDenied
    place = place_asked(request, report_places(request.user, kind))
    if not may_open_place(request.user, place):
        raise PermissionDenied
    if figure not in figures_at(kind, asked):
        raise Http404
    if figure in LETTERS.figures and not counts_letters(request.user, place):
        raise Http404
    key: Key = Total
    title = place.path
    row = request.GET.get("row", "")
    if row == OWN_LEVEL:
        key, title = None, _("%(place)s itself") % {"place": place.path}
    elif row:
        key = whole_number(row) or 0
        title = row_title(kind, asked, place, key)
    question = Question(asked, place=place, of_place=kind)
    return rows_at(kind, asked, place), key, title, page_address(question)


def row_title(kind: str, asked: Asked, place: District, key: int) -> str:
    if kind not in SUBJECTS:
        return get_object_or_404(District, pk=key).path
    subject = one_subject(kind, asked, place, key)
    if subject is None:
        raise Http404
    return subject.name
