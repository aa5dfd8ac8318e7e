"""Reports of a place whose rows are not the places below it; and what places bore."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from visits.forms.report import (
    address_of,
    may_read,
    query_of,
    report_places,
    whole_number,
)
from visits.reports import district_report as by_district
from visits.reports import subject_report as by_subject
from visits.reports.figures import OF_BURDEN
from visits.rules.report_kinds import Boundaries, ReportKind
from visits.views.report_frame import (
    asked_by,
    choice_of_borders,
    choice_of_groups,
    district_link,
    frame,
    place_asked,
    where,
)


@require_safe
@permission_required("visits.view_district_report", raise_exception=True)
def report_subjects(request: AuthedRequest, kind: ReportKind) -> HttpResponse:
    """Per unit, per unified action or per study topic; the total is that of all."""
    if not may_read(request.user, kind):
        raise PermissionDenied
    asked, places = asked_by(request, kind), report_places(request.user, kind)
    if not places:
        return _page(request, kind, frame(asked, {}))
    place = place_asked(request, places)
    keep: dict[str, Any] = {"place": place.pk}
    groups = by_subject.SUBJECTS[kind].groups
    choice = choice_of_groups(request, asked, groups, **keep)
    keep["group"] = choice["group"]
    around = where(asked, place, places, choice["group"]) | {
        "borders": choice_of_borders(asked, **keep)
    }
    if around["ended"] and around["ended"].is_over:
        return _page(request, kind, frame(asked, around, **keep))
    report = by_subject.subject_report(kind, asked, place, choice["group"])
    start = whole_number(request.GET.get("start", "")) or 0
    shown = report.subjects[start : start + by_subject.PAGE]
    link = district_link(asked, place, kind)

    def drill(subject: by_subject.Subject) -> str:
        """An action by the places it went to; a topic's own page."""
        if kind == ReportKind.ACTIONS:
            is_now = asked.boundaries == Boundaries.NOW
            borders = asked.boundaries.value if is_now else ""
            here = query_of(action=subject.reference, place=place.pk, borders=borders)
            return f"{reverse('visits:report_districts')}?{here}"
        if kind == ReportKind.TOPICS:
            return reverse("visits:investigation_detail", args=[subject.reference])
        return ""

    tables = by_subject.tables(report, link=link, drill=drill, subjects=shown)
    context = choice | {
        "tables": tables,
        "is_empty": not shown,
        "pager": _pager(asked, start, len(report.subjects), keep),
        "this_report": address_of(asked, report=kind.value, place=place.pk),
    }
    return _page(request, kind, frame(asked, context | around, **keep))


def _pager(asked: Any, start: int, count: int, keep: dict[str, Any]) -> dict[str, str]:
    def at(first: int) -> str:
        return f"?{address_of(asked, start=first, **keep)}"

    following, before = start + by_subject.PAGE, max(start - by_subject.PAGE, 0)
    return {
        "previous_url": at(before) if start else "",
        "next_url": at(following) if following < count else "",
    }


@require_safe
@permission_required("visits.view_district_report", raise_exception=True)
def report_burden(request: AuthedRequest) -> HttpResponse:
    """Who came, how long, with what wishes; and what places had of it (handbook 10)."""
    kind = ReportKind.BURDEN
    asked, places = asked_by(request, kind), report_places(request.user, kind)
    if not places:
        return _page(request, kind, frame(asked, {}))
    place = place_asked(request, places)
    around = where(asked, place, places) | {
        "borders": choice_of_borders(asked, place.is_together, place=place.pk)
    }
    if around["ended"] and around["ended"].is_over:
        return _page(request, kind, frame(asked, around, place=place.pk))
    groups = by_district.groups_of(asked, of=OF_BURDEN)
    tables = by_district.tables(
        by_district.district_report(asked, place, groups),
        link=district_link(asked, place, kind),
        drill=lambda below: f"?{address_of(asked, place=below.pk)}",
    )
    context: dict[str, Any] = {
        "tables": tables,
        "this_report": address_of(asked, report=kind.value, place=place.pk),
    }
    context |= around
    return _page(request, kind, frame(asked, context, place=place.pk))


def _page(
    request: AuthedRequest, kind: ReportKind, context: dict[str, Any]
) -> HttpResponse:
    return render(request, "visits/reports/of_place.html", context | {"kind": kind})
