"""The organs of every area, and which of them stands for which of Xuzhou's."""

from collections import defaultdict

from cadres.demo.units import NAME_IN_PROVINCE, Units, make_units
from cadres.models import District, Unit
from cadres.rules.levels import Level
from visits.generate.areas import Area, Country

GOVERNMENTS = ("人民政府", "办事处", "人民政府办公室", "人民政府办公厅")


def make_all_units(units: Units, country: Country, areas: list[Area]) -> None:
    """Write what each place of these provinces lacks: all levels have their organs."""
    wanted = {area.province for area in areas}
    of_level: dict[tuple[int, int], list[District]] = defaultdict(list)
    for place in country.places.values():
        if place.province_id in wanted and not place.is_virtual:
            of_level[place.province_id, place.level].append(place)
    for province in sorted(wanted):
        make_units(
            country.places[province],
            of_level[province, Level.PREFECTURE],
            of_level[province, Level.COUNTY],
            of_level[province, Level.TOWNSHIP],
            units,
        )


def stand_in_units(
    units: Units, pattern: dict[tuple[int, str], Unit], places: dict[int, int]
) -> dict[int, int]:
    """The area's unit for each of Xuzhou's and of those above it, by place and name.

    A prefecture's organ may stand at the province, where it has another name or none:
    then the government's office stands for it.
    """
    found = {}
    for (place, name), unit in pattern.items():
        there = places[place]
        names = (name, NAME_IN_PROVINCE.get(name, name), *GOVERNMENTS)
        found[unit.pk] = next(
            there_unit.pk
            for it in names
            if (there_unit := units.by_name.get((there, it)))
        )
    return found
