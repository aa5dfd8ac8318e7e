"""Whom a letter names, and which units they are or stand above (handbook 7.6)."""

from django.db.models import Q
from django.utils import timezone

from cadres.models import Post, Unit
from visits.models import Letter

WITHOUT_SEAL = (Unit.Kind.DEPARTMENT, Unit.Kind.GOVERNMENT, Unit.Kind.TOWNSHIP)


def named_unit_ids(letter: Letter) -> set[int]:
    """The units named, those of the officials named, and what these became."""
    parties = letter.named.in_force().select_related("official")
    officials = [it.official_id for it in parties if it.official_id]
    named = {it.unit_id for it in parties if it.unit_id}
    named |= {it.official.unit_id for it in parties if it.official}
    named |= set(
        Post.objects.filter(
            Q(last__isnull=True) | Q(last__gte=timezone.localdate()),
            cadre__in=officials,
        ).values_list("unit_id", flat=True)
    )
    found: set[int] = set()
    while named - found:
        found |= named
        successors = Unit.objects.filter(took_over__in=found)
        named = set(successors.values_list("pk", flat=True))
    return found


def is_or_belongs_to_named(letter: Letter, unit: Unit) -> bool:
    named = named_unit_ids(letter)
    seen: set[int] = set()
    at: Unit | None = unit if named else None
    while at and at.pk not in seen:
        if at.pk in named:
            return True
        seen.add(at.pk)
        at = at.superior
    return False


def units_above(unit: Unit, kind: str, *, level: int) -> list[Unit]:
    """Units of that kind on the line of places over `unit`, the nearest first.

    `level` is the lowest that counts; smaller numbers stand higher.
    """
    above = unit.place.chain_ids
    rows = Unit.objects.filter(
        kind=kind, place__in=above, level__lte=level, dissolved_into__isnull=True
    )
    return list(rows.select_related("superior").order_by("-level", "pk"))


def competent_office(letter: Letter) -> Unit:
    """Who keeps a sealed letter: its office, or one above that it does not name.

    An organ that received it itself keeps no seal: the petition office there does.
    When none above is entered it stays, and those who keep the whole area see it.
    """
    office = letter.office
    keeps = office.kind not in WITHOUT_SEAL
    if keeps and not is_or_belongs_to_named(letter, office):
        return office
    level = office.level - 1 if keeps else office.level
    for unit in units_above(office, Unit.Kind.PETITION, level=level):
        if not is_or_belongs_to_named(letter, unit):
            return unit
    return office
