"""The files of a letter: adding them, opening them by reason, reading them."""

import logging
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import ngettext
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from cadres.http import AuthedRequest
from cadres.models import Setting
from cadres.models.encrypted import WrongKey
from visits.actions.attach_file import Sent, attach_file
from visits.actions.open_file import open_file, open_files
from visits.forms.letter_file import AttachFilesForm, ReasonForm
from visits.models import Attachment, Letter
from visits.reports.letter_files import file_list
from visits.rules.byte_ranges import Unsatisfiable, byte_range
from visits.rules.letter_states import Actor
from visits.views.letter_intake import letters_at_hand

log = logging.getLogger(__name__)
# Nothing in a file may run or load, whatever a browser makes of it.
ALONE = "sandbox; default-src 'none'; frame-ancestors 'none'"


def _letter(request: AuthedRequest, reference: str) -> Letter:
    seen = Letter.objects.visible_to(request.user)
    return get_object_or_404(seen, reference=reference)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("visits.view_letter", raise_exception=True)
def letter_files(request: AuthedRequest, reference: str) -> HttpResponse:
    at_hand = letters_at_hand(request).prefetch_related(None)
    letter = get_object_or_404(at_hand, reference=reference)
    is_sent = request.method == "POST"
    form = AttachFilesForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        initial={"client_key": uuid4()},
    )
    if form.is_valid():
        kept = _attach(request, letter, form)
        if kept:
            text = ngettext("%d file was added.", "%d files were added.", kept) % kept
            messages.success(request, text)
        if not form.errors:
            return _back(letter)
    return _page(request, letter, files_form=form)


def _attach(request: AuthedRequest, letter: Letter, form: AttachFilesForm) -> int:
    """Keep what can be kept, and say of the rest by name why not."""
    kept = 0
    for file in form.cleaned_data["files"]:
        try:
            attach_file(
                letter,
                by=request.user,
                file=Sent(file.name, file.read()),
                client_key=form.cleaned_data["client_key"],
                now=timezone.now(),
                shows_identity=not form.cleaned_data["shows_no_identity"],
            )
        except ValidationError as refusal:
            for text in refusal.messages:
                form.add_error("files", f"{file.name}: {text}")
        else:
            kept += 1
    return kept


def _page(request: AuthedRequest, letter: Letter, **bound: forms.Form) -> HttpResponse:
    # Who has just registered a sealed letter adds its scans, and sees none of it.
    seen = Letter.objects.visible_to(request.user)
    context = {
        "letter": letter,
        "section": "letters",
        "is_write_only": letter.is_sealed and not seen.filter(pk=letter.pk).exists(),
        **files_context(request, letter),
        **bound,
    }
    is_bad = any(form.errors for form in bound.values())
    page = "visits/letters/files.html"
    return render(request, page, context, status=422 if is_bad else 200)


def files_context(
    request: AuthedRequest, letter: Letter, parts: set[Actor] | None = None
) -> dict[str, Any]:
    """What `_files.html` needs, for every page that shows it."""
    own = Setting.objects.as_dict()
    return {
        "files": file_list(letter, request.user, now=timezone.now(), parts=parts),
        "files_form": AttachFilesForm(
            initial={"client_key": uuid4()}, auto_id="files_%s"
        ),
        "files_reason_form": ReasonForm(auto_id="files_%s"),
        "files_limits": {
            "file": own["files.max_mb"],
            "letter": own["files.letter_mb"],
            "count": own["files.letter_count"],
        },
    }


def _back(letter: Letter) -> HttpResponse:
    """To the letter's page; a sealed one shows its files on a page of their own."""
    if letter.is_sealed:
        return redirect("visits:letter_files", letter.reference)
    return redirect(f"{letter.get_absolute_url()}#files")


@require_POST
@permission_required("visits.view_letter", raise_exception=True)
def letter_files_open(request: AuthedRequest, reference: str) -> HttpResponse:
    letter = _letter(request, reference)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            open_files(letter, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("reason", refusal)
        else:
            return _back(letter)
    return _page(request, letter, files_reason_form=form)


@require_safe
@permission_required("visits.view_letter", raise_exception=True)
def letter_file(request: AuthedRequest, reference: str, key: UUID) -> HttpResponse:
    """The file itself, always as a download; pages may show a picture from here."""
    letter = _letter(request, reference)
    try:
        file, data = open_file(letter, by=request.user, key=key, now=timezone.now())
    except Attachment.DoesNotExist:
        raise Http404 from None
    except (OSError, WrongKey):
        log.exception("attachment %s of letter %s cannot be read", key, letter.pk)
        return render(request, "visits/letters/file_lost.html", status=503)
    headers = _headers(file)
    try:
        part = byte_range(request.headers.get("Range", ""), len(data))
    except Unsatisfiable:
        headers["Content-Range"] = f"bytes */{len(data)}"
        return HttpResponse(status=416, headers=headers)
    if part is None:
        return HttpResponse(data, headers=headers)
    first, last = part
    headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    return HttpResponse(data[first : last + 1], headers=headers, status=206)


def _headers(file: Attachment) -> dict[str, Any]:
    kind = file.content_type
    return {
        "Content-Type": f"{kind}; charset=utf-8" if kind == "text/plain" else kind,
        "Content-Disposition": content_disposition_header(True, file.name()),
        "Content-Security-Policy": ALONE,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
        "Accept-Ranges": "bytes",
    }
