"""120 officials of Jiangsu: who they are, what they do, where they keep in touch."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from cadres.demo.names import Names, initials_of, pinyin_of
from cadres.demo.units import Units
from cadres.models import Cadre, ContactPoint, District, Post, RankBand, Unit

PARTY, GOVERNMENT = "中共委办公室", "人民政府办公室"
# unit, post, remit
PROVINCE = (
    ("中共委办公厅", "省委书记", "主持省委全面工作"),
    ("人民政府办公厅", "省长", "主持省政府全面工作"),
    ("中共委办公厅", "省委副书记", "党的建设、农业农村、群团工作"),
    ("人民政府办公厅", "常务副省长", "发展改革、财税、应急管理"),
    ("人民政府办公厅", "副省长", "农业农村、水利、乡村振兴"),
    ("人民政府办公厅", "副省长", "教育、卫生健康、医疗保障"),
    ("人民政府办公厅", "副省长", "住房城乡建设、交通运输"),
    ("纪委监委", "省纪委副书记", "纪律检查、监察"),
    ("委政法委员会", "省委政法委副书记", "政法、社会治理"),
    ("信访局", "省信访局局长", "信访工作"),
    ("水利厅", "省水利厅厅长", "水利、城乡供水"),
    ("农业农村厅", "省农业农村厅厅长", "农业农村、人居环境"),
    ("民政厅", "省民政厅厅长", "养老服务、社会救助"),
    ("卫生健康委员会", "省卫生健康委主任", "基层医疗卫生"),
)
CITY = (
    (PARTY, "市委书记", "主持市委全面工作"),
    (GOVERNMENT, "市长", "主持市政府全面工作"),
    (PARTY, "市委副书记", "党的建设、农业农村"),
    (PARTY, "市委组织部部长", "组织、干部、人才、基层党建"),
    (PARTY, "市委宣传部部长", "宣传思想文化、理论宣讲"),
    (PARTY, "市委秘书长", "市委办公、督查"),
    ("委政法委员会", "市委政法委书记", "政法、平安建设"),
    ("纪委监委", "市纪委书记", "纪律检查、监察"),
    (GOVERNMENT, "常务副市长", "发展改革、财政、应急管理"),
    (GOVERNMENT, "副市长", "农业农村、水务、乡村振兴"),
    (GOVERNMENT, "副市长", "住房和城乡建设、城市管理"),
    (GOVERNMENT, "副市长", "教育、卫生健康、医疗保障"),
    (GOVERNMENT, "副市长", "公安、信访、司法行政"),
    (GOVERNMENT, "副市长", "工业和信息化、人力资源和社会保障"),
    (GOVERNMENT, "副市长", "交通运输、民政、退役军人事务"),
    (GOVERNMENT, "市政府秘书长", "市政府办公、政务公开"),
)
CITY_DEPARTMENTS = (
    ("信访局", "市信访局局长", "信访工作"),
    ("水务局", "市水务局局长", "供水、排水、防汛"),
    ("住建局", "市住建局局长", "住房保障、老旧小区改造"),
    ("交通运输局", "市交通运输局局长", "农村公路、公共交通"),
    ("卫健委", "市卫健委主任", "基层医疗卫生"),
    ("人社局", "市人社局局长", "就业、社会保险、劳动监察"),
    ("农业农村局", "市农业农村局局长", "粮食生产、人居环境"),
    ("城管局", "市城管局局长", "市容环卫、垃圾分类"),
    ("教育局", "市教育局局长", "义务教育、校园安全"),
    ("民政局", "市民政局局长", "养老服务、社会救助"),
    ("医保局", "市医保局局长", "医疗保障"),
    ("生态环境局", "市生态环境局局长", "污染防治"),
    ("自然资源和规划局", "市自然资源和规划局局长", "国土空间规划、不动产登记"),
    ("水务局", "市水务局副局长", "农村供水、河道管护"),
)
COUNTY = (
    (PARTY, "{}委书记", "主持{}委全面工作"),
    (GOVERNMENT, "{}长", "主持{}政府全面工作"),
    (PARTY, "{}委副书记", "党的建设、农业农村"),
    ("委政法委员会", "{}委政法委书记", "政法、信访、社会治理"),
    (GOVERNMENT, "副{}长", "住建、交通、教育、民政"),
)
TOWNSHIP = (("党委书记", "主持党委全面工作"), ("{}", "主持政府全面工作"))
COUNTY_DEPARTMENTS = (
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


@dataclass(frozen=True)
class Seat:
    unit: Unit
    title: str
    remit: str
    band: str


def _seats(
    units: Units,
    province: District,
    city: District,
    counties: list[District],
    townships: list[District],
) -> Iterator[Seat]:
    high = {"中共委办公厅", "人民政府办公厅"}
    for name, title, remit in PROVINCE:
        band = RankBand.PROVINCE if name in high else RankBand.PROVINCE_DEPARTMENT
        yield Seat(units[province, name], title, remit, band)
    for name, title, remit in CITY:
        yield Seat(units[city, name], title, remit, RankBand.PREFECTURE)
    for name, title, remit in CITY_DEPARTMENTS:
        unit = units[city, name]
        yield Seat(unit, title, remit, RankBand.PREFECTURE_DEPARTMENT)
    for county, department in zip(counties, COUNTY_DEPARTMENTS, strict=False):
        kind = county.name[-1]
        for name, title, remit in COUNTY:
            unit = units[county, name]
            post, duty = title.format(kind), remit.format(kind)
            yield Seat(unit, post, duty, RankBand.COUNTY)
        unit = units[county, department]
        title = f"{unit.name}{'主任' if department.endswith('委') else '局长'}"
        yield Seat(unit, title, department, RankBand.COUNTY_DEPARTMENT)
    for township in townships:
        is_street = township.name.endswith("街道")
        unit = units[township, "办事处" if is_street else "人民政府"]
        head = "街道办事处主任" if is_street else "镇长"
        secretary = "街道党工委书记" if is_street else "镇党委书记"
        for title, remit in (
            (secretary, "主持全面工作"),
            (head, "主持行政工作"),
        ):
            yield Seat(unit, title, remit, RankBand.TOWNSHIP)


def make_officials(
    rng: Random,
    names: Names,
    units: Units,
    *,
    province: District,
    city: District,
    counties: list[District],
    townships: list[District],
    today: date,
) -> list[Cadre]:
    """Write the officials with their posts and home places."""
    seats = list(_seats(units, province, city, counties, townships))
    officials = []
    for seat in seats:
        name = names.new()
        officials.append(
            Cadre(
                name=name,
                pinyin=pinyin_of(name),
                initials=initials_of(name),
                rank_band=seat.band,
                unit=seat.unit,
                remit=seat.remit,
            )
        )
    Cadre.objects.bulk_create(officials)
    Post.objects.bulk_create(
        post
        for official, seat in zip(officials, seats, strict=True)
        for post in _posts(rng, official, seat, today)
    )
    _make_homes(rng, officials, counties)
    return officials


def _posts(rng: Random, official: Cadre, seat: Seat, today: date) -> Iterator[Post]:
    """The present post, and for some the one before it in the same unit."""
    began = today - timedelta(days=rng.randint(300, 1600))
    yield Post(cadre=official, title=seat.title, unit=seat.unit, first=began)
    if rng.random() < 0.3:
        yield Post(
            cadre=official,
            title=rng.choice(("挂职干部", "三级调研员", "二级调研员", "党组成员")),
            unit=seat.unit,
            first=began - timedelta(days=rng.randint(400, 1500)),
            last=began - timedelta(days=1),
        )


def _make_homes(rng: Random, officials: list[Cadre], counties: list[District]) -> None:
    link = Cadre.home_places.through
    link.objects.bulk_create(
        link(cadre_id=official.pk, district_id=rng.choice(counties).pk)
        for official in officials
    )


def make_contact_points(
    rng: Random,
    officials: list[Cadre],
    townships: list[District],
    villages: list[District],
    today: date,
) -> dict[int, list[District]]:
    """One to three places for each leader above the township; by official's key."""
    rows = []
    found: dict[int, list[District]] = {}
    for official in officials:
        area = official.unit.place
        if official.rank_band == RankBand.TOWNSHIP:
            reach = _within(area, villages)
            count = 1
        else:
            reach = _within(area, townships) + _within(area, villages)
            count = rng.randint(1, 3)
        chosen = rng.sample(reach, min(count, len(reach)))
        found[official.pk] = chosen
        rows += [
            ContactPoint(
                cadre=official,
                place=place,
                first=today - timedelta(days=rng.randint(280, 900)),
            )
            for place in chosen
        ]
    ContactPoint.objects.bulk_create(rows)
    return found


def _within(area: District, places: list[District]) -> list[District]:
    """Those that lie in the area; its level is looked at once for all of them."""
    column = f"{area.subtree_column}_id"
    return [place for place in places if getattr(place, column) == area.pk]
