"""The rows behind a figure of a report: as many as it says, each with its visit."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from cadres.models import Cadre, District
from visits.forms.report import address_of, week_in, whole_number
from visits.reports.asked import Asked, ByChild, ByOfficial
from visits.reports.counting import Key, Total, count
from visits.reports.figure_rows import rows_behind
from visits.reports.figures import (
    FIGURES,
    OF_OFFICIALS,
    Figure,
    figures_of,
)
from visits.reports.report_question import may_open_place, openable_officials
from visits.reports.table import number
from visits.views.report_frame import (
    OWN_LEVEL,
    asked_by,
    frame,
    official_address,
    place_asked,
)


@require_safe
@permission_required("visits.open_report_rows", raise_exception=True)
def report_rows(request: AuthedRequest) -> HttpResponse:
    asked = asked_by(request)
    figure = FIGURES.get(request.GET.get("figure", ""))
    if figure is None:
        raise Http404
    week = week_in(request.GET)
    rows: ByChild | ByOfficial
    if "official" in request.GET:
        rows, key, title, back = official_rows(request, asked, figure)
    else:
        rows, key, title, back = district_rows(request, asked)
    page = rows_behind(
        asked, rows, figure, key=key, week=week, after=request.GET.get("after", "")
    )
    value = None if week else number(count(asked, rows, [figure]).of(figure, key))
    query = request.GET.copy()
    query["after"] = page.next
    context = {
        "figure": figure,
        "value": value,
        "week": week,
        "title": title,
        "back": back,
        "rows": page,
        "is_later": "after" in request.GET,
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


def district_rows(
    request: AuthedRequest, asked: Asked
) -> tuple[ByChild, Key, str, str]:
    if not request.user.has_perm("visits.view_district_report"):
        raise PermissionDenied
    place = place_asked(request)
    if not may_open_place(request.user, place):
        raise PermissionDenied
    key: Key = Total
    title = place.path
    row = request.GET.get("row", "")
    if row == OWN_LEVEL:
        key, title = None, _("%(place)s itself") % {"place": place.path}
    elif row:
        child = get_object_or_404(District, pk=whole_number(row) or 0)
        key, title = child.pk, child.path
    address = reverse("visits:report_districts")
    back = f"{address}?{address_of(asked, place=place.pk)}"
    return ByChild.of(place), key, title, back
