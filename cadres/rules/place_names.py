"""Names of places: what kind they tell, and how they are shortened."""

import re

from cadres.rules.levels import Kind, Level, level_of

PEOPLES = "壮族|回族|维吾尔|蒙古族|藏族|朝鲜族|土家族|苗族|彝族|傣族|白族|哈尼族|傈僳族"
MINORITY = rf"((?:{PEOPLES}|景颇族|布依族|侗族|羌族|哈萨克|柯尔克孜)*)自治[区州]"
# By the end of the name; the first that fits counts.
PROVINCES = {"自治区": Kind.AUTONOMOUS_REGION, "市": Kind.MUNICIPALITY}
PREFECTURES = {
    "自治州": Kind.AUTONOMOUS_PREFECTURE,
    "地区": Kind.PREFECTURE,
    "盟": Kind.LEAGUE,
    "市": Kind.CITY,
}
COUNTIES = {
    "自治县": Kind.AUTONOMOUS_COUNTY,
    "旗": Kind.BANNER,
    "区": Kind.DISTRICT,
    "县": Kind.COUNTY,
    "市": Kind.COUNTY_CITY,
}
# By digits 7 to 9, and 10 to 12, of the code: up to and including which number.
TOWNSHIPS = {
    99: Kind.SUBDISTRICT,
    199: Kind.TOWN,
    399: Kind.TOWNSHIP,
    599: Kind.TOWNSHIP_ZONE,
}
VILLAGES = {199: Kind.RESIDENTS, 399: Kind.VILLAGERS}
VILLAGE_ENDS = (
    (re.compile(r"(?<=社区)(居民委员会|居委会|居民委会|村委会)$"), ""),
    (re.compile(r"(?<=村)(村民委员会|村委会|民委员会|委员会|委会)$"), ""),
    (re.compile(r"(?<=.)(村民委员会|村委会)$"), "村"),
)


def kind_of(code: str, name: str, *, is_zone: bool = False) -> Kind:
    """What the place is called in law.

    Down to the county the name tells it, below the number (domain handbook 2.1).
    """
    level = level_of(code)
    if is_zone:
        return Kind.ZONE
    if level == Level.TOWNSHIP:
        return _by_number(TOWNSHIPS, code)
    if level == Level.VILLAGE:
        return _by_number(VILLAGES, code)
    if level == Level.PROVINCE:
        if name.endswith("特别行政区"):
            return Kind.OTHER
        return _by_end(PROVINCES, name, Kind.PROVINCE)
    ends = PREFECTURES if level == Level.PREFECTURE else COUNTIES
    return _by_end(ends, name, Kind.OTHER)


def _by_end(ends: dict[str, Kind], name: str, default: Kind) -> Kind:
    return next((kind for end, kind in ends.items() if name.endswith(end)), default)


def _by_number(numbers: dict[int, Kind], code: str) -> Kind:
    number = int(code[-3:])
    return next((kind for last, kind in numbers.items() if number <= last), Kind.OTHER)


def short_name(name: str, level: int) -> str:
    """The name as it stands in a path: 江苏, 徐州, 鼓楼区, 拾屯街道, 牌坊村."""
    if level <= Level.PREFECTURE:
        short = re.sub(rf"({MINORITY}|特别行政区|地区|[省市盟])$", "", name)
        return short if len(short) > 1 else name
    if level == Level.VILLAGE:
        for end, rest in VILLAGE_ENDS:
            if end.search(name):
                return end.sub(rest, name)
    return name


def short_path(path: str, level: int) -> str:
    """A place from its county down, as people on the spot call it."""
    return " ".join(path.split(" / ")[-max(1, level - Level.PREFECTURE) :])
