"""Putting a letter under seal, with all that is written of it so far (handbook 7.6)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import Q

from cadres.models import Account, Cadre, Unit
from cadres.models.encrypted import write_sealed
from visits.models import (
    Letter,
    LetterDraft,
    LetterEvent,
    LetterLink,
    NamedParty,
    Notice,
)
from visits.reports.named_parties import competent_office
from visits.rules.letter_records import FIELDS
from visits.rules.letter_states import LetterState, Step

# Free text beside request and facts; it tells of the matter, too.
BESIDE = ("urgent_reason", "help_wanted", "external_ref")
KEPT_APART = "—"


def write_sealed_text(
    letter: Letter, *, request: str, facts: str, beside: str = ""
) -> None:
    """Move every free text of `letter` behind the seal; does not save."""
    texts = {"request": request, "facts": facts, "beside": beside}
    texts |= {name: getattr(letter, name) for name in BESIDE}
    letter.sealed_text = write_sealed(texts, purpose="letter", seal_id=letter.seal_id)
    letter.request = letter.facts = letter.search_text = ""
    letter.help_wanted = letter.external_ref = ""
    letter.urgent_reason = KEPT_APART if letter.is_urgent else ""
    letter.is_sealed = letter.keep_name_secret = True


def seal_letter(
    letter: Letter, *, names: Iterable[Cadre | Unit], by: Account, now: datetime
) -> None:
    """Seal a letter whose row is locked, as whoever it `names` is kept away from it.

    Nothing of it stays behind: no unit that had it, no notice, no word in its own
    history, beside it or, if it was split off, in the other's. Its caller saves it.
    """
    write_sealed_text(
        letter,
        request=letter.request,
        facts=letter.facts,
        beside=_taken_from_beside(letter),
    )
    letter.unit = letter.handler = letter.review_unit = None
    letter.state = LetterState.REGISTERED
    letter.supporting_units.clear()
    Notice.objects.filter(letter=letter).delete()
    rewrite_history()
    for event in letter.events.filter(sealed_record__isnull=True):
        _seal_event(event, letter)
    if letter.split_from:
        split = letter.split_from.events.filter(
            step=Step.SPLIT, record__split_into=letter.reference
        )
        for event in split:
            _seal_event(event, letter.split_from)
    name_parties(letter, names, by=by, now=now)
    letter.office = competent_office(letter)


def name_parties(
    letter: Letter, names: Iterable[Cadre | Unit], *, by: Account, now: datetime
) -> None:
    """Enter whom a new seal is about; later ones are entered by `name_party`."""
    NamedParty.objects.bulk_create(
        NamedParty(
            letter=letter,
            official=it if isinstance(it, Cadre) else None,
            unit=it if isinstance(it, Unit) else None,
            added_by=by,
            added_at=now,
        )
        for it in names
    )


def _taken_from_beside(letter: Letter) -> str:
    """The words that stood beside the letter, which is all that is left of them."""
    words: list[str] = []
    for hold in letter.holds.select_for_update(of=("self",)).select_related("leader"):
        words += [f"{hold.leader}: {hold.plan}", hold.progress]
        hold.plan, hold.progress = KEPT_APART, ""
        hold.save(update_fields=["plan", "progress"])
    for recusal in letter.recusals.select_related("account"):
        words.append(f"{recusal.account}: {recusal.ground}")
    letter.recusals.update(ground=KEPT_APART)
    links = LetterLink.objects.filter(Q(letter=letter) | Q(other=letter))
    words += links.values_list("reason", flat=True)
    links.update(reason=KEPT_APART)
    state = LetterDraft.State
    for draft in letter.drafts.exclude(state=state.APPROVED):
        words += [*map(str, draft.record.values()), draft.note]
    letter.drafts.filter(state=state.PENDING).update(state=state.RETURNED)
    letter.drafts.update(record={}, note="")
    return "\n".join(filter(None, words))


def rewrite_history() -> None:
    """Until this transaction ends, records may move behind the seal, no more.

    The trigger of the table still refuses every other change.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('grassroots.reseal', 'on', true)")


def _seal_event(event: LetterEvent, letter: Letter) -> None:
    kept = {
        name: value
        for name, value in event.record.items()
        if name in FIELDS and FIELDS[name].kind == "date"
    }
    if kept == event.record:
        return
    texts = {name: str(value) for name, value in event.record.items()}
    sealed = write_sealed(texts, purpose="letter", seal_id=letter.seal_id)
    LetterEvent.objects.filter(pk=event.pk).update(record=kept, sealed_record=sealed)
