from datetime import date
from types import SimpleNamespace

import factory
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
    pinyin = factory.LazyAttribute(lambda o: spelled(o.name)[0])
    initials = factory.LazyAttribute(lambda o: spelled(o.name)[1])
    valid_from = date(2000, 1, 1)
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


def small_jiangsu() -> SimpleNamespace:
    """A piece of Jiangsu with both of its 鼓楼区, down to a village."""
    js = PlaceFactory(code="32", name="江苏省", short_name="江苏")
    nanjing = PlaceFactory(code="3201", name="南京市", short_name="南京", parent=js)
    xuzhou = PlaceFactory(code="3203", name="徐州市", short_name="徐州", parent=js)
    yancheng = PlaceFactory(code="3209", name="盐城市", short_name="盐城", parent=js)
    zhenjiang = PlaceFactory(code="3211", name="镇江市", short_name="镇江", parent=js)
    gulou_nj = PlaceFactory(code="320106", name="鼓楼区", parent=nanjing)
    gulou = PlaceFactory(code="320302", name="鼓楼区", parent=xuzhou)
    tongshan = PlaceFactory(code="320312", name="铜山区", parent=xuzhou)
    jingkou = PlaceFactory(code="321102", name="京口区", parent=zhenjiang)
    jurong = PlaceFactory(code="321183", name="句容市", parent=zhenjiang)
    huancheng = PlaceFactory(code="320302005", name="环城街道", parent=gulou)
    shitun = PlaceFactory(code="320302008", name="拾屯街道", parent=gulou)
    tangzhang = PlaceFactory(code="320312106", name="棠张镇", parent=tongshan)
    liuji = PlaceFactory(code="320312104", name="柳新镇", parent=tongshan)
    village = PlaceFactory(code="320312106201", name="牌坊村", parent=tangzhang)
    return SimpleNamespace(**locals())
