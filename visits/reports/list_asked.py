"""One list page as it was narrowed, asked by someone: what they see, as rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from cadres.models import Account, Setting
from visits.models.letter import LetterQuerySet
from visits.models.problem import ProblemQuerySet
from visits.reports import (
    audit_list,
    investigation_list,
    letter_list,
    matter_list,
    problem_list,
    question_page,
    visit_list,
)
from visits.reports.letter_list import Order
from visits.reports.problem_list import ProblemShow
from visits.rules.list_pages import ListPage

DUE_FIRST = (F("due_on").asc(nulls_last=True), "pk")


@dataclass(frozen=True)
class ListAsked:
    """`typed` is the cleaned form of the page, `query` asks for it again.

    `filters` say the same to people: name and value of each, the worklist first.
    """

    page: ListPage
    reader: Account
    typed: Mapping[str, Any]
    query: str
    filters: Sequence[tuple[Any, Any]]

    @property
    def about(self) -> str:
        """How it is narrowed, in the language of the moment."""
        said = [
            gettext("%(name)s: %(value)s") % {"name": name, "value": value}
            for name, value in self.filters
        ]
        return " · ".join(said) or gettext("not narrowed")


def rows_of(asked: ListAsked, *, now: datetime) -> QuerySet[Any]:
    """The rows that the page shows its reader, in its order; no letter under seal."""
    on = timezone.localdate(now)
    if asked.page == ListPage.LETTERS:
        return _letters(asked, now=now)
    if asked.page == ListPage.MATTERS:
        matters = matter_list.listed(asked.reader, asked.typed, on=on).for_list()
        if matter_list.worklist_in(asked.typed) in matter_list.BY_LIMIT:
            return matters.order_by(*DUE_FIRST)
        return matters.order_by("-raised_on", "-pk")
    if asked.page == ListPage.QUESTIONS:
        questions = question_page.questions_listed(asked.reader, asked.typed, on=on)
        is_by_limit = asked.typed["show"] in question_page.BY_LIMIT
        return questions.order_by(*DUE_FIRST if is_by_limit else ["-pk"])
    if asked.page == ListPage.STUDIES:
        studies = investigation_list.investigations_of(asked.reader, asked.typed, on=on)
        return studies.for_list().order_by("-opened_on", "-pk")
    if asked.page == ListPage.PROBLEMS:
        return _problems(asked, on=on)
    if asked.page == ListPage.AUDIT:
        entries = audit_list.listed(asked.reader, asked.typed)
        return audit_list.without_sealed(entries).order_by("-at", "-pk")
    visits = visit_list.listed(asked.reader, **asked.typed, now=now)
    return visits.order_by("-starts_on", "-pk")


def _problems(asked: ListAsked, *, on: date) -> ProblemQuerySet:
    show = asked.typed["show"]
    rows = problem_list.problems_of(asked.reader, show, on=on).for_list()
    if show in problem_list.BY_LIMIT:
        return rows.order_by(*DUE_FIRST)
    if show == ProblemShow.PASSED_UP:
        return rows.order_by("passed_on", "pk")
    return rows.order_by("-pk")


def _letters(asked: ListAsked, *, now: datetime) -> LetterQuerySet:
    on, near = timezone.localdate(now), Setting.objects.as_dict()["warn.blue"]
    letters = letter_list.listed(asked.reader, asked.typed, on=on, near=near)
    rows = letters.unsealed().defer("facts", "request", "sealed_text", "search_text")
    if asked.typed.get("order") == Order.NEWEST:
        return rows.for_list().order_by("-received_on", "-pk")
    return rows.for_list().order_by(*DUE_FIRST)


def size_of(asked: ListAsked, *, now: datetime, most: int) -> int:
    """How many rows there are, counted no further than one beyond `most`."""
    return rows_of(asked, now=now).order_by()[: most + 1].count()
