"""Letters of a period in figures, and the letters behind a figure."""

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from cadres.models import District, Unit
from cadres.reports.keyset import page_asked
from visits.forms.report import (
    address_of,
    office_in,
    place_in,
    query_of,
    report_places,
    whole_number,
)
from visits.models import Letter
from visits.reports.asked import Asked
from visits.reports.letter_months import LIMITS
from visits.reports.letter_report import LetterQuestion, letters_asked
from visits.reports.letter_sheets import caseload
from visits.reports.petition_report import (
    ALL,
    PetitionReport,
    offices_of,
    petition_report,
    rows_of_part,
)
from visits.reports.report_question import Question
from visits.rules.report_kinds import ReportKind
from visits.views.report_frame import (
    asked_by,
    choice_of_borders,
    ended_context,
    frame,
    page_address,
    question_address,
)

PAGE = 50
OF_PAGE = {"report": ReportKind.LETTERS.value}  # rows of this page, not of the yearly


@require_safe
def report_caseload(request: AuthedRequest) -> HttpResponse:
    question, context = _asked(request)
    if context["ended"] and context["ended"].is_over:
        return render(request, "visits/reports/letters.html", context)
    found = caseload(question)
    rows = month_rows = ""
    if question.place is None:
        address = f"{reverse('visits:report_letter_rows')}?"
        if "office" in request.GET:
            address += f"{query_of(**OF_PAGE, office=request.GET['office'])}&"
        rows = f"{address}{address_of(context['asked'])}&figure="
        month_rows = f"{address}period="
    more = {
        "report": found.report,
        "rows": rows,
        "months": found.months,
        "month_rows": month_rows,
        "limits": [(clock.value, clock.label) for clock in LIMITS],
    }
    return render(request, "visits/reports/letters.html", context | more)


@require_safe
def report_letter_rows(request: AuthedRequest) -> HttpResponse:
    """Only of one's own offices: figures of a place are all that leaves an office."""
    question, context = _asked(request)
    figure = ALL.get(request.GET.get("figure", ""))
    if figure is None or question.place is not None:
        raise Http404
    letters = question.rows_of(figure)
    part, key = request.GET.get("part", ""), whole_number(request.GET.get("key", ""))
    if part:
        letters = None if key is None else rows_of_part(question, part, key)
    if letters is None:
        raise Http404
    page = page_asked(letters, request.GET, "-received_on", "-pk", size=PAGE)
    on_page = [row.pk for row in page.rows]
    # One may count a letter that has moved on and is not theirs to read any more.
    readable = Letter.objects.visible_to(request.user).filter(pk__in=on_page)
    back = f"{reverse('visits:report_caseload')}?{address_of(context['asked'])}"
    if question.office and "office" in request.GET:
        asked, office = context["asked"], question.office
        of_year = Question.of_office(asked, office)
        of_page = Question.of_letters(asked, office=office)
        is_of_page = request.GET.get("report") == OF_PAGE["report"]
        back = page_address(of_page if is_of_page else of_year)
    more = {
        "figure": figure,
        "base": ALL.get(figure.base),
        "pager": page,
        "rows": page.rows,
        "readable": set(readable.values_list("pk", flat=True)),
        "back": back,
    }
    return render(request, "visits/reports/letter_rows.html", context | more)


def _asked(request: AuthedRequest) -> tuple[LetterQuestion, dict[str, Any]]:
    """Own offices first, where there are any, or one of them; else a place that one may
    report on."""
    user = request.user
    has_office = user.has_perm("visits.route_letter")
    places = report_places(user)
    if not (has_office or places):
        raise Http404
    is_own = has_office and "place" not in request.GET
    place = None if is_own else place_in(request.GET, places)
    if place is None and not is_own:
        raise Http404
    office = _office(request) if is_own else None
    # A place has borders of either day; an office has its letters.
    of_borders = None if place is None else ReportKind.LETTERS
    asked = replace(asked_by(request, of_borders), action=None)
    question = letters_asked(asked, place, office)
    keep: dict[str, int] = {} if place is None else {"place": place.pk}
    if office and "office" in request.GET:
        keep = {"office": office.pk}
    shown: dict[str, Any] = {"place": place, "question": question, "actions": []}
    context = frame(asked, shown, **keep)
    context |= ended_context(asked, place, places) if place else {"ended": None}
    context |= {
        "section": "letters" if has_office else "reports",
        "borders": _borders(asked, place) if place else [],
        "choices": [*_own(asked, question), *_places(asked, places, place)],
    }
    if place or office:
        report = Question.of_letters(asked, place, office)
        context["this_report"] = question_address(report)
    return question, context


def _office(request: AuthedRequest) -> Unit | None:
    """The one that is asked for, or the only one whose letters they route."""
    if "office" in request.GET:
        return office_in(request.GET, user=request.user)
    offices = offices_of(request.user)
    scopes = {it.unit_id for it in request.user.scopes("visits.route_letter")}
    return (
        offices[0] if scopes == {it.pk for it in offices} and len(scopes) == 1 else None
    )


def _borders(asked: Asked, place: District) -> list[dict[str, Any]]:
    return choice_of_borders(asked, kind=ReportKind.LETTERS, place=place.pk)


Choice = tuple[str, str, bool]


def _own(asked: Asked, question: LetterQuestion) -> list[Choice]:
    """All of one's own letters, and each of several offices."""
    if not question.reader.has_perm("visits.route_letter"):
        return []
    query = f"?period={asked.period.code}"
    offices = offices_of(question.reader)
    is_one = question.office is not None and len(offices) == 1
    is_all = question.place is None and (is_one or question.office is None)
    found = [(_("Own office"), query, is_all)]
    if len(offices) > 1:
        found += [
            (it.name, f"{query}&office={it.pk}", it == question.office)
            for it in offices
        ]
    return found


def _places(
    asked: Asked, places: list[District], chosen: District | None
) -> list[Choice]:
    query = address_of(asked)
    return [(it.path, f"?{query}&place={it.pk}", it == chosen) for it in places]


# --- Art. 41 ----------------------------------------------------------------------


@require_safe
@permission_required("visits.route_letter", raise_exception=True)
def report_petition(request: AuthedRequest) -> HttpResponse:
    """A year of one petition office, exact: it stays there (a file has it in steps)."""
    offices = offices_of(request.user)
    if not offices and "office" not in request.GET:
        context = frame(asked_by(request), {"section": "letters"})
        return render(request, "visits/reports/petition.html", context)
    office = office_in(request.GET, user=request.user, offices=offices)
    question = Question.of_office(asked_by(request), office)
    asked, keep = question.asked, {"office": office.pk}
    report = petition_report(asked, office)
    shown = {"report": report, "office": office, "actions": []}
    context = frame(asked, shown, **keep) | {
        "section": "letters",
        "kinds": [],
        "offices": [
            (it.name, f"?{address_of(asked, office=it.pk)}", it == office)
            for it in offices
        ],
        "this_report": question_address(question),
        "tables": _year_tables(report, address_of(asked, **keep)),
        "is_running": asked.period.contains(asked.today),
    }
    return render(request, "visits/reports/petition.html", context)


def _year_tables(report: PetitionReport, query: str) -> list[dict[str, Any]]:
    """As in the file, with a share and the address of the letters behind a figure."""
    address = f"{reverse('visits:report_letter_rows')}?{query}&figure="
    shares = {
        line.figure.name: line for _group, lines in report.groups for line in lines
    }
    tables: list[dict[str, Any]] = []
    for table in report.tables():
        lines = []
        for row in table.lines:
            line = shares.get(row.key)
            part, _dash, key = row.key.partition("-")
            name = row.key if line else f"received&part={part}&key={key}"
            lines.append(
                {
                    "label": line.figure.label if line else row.label,
                    "is_part": line and line.is_part,
                    "cells": row.cells,
                    "percent": line.percent if line else None,
                    "url": f"{address}{name}" if row.cells[0] else "",
                }
            )
        tables.append({"sheet": table, "lines": lines})
    return tables
