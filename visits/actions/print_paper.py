"""Making a paper of a letter; one with the petitioner's full name leaves a trace."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.refusals import refuse
from visits.models import Access, Letter
from visits.reports.letter_papers import (
    PaperLink,
    Source,
    has_name,
    issuer_of,
    masked_names,
    may_print_name,
    source_of,
    values_of,
)
from visits.rules.paper_template import fill
from visits.rules.papers import NAME, PAPERS, missing


@dataclass(frozen=True)
class MadePaper:
    docx: bytes
    source: Source


def is_kept_apart(letter: Letter, link: PaperLink) -> bool:
    """Whether making it shows what is opened by reason alone."""
    return letter.is_sealed or PAPERS[link.kind].to_person


def draft_values(letter: Letter, link: PaperLink) -> dict[str, str]:
    """What the paper will say, the name masked: for looking it over beforehand."""
    values = values_of(letter, link)
    if PAPERS[link.kind].to_person:
        values[NAME] = masked_names(letter)
        if not values[NAME] and letter.keep_name_secret and has_name(letter):
            values[NAME] = "（姓名保密）"
    return values


@transaction.atomic
def print_paper(
    letter: Letter,
    link: PaperLink,
    *,
    by: Account,
    reason: str = "",
    code: str = "",
    now: datetime,
) -> MadePaper:
    """The paper as a Word file, from the unit's template or ours.

    One to the petitioner bears the full name: like one of a sealed letter it needs a
    reason, and the look is written down first. So is that a receipt with its one-time
    `code` was made.

    Raises:
        Refusal: code `no_reason`, `kept_secret`, `missing` (a field holds nothing).
    """
    is_kept = is_kept_apart(letter, link)
    if is_kept:
        if not reason.strip():
            refuse(_("Say why you make this paper."), code="no_reason")
        if PAPERS[link.kind].to_person and not may_print_name(letter, by):
            refuse(
                _("The name is kept from you; the petition office makes this paper."),
                code="kept_secret",
            )
    if is_kept or code:
        Access.objects.create(
            letter=letter,
            by=by,
            unit=by.unit,
            kind=Access.Kind.PRINTED,
            reason=reason.strip() or gettext("Receipt for the petitioner"),
            at=now,
        )
    values = values_of(letter, link, code=code)
    if PAPERS[link.kind].to_person:
        rows = letter.petitioners.order_by("position")
        names = [row.read()["name"].strip() for row in rows]
        values[NAME] = "、".join(name for name in names if name)
    if missing(link.kind, values):
        refuse(_("The paper is not complete yet."), code="missing")
    source = source_of(link.kind, issuer_of(letter, link))
    return MadePaper(fill(source.data, values, PAPERS[link.kind].fields), source)
