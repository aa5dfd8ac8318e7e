"""Which list an address speaks of, when it shall leave the product as a file."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.forms.audit import AuditListForm
from visits.forms.investigation import InvestigationListForm
from visits.forms.letter_list import LetterListForm
from visits.forms.matter import MatterListForm
from visits.forms.problem import ProblemListForm
from visits.forms.question import QuestionListForm
from visits.forms.visit_list import VisitListForm
from visits.reports import matter_list, question_page
from visits.reports.investigation_list import StudyShow
from visits.reports.letter_worklists import Worklist, worklist_in
from visits.reports.list_asked import ListAsked
from visits.reports.problem_list import first_shown
from visits.rules.list_pages import NEEDS, ListPage, filter_of, is_whole_filter

FORMS: dict[ListPage, Callable[..., forms.Form]] = {
    ListPage.LETTERS: LetterListForm,
    ListPage.MATTERS: MatterListForm,
    ListPage.VISITS: VisitListForm,
    ListPage.QUESTIONS: QuestionListForm,
    ListPage.STUDIES: InvestigationListForm,
    ListPage.PROBLEMS: ProblemListForm,
    ListPage.AUDIT: AuditListForm,
}

# What a list shows when nothing is asked of it.
OPENS_WITH: dict[ListPage, Callable[[Account], str]] = {
    ListPage.QUESTIONS: lambda _user: question_page.Show.OPEN,
    ListPage.STUDIES: lambda _user: StudyShow.OPEN,
    ListPage.PROBLEMS: first_shown,
}


def pages_of(user: Account) -> list[ListPage]:
    return [page for page, needed in NEEDS.items() if user.has_perm(needed)]


def export_query(page: str, query: str) -> str:
    """The address of the export of a list, of which `query` is the filter."""
    return "&".join(filter(None, [urlencode({"list": page}), query]))


def list_in(data: Mapping[str, str], *, user: Account) -> ListAsked:
    """The list that an address speaks of: `list`, and the filter of that page.

    What cannot be understood is refused here, where it would ask for more rows than
    somebody meant; so is the list of what one has registered, which shows no content.

    Raises:
        ValidationError: code `unreadable`.
        PermissionDenied, Http404: it is not this account's to read.
    """
    page = next((it for it in ListPage if it == data["list"]), None)
    if page is None:
        raise Http404
    if page not in pages_of(user):
        raise PermissionDenied
    query = filter_of(page, data)
    whose = {"user": user} if page == ListPage.STUDIES else {}
    form = FORMS[page](dict(parse_qsl(query)), **whose)
    if not is_whole_filter(page, data) or not form.is_valid():
        text = _("The filter of this list cannot be read any more. Narrow it again.")
        raise ValidationError(text, code="unreadable")
    typed = form.cleaned_data
    if page == ListPage.LETTERS:
        typed["work"] = worklist_in(user, typed["work"])
        if typed["work"] == Worklist.REGISTERED:
            raise Http404
    elif page == ListPage.MATTERS:
        typed["work"] = matter_list.worklist_in(typed)
        del typed["visit"]
    elif page in OPENS_WITH:
        typed["show"] = typed["show"] or OPENS_WITH[page](user)
    return ListAsked(page, user, typed, query, _in_words(form, typed))


def _in_words(form: forms.Form, typed: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    return [
        (form.fields[name].label, _word(form.fields[name], value))
        for name, value in typed.items()
        if value
    ]


def _word(field: forms.Field, value: Any) -> Any:
    if isinstance(field, forms.ChoiceField) and not hasattr(value, "pk"):
        return dict(field.choices)[value]  # type: ignore[arg-type]
    return getattr(value, "path", value)
