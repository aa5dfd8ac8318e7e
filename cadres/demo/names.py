"""Invented people: common surnames and given names, put together at random."""

from random import Random

from pypinyin import Style, lazy_pinyin

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢"
    "蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟"
    "龙万段钱汤尹黎易常武乔贺赖龚文辛庄柳祁"
)
GIVEN = (
    "志强 建国 海燕 秀兰 明远 文博 立新 晓东 丽华 振宇 国梁 雪梅 永康 家骏 思源 春生 "
    "玉珍 景明 向阳 慧敏 正平 冬梅 世杰 晓岚 长河 秋实 云飞 淑贞 德胜 佳宁 守义 若兰 "
    "怀远 静宜 启明 雅琴 宏伟 素芬 承志 月华 卫民 红霞 兆丰 彩云 学礼 桂英 金田 凤仪 "
    "敬之 书琴 松涛 晓棠 少华 苏宁 清源 爱莲 广平 润秋 恒 磊 颖 峥 蕾 昊 楠 毅 婧"
)


class Names:
    """Names that nobody has had before in this demo."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given = GIVEN.split()
        self._used: set[str] = set()

    def new(self) -> str:
        while True:
            name = self._rng.choice(SURNAMES) + self._rng.choice(self._given)
            if name not in self._used:
                self._used.add(name)
                return name


def pinyin_of(name: str) -> str:
    return "".join(lazy_pinyin(name))


def initials_of(name: str) -> str:
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
