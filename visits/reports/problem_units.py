"""Units in the lists of an investigation: who leads, who supports, who is above."""

from django.db.models import QuerySet

from cadres.models import District, Unit
from visits.reports.matter_units import units_named


def units_above(unit: Unit) -> QuerySet[Unit]:
    """To whom a unit's problems may be passed: units of the places above its own."""
    above = [pk for pk in unit.place.chain_ids if pk != unit.place_id]
    rows = Unit.objects.filter(
        place__in=above, level__lt=unit.level, dissolved_into=None
    )
    return rows.order_by("-level", "name", "pk")


def units_within(text: str, place: District) -> list[Unit]:
    """The units of these names at the place or above it; else the only one below it."""
    found = units_named(text, place)
    known = {unit.name for unit in found}
    names = [it.strip() for it in text.replace("，", ",").replace("、", ",").split(",")]
    rest = [it for it in names if it and it not in known and "\x00" not in it]
    if rest:
        below: dict[str, list[Unit]] = {}
        here = {f"place__{place.subtree_column}": place.pk}
        for unit in Unit.objects.filter(name__in=rest, dissolved_into=None, **here):
            below.setdefault(unit.name, []).append(unit)
        found += [units[0] for units in below.values() if len(units) == 1]
    return found
