"""The caseload: work lists, filters, search, and forwarding several at once."""

import base64
import binascii
import re
import secrets
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cadres.http import AuthedRequest
from cadres.models import Setting
from cadres.models.encrypted import WrongKey, read_sealed, write_sealed
from cadres.reports.keyset import Page, first_page, page_asked, page_asked_blanks_last
from visits.actions.forward_letters import forward_letters
from visits.forms.letter_list import (
    ForwardLettersForm,
    LetterListForm,
    SearchLettersForm,
)
from visits.models import Letter
from visits.models.letter import LetterQuerySet
from visits.models.visit import ALPHABET
from visits.reports.identity_masks import masked_next
from visits.reports.letter_list import (
    ROW_FIELDS,
    Order,
    figures,
    listed,
    with_clocks,
)
from visits.reports.letter_search import Wanted, search_letters, wanted_in
from visits.reports.letter_worklists import (
    Worklist,
    deadlines_of,
    worklist_in,
    worklists_of,
)
from visits.rules.list_pages import ListPage
from visits.views.own_lists import own_lists

PAGE = 50
# In the session, encrypted: words never stand in an address, nor in a dump.
SEARCHES = "letter_searches"
MOST_SEARCHES = 10
CHOSEN = re.compile(f"([{ALPHABET}]{{8}}):([0-9]{{1,8}})")


@require_safe
@permission_required("visits.view_letter", raise_exception=True)
def letter_list(request: AuthedRequest) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    settings = Setting.objects.as_dict()
    form = LetterListForm(request.GET)
    typed = form.typed()
    wanted = _search_of(request)
    work = worklist_in(user, typed.get("work") or (Worklist.ALL if wanted else ""))
    rows = listed(
        user,
        {**typed, "work": work},
        on=today,
        near=settings["warn.blue"],
        whatever_state=bool(wanted),
    )
    page = _page(request, rows, typed, work, wanted)
    is_own = work == Worklist.REGISTERED
    shown = with_clocks(
        # No content of what one may only know to go on.
        [] if is_own else page.rows,
        on=today,
        settings=settings,
        wanted=wanted.text if wanted else "",
        holds=deadlines_of(user) if work == Worklist.HELD else None,
    )
    masked_soon = None
    if work in (Worklist.WAITING, Worklist.ARCHIVE):
        masked_soon = masked_next(user, on=today, settings=settings)
    context = {
        "section": "letters",
        "masked_soon": masked_soon,
        "form": form,
        "figures": figures(user, on=today),
        "worklists": [
            (it, first_page(request.GET, "due", "state", work=it))
            for it in worklists_of(user)
        ],
        "work": work,
        "wanted": wanted,
        "search": SearchLettersForm(initial={"q": wanted.text if wanted else ""}),
        "kept": _without(request.GET, "search", "before", "after").urlencode(),
        "rows": shown,
        "letters": page.rows,
        "is_own": is_own,
        "is_narrowed": any(
            typed.get(name) for name in form.fields if name not in ("work", "order")
        ),
        "newest": is_own or bool(wanted) or typed.get("order") == Order.NEWEST,
        "may_forward": user.has_perm("visits.route_letter")
        and any(row.tick for row in shown),
        "page": page,
    } | own_lists(request, ListPage.LETTERS, form, is_filter=not wanted and not is_own)
    return render(request, "visits/letters/list.html", context)


def _page(
    request: AuthedRequest,
    rows: LetterQuerySet,
    typed: dict[str, Any],
    work: str,
    wanted: Wanted | None,
) -> Page[Letter]:
    if work == Worklist.REGISTERED:
        # No content: they may know that it goes on, no more.
        rows = rows.only("reference", "state", "received_on", "registered_at")
        keys: tuple[str, ...] = ("-registered_at", "-pk")
        return page_asked(rows, request.GET, *keys, size=PAGE)
    if wanted:
        rows = search_letters(rows, wanted).only(*ROW_FIELDS, "search_text")
    else:
        rows = rows.only(*ROW_FIELDS)
    if wanted or typed.get("order") == Order.NEWEST:
        return page_asked(rows, request.GET, "-received_on", "-pk", size=PAGE)
    return page_asked_blanks_last(rows, request.GET, "due_on", "pk", size=PAGE)


def _without(query: QueryDict, *names: str) -> QueryDict:
    kept = query.copy()
    for name in names:
        kept.pop(name, None)
    return kept


def _search_of(request: AuthedRequest) -> Wanted | None:
    """What was looked for, kept under a random name in the session."""
    name = request.GET.get("search", "")
    text = ""
    with suppress(WrongKey, binascii.Error):
        sealed = base64.b64decode(request.session.get(SEARCHES, {}).get(name, ""))
        text = read_sealed(sealed, purpose="search", seal_id=name)["q"]
    wanted = wanted_in(text)
    if not wanted.words or not request.user.has_perm("visits.search_letters"):
        return None
    return wanted


@permission_required("visits.search_letters", raise_exception=True)
def letter_search(request: AuthedRequest) -> HttpResponse:
    """Keep the words and go to the list, whose address then says nothing of them.

    Words in an address are not looked for: they would stay in logs and histories.
    """
    if request.method != "POST":
        return redirect("visits:letter_list")
    query = _without(QueryDict(request.POST.get("kept", "")[:1000]), "before", "after")
    allowed = QueryDict(mutable=True)
    for name in (*LetterListForm.base_fields, "place_id", "unit_id"):
        if query.get(name):
            allowed[name] = query.get(name, "")
    form = SearchLettersForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["q"][0]))
    elif text := form.cleaned_data["q"].strip():
        name = secrets.token_urlsafe(8)
        kept = dict(request.session.get(SEARCHES, {}))
        sealed = write_sealed({"q": text}, purpose="search", seal_id=name)
        kept[name] = base64.b64encode(sealed).decode()
        request.session[SEARCHES] = dict(list(kept.items())[-MOST_SEARCHES:])
        allowed["search"] = name
    return redirect(f"{reverse('visits:letter_list')}?{allowed.urlencode()}")


@require_POST
@permission_required("visits.route_letter", raise_exception=True)
def letter_forward(request: AuthedRequest) -> HttpResponse:
    """Ask for unit and reason, then say of each letter whether it went."""
    chosen = _chosen(request)
    if not chosen:
        messages.error(request, _("Choose the letters to forward first."))
        return redirect("visits:letter_list")
    sends = "send" in request.POST
    form = ForwardLettersForm(request.POST if sends else None)
    context: dict[str, Any] = {"section": "letters", "chosen": chosen, "form": form}
    if sends and form.is_valid():
        context["results"] = forward_letters(
            chosen, by=request.user, now=timezone.localtime(), **form.cleaned_data
        )
        return render(request, "visits/letters/forwarded.html", context)
    status = 422 if sends else 200
    return render(request, "visits/letters/forward.html", context, status=status)


def _chosen(request: AuthedRequest) -> list[tuple[Letter, int]]:
    """The ticked letters that this person sees, with the version they were seen in."""
    ticked = [CHOSEN.fullmatch(it) for it in request.POST.getlist("letter")[:PAGE]]
    versions = {it[1]: int(it[2]) for it in ticked if it}
    letters = Letter.objects.visible_to(request.user).filter(
        reference__in=versions, is_sealed=False
    )
    rows = letters.defer("facts", "search_text").for_list().order_by("due_on", "pk")
    return [(letter, versions[letter.reference]) for letter in rows]
