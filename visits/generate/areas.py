"""Which areas of the country are made like Xuzhou, and which place stands for which.

An area is some ten counties of a prefecture. Counties of Xuzhou stand for them in the
order of their codes, their townships for townships, and so on down; where there are
fewer than in Xuzhou, one stands for several.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from cadres.models import District
from cadres.rules.levels import ANCESTORS, Level
from visits.demo.lands import CITY, PROVINCE

COUNTIES = 10  # of Xuzhou


@dataclass(frozen=True)
class Area:
    """One copy of Xuzhou.

    `city` is where its offices are: the prefecture, or the province where the
    prefecture exists in the code lists alone. `skip` are counties of other areas.
    """

    number: int
    province: int
    prefecture: int
    city: int
    skip: int


class Country:
    """The places of today by the place above them."""

    def __init__(self) -> None:
        now = District.objects.filter(valid_to__isnull=True, is_zone=False)
        above = now.filter(level__lt=Level.VILLAGE)
        fields = ["code", "name", "level", "kind", "is_virtual"]
        self.places = {
            it.pk: it
            for it in above.only(*fields, *(f"{name}_id" for name in ANCESTORS))
        }
        self.above: dict[int, tuple[int, int]] = {}
        self.below: dict[tuple[int, int], list[int]] = defaultdict(list)
        for place in sorted(self.places.values(), key=lambda it: it.code):
            if place.level > Level.PROVINCE and not place.is_virtual:
                column = ANCESTORS[place.level - 2]
                self._put(place.pk, getattr(place, f"{column}_id"), place.level)
        villages = now.filter(level=Level.VILLAGE, township__isnull=False)
        for pk, township in villages.order_by("code").values_list("pk", "township"):
            self._put(pk, township or 0, Level.VILLAGE)
        by_code = {it.code: it.pk for it in self.places.values()}
        self.province, self.city = by_code[PROVINCE], by_code[CITY]

    def _put(self, pk: int, above: int, level: int) -> None:
        self.above[pk] = above, level
        self.below[above, level].append(pk)

    def areas(self, within: tuple[str, ...]) -> list[Area]:
        """All but Xuzhou itself, in the order of their codes, numbered from 1."""
        found: list[Area] = []
        for place in sorted(self.places.values(), key=lambda it: it.code):
            counties = len(self.below.get((place.pk, Level.COUNTY), ()))
            counties = counties or int(place.is_countyless_city)
            if place.level != Level.PREFECTURE or place.pk == self.city or not counties:
                continue
            if not place.code.startswith(within):
                continue
            assert place.province_id
            city = place.province_id if place.is_virtual else place.pk
            found += [
                Area(len(found) + 1 + part, place.province_id, place.pk, city, skip)
                for part, skip in enumerate(
                    range(0, max(counties - COUNTIES // 2, 1), COUNTIES)
                )
            ]
        return found

    def stand_ins(self, area: Area, places: Iterable[int]) -> dict[int, int]:
        """The area's place for each of Xuzhou's and for those above it."""
        found = {self.province: area.province, self.city: area.city}
        for place in places:
            found[place] = self._stand_in(area, place, found)
        return found

    def _stand_in(self, area: Area, place: int, found: dict[int, int]) -> int:
        """Of the same number below its place; without any there, that place itself."""
        if place in found:
            return found[place]
        above, level = self.above[place]
        there = self._stand_in(area, above, found)
        number = self.below[above, level].index(place)
        if above == self.city:
            there, number = area.prefecture, number + area.skip
        choice = self.below.get((there, level))
        found[place] = choice[number % len(choice)] if choice else found[above]
        return found[place]
