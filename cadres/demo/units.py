"""The organs of Jiangsu, of Xuzhou in depth, and of two neighbours."""

from dataclasses import dataclass, field

from cadres.models import District, Unit
from cadres.rules.levels import Level

K = Unit.Kind
# What each level calls its organs: {0} is the place's name, {1} its committee's stem.
PROVINCE = (
    ("中共{1}委办公厅", K.PARTY),
    ("{0}人民政府办公厅", K.GOVERNMENT),
    ("{0}信访局", K.PETITION),
    ("{0}纪委监委", K.DISCIPLINE),
    ("{1}委政法委员会", K.POLITICAL_LEGAL),
    ("{0}水利厅", K.DEPARTMENT),
    ("{0}住房和城乡建设厅", K.DEPARTMENT),
    ("{0}交通运输厅", K.DEPARTMENT),
    ("{0}农业农村厅", K.DEPARTMENT),
    ("{0}卫生健康委员会", K.DEPARTMENT),
    ("{0}人力资源和社会保障厅", K.DEPARTMENT),
    ("{0}教育厅", K.DEPARTMENT),
    ("{0}民政厅", K.DEPARTMENT),
)
ORGANS = (
    ("中共{1}委办公室", K.PARTY),
    ("{0}人民政府办公室", K.GOVERNMENT),
    ("{0}信访局", K.PETITION),
    ("{0}纪委监委", K.DISCIPLINE),
    ("{1}委政法委员会", K.POLITICAL_LEGAL),
)
DEPARTMENTS = (
    "水务局",
    "住建局",
    "交通运输局",
    "卫健委",
    "人社局",
    "农业农村局",
    "城管局",
    "教育局",
    "民政局",
    "医保局",
)
CITY_DEPARTMENTS = (*DEPARTMENTS, "自然资源和规划局", "生态环境局", "大数据管理局")
NAME_IN_PROVINCE = {
    "中共委办公室": "中共委办公厅",
    "人民政府办公室": "人民政府办公厅",
    "水务局": "水利厅",
    "住建局": "住房和城乡建设厅",
    "交通运输局": "交通运输厅",
    "农业农村局": "农业农村厅",
    "卫健委": "卫生健康委员会",
    "人社局": "人力资源和社会保障厅",
    "教育局": "教育厅",
    "民政局": "民政厅",
}


@dataclass
class Units:
    """The units by place and by what they are called without the place's name."""

    by_name: dict[tuple[int, str], Unit] = field(default_factory=dict)

    def __getitem__(self, key: tuple[District, str]) -> Unit:
        place, name = key
        return self.by_name[place.pk, name]


def read_units() -> Units:
    """Those that `make_units` has written."""
    found = Units()
    for unit in Unit.objects.select_related("place").order_by("pk"):
        name = unit.name.replace(_stem(unit.place), "").replace(unit.place.name, "")
        found.by_name[unit.place_id, name] = unit
    return found


def make_units(
    province: District,
    cities: list[District],
    counties: list[District],
    townships: list[District],
    made: Units | None = None,
) -> Units:
    """Write the units of all four levels, top first: each names its superior.

    Those that are `made` already are left out.

    An organ's superior is the same organ one level up; a township's government answers
    to the county's.
    """
    made = made or Units()
    _add(made, [(province, name, kind) for name, kind in PROVINCE])
    of_city = [*ORGANS, *((f"{{0}}{name}", K.DEPARTMENT) for name in CITY_DEPARTMENTS)]
    _add(made, [(city, *organ) for city in cities for organ in of_city])
    of_county = [*ORGANS, *((f"{{0}}{name}", K.DEPARTMENT) for name in DEPARTMENTS)]
    _add(made, [(county, *organ) for county in counties for organ in of_county])
    _add(
        made,
        [(place, _government_of(place), K.TOWNSHIP) for place in townships],
    )
    return made


def _government_of(township: District) -> str:
    return "{0}办事处" if township.name.endswith("街道") else "{0}人民政府"


def _stem(place: District) -> str:
    """丰县 has a 丰县县委, 铜山区 a 铜山区委."""
    return place.name + place.name[-1] if len(place.name) == 2 else place.name


def _add(made: Units, rows: list[tuple[District, str, str]]) -> None:
    units = []
    for place, pattern, kind in rows:
        name = pattern.format("", "")
        if (place.pk, name) in made.by_name:
            continue
        unit = Unit(
            name=pattern.format(place.name, _stem(place)),
            level=place.level,
            place=place,
            kind=kind,
            superior=_superior(made, place, name, kind),
        )
        units.append(unit)
        made.by_name[place.pk, name] = unit
    Unit.objects.bulk_create(units)


def _superior(made: Units, place: District, name: str, kind: str) -> Unit | None:
    above = {
        Level.PREFECTURE: place.province_id,
        Level.COUNTY: place.prefecture_id,
        Level.TOWNSHIP: place.county_id,
    }.get(Level(place.level))
    if above is None:
        return None
    if kind == K.TOWNSHIP:
        name = "人民政府办公室"
    if place.level == Level.PREFECTURE:
        name = NAME_IN_PROVINCE.get(name, name)
    return made.by_name.get((above, name))
