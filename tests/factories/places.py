from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any

import factory
from django.db import connection
from factory.django import DjangoModelFactory

from cadres.models import District
from cadres.rules.levels import ANCESTORS, Kind, Level, level_of
from cadres.rules.pinyin import spelled

KINDS = {
    Level.PROVINCE: Kind.PROVINCE,
    Level.PREFECTURE: Kind.CITY,
    Level.COUNTY: Kind.DISTRICT,
    Level.TOWNSHIP: Kind.SUBDISTRICT,
    Level.VILLAGE: Kind.RESIDENTS,
}


SINCE = date(2000, 1, 1)
spelled_once = cache(spelled)


class PlaceFactory(DjangoModelFactory[District]):
    """A place under `parent`, with its ancestors and path."""

    class Meta:
        model = District
        django_get_or_create = ("code", "valid_from")
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"{99 - n % 90}")
    name = factory.Sequence(lambda n: f"地方{n}")
    parent = None
    level = factory.LazyAttribute(lambda o: level_of(o.code))
    kind = factory.LazyAttribute(lambda o: KINDS[level_of(o.code)])
    short_name = factory.LazyAttribute(lambda o: o.name)
    path = factory.LazyAttribute(
        lambda o: f"{o.parent.path} / {o.short_name}" if o.parent else o.short_name
    )
    pinyin = factory.LazyAttribute(lambda o: spelled_once(o.name)[0])
    initials = factory.LazyAttribute(lambda o: spelled_once(o.name)[1])
    valid_from = SINCE
    source_list = "civil"

    @factory.post_generation
    def ancestors(self, create, extracted, **kwargs):
        if not create:
            return
        for column in ANCESTORS:
            above = getattr(self.parent, f"{column}_id") if self.parent else None
            setattr(self, f"{column}_id", above)
        setattr(self, f"{Level(self.level).column}_id", self.pk)
        self.save()


# A piece of Jiangsu with both of its 鼓楼区, down to a village: each below one above it.
JIANGSU = {
    "js": ("32", "江苏省", "江苏", None),
    "nanjing": ("3201", "南京市", "南京", "js"),
    "xuzhou": ("3203", "徐州市", "徐州", "js"),
    "yancheng": ("3209", "盐城市", "盐城", "js"),
    "zhenjiang": ("3211", "镇江市", "镇江", "js"),
    "gulou_nj": ("320106", "鼓楼区", "鼓楼区", "nanjing"),
    "gulou": ("320302", "鼓楼区", "鼓楼区", "xuzhou"),
    "tongshan": ("320312", "铜山区", "铜山区", "xuzhou"),
    "jingkou": ("321102", "京口区", "京口区", "zhenjiang"),
    "jurong": ("321183", "句容市", "句容市", "zhenjiang"),
    "huancheng": ("320302005", "环城街道", "环城街道", "gulou"),
    "shitun": ("320302008", "拾屯街道", "拾屯街道", "gulou"),
    "tangzhang": ("320312106", "棠张镇", "棠张镇", "tongshan"),
    "liuji": ("320312104", "柳新镇", "柳新镇", "tongshan"),
    "village": ("320312106201", "牌坊村", "牌坊村", "tangzhang"),
}
NEXT = """
    SELECT nextval(pg_get_serial_sequence('cadres_district', 'id'))
    FROM generate_series(1, %s)
"""


def small_jiangsu() -> SimpleNamespace:
    """The places of `JIANGSU`, in three queries: most tests begin with them."""
    codes = [code for code, *_rest in JIANGSU.values()]
    rows = District.objects.filter(code__in=codes, valid_from=SINCE)
    known = {row.code: row for row in rows}
    places: dict[str, District] = {}
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [len(JIANGSU)])
        keys = [key for (key,) in cursor.fetchall()]
    for key, (name, (code, full, short, above)) in zip(
        keys, JIANGSU.items(), strict=True
    ):
        places[name] = known.get(code) or _below(
            places.get(above), pk=key, code=code, name=full, short_name=short
        )
    missing = [place for place in places.values() if place.code not in known]
    District.objects.bulk_create(missing)
    return SimpleNamespace(**places)


def _below(parent: District | None, **fields: Any) -> District:
    place = PlaceFactory.build(parent=parent, **fields)
    for column in ANCESTORS:
        setattr(place, f"{column}_id", getattr(parent, f"{column}_id", None))
    setattr(place, f"{Level(place.level).column}_id", place.pk)
    return place
