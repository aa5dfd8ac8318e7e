"""The places that the demo uses, read once."""

from dataclasses import dataclass, field
from random import Random

from cadres.models import District
from cadres.rules.levels import Kind, Level
from visits.demo.problems import RURAL, URBAN

PROVINCE, CITY = "32", "3203"
CROWDED = ("铜山区", "棠张镇")
# Nobody has been there for long: the first half 7 to 9 months ago, the rest never.
UNVISITED = (
    ("丰县", "梁寨镇"),
    ("丰县", "华山镇"),
    ("沛县", "张寨镇"),
    ("睢宁县", "岚山镇"),
    ("睢宁县", "王集镇"),
    ("新沂市", "合沟镇"),
    ("新沂市", "瓦窑镇"),
    ("邳州市", "占城镇"),
    ("邳州市", "车辐山镇"),
    ("邳州市", "邢楼镇"),
    ("贾汪区", "塔山镇"),
    ("铜山区", "单集镇"),
)
# Townships whose own leaders are among the officials.
WITH_LEADERS = (
    ("铜山区", "棠张镇"),
    ("铜山区", "柳新镇"),
    ("丰县", "宋楼镇"),
    ("沛县", "龙固镇"),
    ("睢宁县", "双沟镇"),
    ("新沂市", "窑湾镇"),
    ("邳州市", "铁富镇"),
    ("鼓楼区", "环城街道"),
)


def where_of(place: District) -> str:
    urban = {Kind.SUBDISTRICT, Kind.RESIDENTS, Kind.DISTRICT}
    return URBAN if place.kind in urban else RURAL


@dataclass
class Lands:
    """Jiangsu to township, Xuzhou to village; keys are those of the place above."""

    province: District
    city: District
    cities: list[District]
    counties: list[District]
    all_counties: list[District]
    townships: dict[int, list[District]] = field(default_factory=dict)
    villages: dict[int, list[District]] = field(default_factory=dict)
    unvisited: list[District] = field(default_factory=list)

    def township(self, county: str, name: str) -> District | None:
        for place in self.counties:
            if place.name == county:
                return next(
                    (it for it in self.townships[place.pk] if it.name == name), None
                )
        return None

    def townships_of_city(self) -> list[District]:
        return [it for county in self.counties for it in self.townships[county.pk]]

    def spot(self, rng: Random, township: District) -> District:
        """The township itself, or one of its villages where they are known."""
        villages = self.villages.get(township.pk, [])
        return rng.choice(villages) if villages and rng.random() < 0.45 else township


def read_lands() -> Lands:
    """Read the places that exist today; zones and dummy rows left out.

    Raises:
        District.DoesNotExist: the places have not been loaded.
    """
    now = District.objects.filter(valid_to__isnull=True, is_virtual=False)
    legal = now.filter(is_zone=False)
    province = now.get(code=PROVINCE)
    city = now.get(code=CITY)
    inside = legal.within(province).order_by("code")
    counties = list(inside.filter(level=Level.COUNTY))
    lands = Lands(
        province=province,
        city=city,
        cities=list(inside.filter(level=Level.PREFECTURE)),
        counties=[it for it in counties if it.prefecture_id == city.pk],
        all_counties=counties,
        townships={it.pk: [] for it in counties},
    )
    real = (Kind.SUBDISTRICT, Kind.TOWN, Kind.TOWNSHIP)
    for place in inside.filter(level=Level.TOWNSHIP, kind__in=real):
        lands.townships.get(place.county_id or 0, []).append(place)
    for place in legal.within(city).filter(level=Level.VILLAGE).order_by("code"):
        lands.villages.setdefault(place.township_id or 0, []).append(place)
    found = [lands.township(*names) for names in UNVISITED]
    lands.unvisited = [it for it in found if it]
    return lands
