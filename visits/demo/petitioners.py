"""Invented petitioners: names, addresses, and numbers that no telephone has."""

from random import Random

from cadres.demo.names import SURNAMES
from cadres.models import District
from visits.demo.lands import where_of
from visits.demo.problems import URBAN
from visits.models import Letter, Petitioner

GIVEN = (
    "大明 小红 桂兰 长顺 保国 玉梅 金凤 满仓 爱华 新民 秀云 有福 来喜 淑芬 全胜 "
    "巧玲 守田 翠花 水生 福根 惠芳 成才 素贞 连生 月娥 庆丰 美琴 春旺 银花 士林"
)
ESTATES = ("测试花园", "示例小区", "样例家园", "模拟新村", "演示苑")
COMPANIES = ("示例商贸有限公司", "测试农机合作社", "样例餐饮店", "模拟建材经营部")


def _number(rng: Random) -> str:
    """Eleven digits like a mobile number; none begins with 100."""
    return f"100{rng.randint(0, 99_999_999):08d}"


def _address(rng: Random, place: District) -> str:
    if where_of(place) == URBAN:
        return f"{place.name}{rng.choice(ESTATES)}{rng.randint(1, 28)}号楼"
    return f"{place.name}{rng.randint(1, 12)}组{rng.randint(1, 90)}号"


def petitioners_of(rng: Random, letter: Letter, count: int) -> list[Petitioner]:
    """`count` of them, who may leave out address or number, as people do."""
    rows = []
    for position in range(1, count + 1):
        is_company = count == 1 and rng.random() < 0.03
        kind = Petitioner.Kind
        row = Petitioner(
            letter=letter,
            position=position,
            kind=kind.ORGANISATION if is_company else kind.PERSON,
        )
        person = rng.choice(SURNAMES) + rng.choice(GIVEN.split())
        row.write(
            name=rng.choice(COMPANIES) if is_company else person,
            address=_address(rng, letter.place) if rng.random() < 0.9 else "",
            contact=_number(rng) if rng.random() < 0.92 else "",
        )
        rows.append(row)
    return rows
