"""Putting a letter under seal, with all that is written of it so far (handbook 7.6)."""

from django.db import connection

from cadres.models.encrypted import write_sealed
from visits.models import Letter, LetterEvent, Notice
from visits.rules.letter_records import FIELDS
from visits.rules.letter_states import LetterState, Step

# Free text beside request and facts; it tells of the matter, too.
BESIDE = ("urgent_reason", "help_wanted", "external_ref")
KEPT_APART = "—"


def write_sealed_text(letter: Letter, *, request: str, facts: str) -> None:
    """Move every free text of `letter` behind the seal; does not save."""
    texts = {"request": request, "facts": facts}
    texts |= {name: getattr(letter, name) for name in BESIDE}
    letter.sealed_text = write_sealed(texts, purpose="letter", seal_id=letter.seal_id)
    letter.request = letter.facts = letter.search_text = ""
    letter.help_wanted = letter.external_ref = ""
    letter.urgent_reason = KEPT_APART if letter.is_urgent else ""
    letter.is_sealed = letter.keep_name_secret = True


def seal_letter(letter: Letter) -> None:
    """Seal a registered letter whose row is locked; its caller saves it.

    Nothing of it stays behind: no unit that had it, no notice, no word in its own
    history or, if it was split off, in the other's.
    """
    write_sealed_text(letter, request=letter.request, facts=letter.facts)
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
