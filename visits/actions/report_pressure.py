""" "I was pressured or punished" (handbook 12.4): sealed, to the organ above."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Unit
from cadres.models.encrypted import read_sealed, write_sealed
from visits.actions.refusals import refuse
from visits.actions.write_notices import write_notices
from visits.models import Access, Letter, LetterEvent, Notice, PressureReport
from visits.reports.named_parties import named_unit_ids, units_above


@transaction.atomic
def report_pressure(
    *,
    text: str,
    now: datetime,
    letter: Letter | None = None,
    by: Account | None = None,
) -> PressureReport:
    """Keep a petitioner's word (with their `letter`) or a colleague's (`by`).

    It goes to the nearest discipline organ above every unit that has to do with it.
    Who had the letter in hand by then stays with it as evidence.

    Raises:
        Refusal: code `nothing`, `no_organ`.
    """
    if not text.strip():
        refuse(_("Write down what happened."), code="nothing")
    to_unit = _organ_above(letter, by)
    if to_unit is None:
        refuse(
            _(
                "No discipline organ above is entered here. Call 12388, the national "
                "line of the discipline organs; your words are kept on this page."
            ),
            code="no_organ",
        )
    source = PressureReport.From
    report = PressureReport(
        letter=letter,
        source=source.STAFF if by else source.PETITIONER,
        to_unit=to_unit,
        opened_by=_had_it(letter) if letter else [],
        reported_by=by,
        at=now,
    )
    report.sealed_text = write_sealed(
        {"text": text.strip()}, purpose="pressure", seal_id=report.seal_id
    )
    report.full_clean(exclude=["sealed_text", "opened_by"])
    report.save()
    _tell(report)
    return report


def _organ_above(letter: Letter | None, by: Account | None) -> Unit | None:
    units = [it for it in (letter.unit, letter.office) if it] if letter else []
    if by and by.unit:
        units.append(by.unit)
    if letter:
        units.extend(Unit.objects.filter(pk__in=named_unit_ids(letter)))
    if not units:
        return None
    highest = min(units, key=lambda unit: unit.level)
    concerned = {unit.pk for unit in units}
    organs = units_above(highest, Unit.Kind.DISCIPLINE, level=highest.level - 1)
    return next((organ for organ in organs if organ.pk not in concerned), None)


def _had_it(letter: Letter) -> list[int]:
    """Whoever looked at what is kept apart, took a step, or has it in hand."""
    looked = Access.objects.filter(letter=letter).values_list("by", flat=True)
    acted = LetterEvent.objects.filter(letter=letter).values_list("by", flat=True)
    drafted = letter.drafts.values_list("drafted_by", flat=True)
    had = {*looked, *acted, *drafted, letter.handler_id}
    return sorted(pk for pk in had if pk is not None)


def _tell(report: PressureReport) -> None:
    """A word without content to those who may read it; the page asks anew."""
    people = Account.objects.filter(is_active=True, grants__unit=report.to_unit)
    write_notices(
        Notice(
            account=account,
            kind=Notice.Kind.PRESSURE,
            key=f"pressure:{report.reference}",
            at=report.at,
        )
        for account in people.distinct()
        if PressureReport.objects.visible_to(account).filter(pk=report.pk).exists()
    )


@transaction.atomic
def open_pressure(
    report: PressureReport, *, by: Account, reason: str, now: datetime
) -> str:
    """Write down the look, then return the words.

    Raises:
        Refusal: code `no_reason`, `not_yours`.
    """
    if not reason.strip():
        refuse(_("Say why you look."), code="no_reason")
    rows = PressureReport.objects.select_for_update(of=("self",))
    report = rows.select_related("letter").get(pk=report.pk)
    if not PressureReport.objects.visible_to(by).filter(pk=report.pk).exists():
        refuse(_("This report is not in your hands."), code="not_yours")
    Access.objects.create(
        letter=report.letter,
        by=by,
        unit=by.unit,
        kind=Access.Kind.SEALED,
        reason=reason.strip(),
        at=now,
    )
    texts = read_sealed(report.sealed_text, purpose="pressure", seal_id=report.seal_id)
    return texts["text"]
