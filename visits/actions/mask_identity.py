"""Years after its end, a letter forgets who wrote it (handbook 14; PIPL Art. 19).

The archives have it whole by then, and have said so: without a copy that they
acknowledged, and that still holds all there is, nothing is masked.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from cadres.models import Setting
from cadres.models.encrypted import WrongKey, read_sealed, write_sealed
from visits.actions.seal_letter import rewrite_history
from visits.models import ArchiveCopy, Attachment, Letter, LetterLink, MatterEvent
from visits.reports.identity_masks import letters_to_mask
from visits.rules.identity_clock import ended_by
from visits.rules.letter_states import Actor, Step
from visits.rules.masking import masked_name, without, words_to_mask

OF_LETTER = ("request", "facts", "urgent_reason", "external_ref", "search_text")


def mask_identities(*, now: datetime) -> int:
    """Mask all that are due; each is a transaction. How many there were.

    Raises:
        WrongKey: some do not open, after all others were masked.
    """
    months = Setting.objects.as_dict()["identity.mask_after_months"]
    until = ended_by(timezone.localdate(now), months=months)
    ready = ArchiveCopy.objects.fresh().received().values("letter")
    due = letters_to_mask(Letter.objects.all(), until=until).filter(pk__in=ready)
    done, closed = 0, []
    for pk in list(due.order_by("ended_on", "pk").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                # Locked first, then asked again: someone may have opened something.
                Letter.objects.select_for_update(of=("self",)).get(pk=pk)
                letter = due.filter(pk=pk).first()
                if letter is not None:
                    _mask(letter, now=now)
                    done += 1
        except WrongKey:
            closed.append(pk)
    if closed:
        raise WrongKey(f"letters {closed}")
    return done


def _mask(letter: Letter, *, now: datetime) -> None:
    copies = letter.archive_copies.fresh().received()
    copy = copies.select_related("acknowledged_by").latest("pk")
    names = _names(letter)
    rewrite_history()
    _allow_masking()
    for person in letter.petitioners.all():
        person.mask()
        person.save(update_fields=["identity", "masked_name"])
    _mask_history(letter, names)
    _mask_beside(letter, names)
    # The bytes go a day later (`sweep_files`): a backup that is being made has them.
    letter.attachments.filter(shows_identity=True).update(
        state=Attachment.State.ARCHIVED, sealed_name=None
    )
    letter.data_requests.update(sealed_text=None)
    for name in OF_LETTER:
        setattr(letter, name, without(getattr(letter, name), names))
    letter.masked_at = now
    letter.version += 1
    letter.save(update_fields=[*OF_LETTER, "masked_at", "version"])
    letter.events.create(
        step=Step.MASK_IDENTITY,
        from_state=letter.state,
        to_state=letter.state,
        on=timezone.localdate(now),
        at=now,
        acted_as=Actor.PRODUCT,
        record={"archive_receipt": f"{copy.name} · {copy.receipt}"},
    )


def _names(letter: Letter) -> dict[str, str]:
    """Words that tell who wrote, or who stood there until it was corrected."""
    names: dict[str, str] = {}
    for person in letter.petitioners.all():
        names |= words_to_mask(person.read(), kind=person.kind)
    for line in _lines_before(letter):
        name, contact, address = (*line.split(" · "), "", "", "")[:3]
        before = {"name": name, "contact": contact, "address": address}
        names |= words_to_mask(before, kind="person")
    return names


def _lines_before(letter: Letter) -> Iterable[str]:
    for event in letter.events.filter(sealed_record__isnull=False):
        yield from _behind_seal(event, letter).get("was_people", "").splitlines()


def _behind_seal(event: Any, letter: Letter) -> dict[str, str]:
    return read_sealed(
        bytes(event.sealed_record), purpose="letter", seal_id=letter.seal_id
    )


def _allow_masking() -> None:
    """Until this transaction ends; what may change is up to the table's trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('grassroots.mask', 'on', true)")


def _mask_history(letter: Letter, names: Mapping[str, str]) -> None:
    for event in letter.events.all():
        before = event.record
        event.record = _record(before, names)
        if event.sealed_record is not None:
            texts = _behind_seal(event, letter)
            lines = texts.get("was_people", "").splitlines()
            shown = [masked_name(line.split(" · ")[0]) for line in lines]
            texts["was_people"] = "\n".join(shown)
            event.sealed_record = write_sealed(
                _record(texts, names), purpose="letter", seal_id=letter.seal_id
            )
        if event.sealed_record is not None or event.record != before:
            event.save(update_fields=["record", "sealed_record"])
    # Who bore witness that a matter from this letter is settled.
    for said in MatterEvent.objects.filter(
        matter__letter=letter, sealed_witness__isnull=False
    ):
        said.keep_witness(masked_name(said.witness))
        said.save(update_fields=["sealed_witness"])


def _record(record: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: without(value, names) if isinstance(value, str) else value
        for name, value in record.items()
    }


def _mask_beside(letter: Letter, names: Mapping[str, str]) -> None:
    """Drafts, and the free words of holds, recusals, links and answers."""
    for draft in letter.drafts.all():
        draft.record = _record(draft.record, names)
        draft.note = without(draft.note, names)
        draft.save(update_fields=["record", "note"])
    links = LetterLink.objects.filter(Q(letter=letter) | Q(other=letter))
    _mask_words(letter.holds.all(), ("plan", "progress", "closing"), names)
    _mask_words(letter.recusals.all(), ("ground",), names)
    _mask_words(links, ("reason",), names)
    _mask_words(letter.data_requests.all(), ("reasons",), names)


def _mask_words(
    rows: models.QuerySet[Any], fields: tuple[str, ...], names: Mapping[str, str]
) -> None:
    for row in rows:
        for name in fields:
            setattr(row, name, without(getattr(row, name), names))
        row.save(update_fields=fields)
