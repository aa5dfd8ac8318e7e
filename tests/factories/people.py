from datetime import date

import factory
from factory.django import DjangoModelFactory

from cadres.models import (
    Account,
    Cadre,
    ContactPoint,
    Mandate,
    Post,
    RankBand,
    RoleGrant,
    Unit,
)
from cadres.rules.roles import Role
from tests.factories.places import PlaceFactory

PASSWORD = "correct horse 四下"


class UnitFactory(DjangoModelFactory[Unit]):
    class Meta:
        model = Unit

    name = factory.Sequence(lambda n: f"单位{n}")
    place = factory.SubFactory(PlaceFactory, code="3203", name="徐州市")
    level = factory.LazyAttribute(lambda o: o.place.level)
    kind = Unit.Kind.GOVERNMENT


class CadreFactory(DjangoModelFactory[Cadre]):
    class Meta:
        model = Cadre

    name = factory.Sequence(lambda n: f"干部{n}")
    pinyin = ""
    initials = ""
    rank_band = RankBand.PREFECTURE
    unit = factory.SubFactory(UnitFactory)


class PostFactory(DjangoModelFactory[Post]):
    class Meta:
        model = Post

    cadre = factory.SubFactory(CadreFactory)
    title = "副市长"
    unit = factory.LazyAttribute(lambda o: o.cadre.unit)
    first = date(2024, 1, 1)


class ContactPointFactory(DjangoModelFactory[ContactPoint]):
    class Meta:
        model = ContactPoint

    cadre = factory.SubFactory(CadreFactory)
    place = factory.SubFactory(PlaceFactory)
    first = date(2024, 1, 1)


class AccountFactory(DjangoModelFactory[Account]):
    """An account; `role`, `place`, `unit_scope` and `acts_for` add what it may."""

    class Meta:
        model = Account
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"用户{n}")

    @factory.post_generation
    def role(self, create, extracted, place=None, unit=None, **kwargs):
        if create and extracted:
            RoleGrantFactory(account=self, role=extracted, place=place, unit=unit)

    @factory.post_generation
    def acts_for(self, create, extracted, **kwargs):
        for cadre in extracted or []:
            MandateFactory(account=self, cadre=cadre)

    @factory.post_generation
    def password(self, create, extracted, **kwargs):
        if create and extracted:
            self.set_password(extracted)
            self.save()


class RoleGrantFactory(DjangoModelFactory[RoleGrant]):
    class Meta:
        model = RoleGrant

    account = factory.SubFactory(AccountFactory)
    role = Role.LEADER
    first = date(2024, 1, 1)


class MandateFactory(DjangoModelFactory[Mandate]):
    class Meta:
        model = Mandate

    account = factory.SubFactory(AccountFactory)
    cadre = factory.SubFactory(CadreFactory)
    first = date(2024, 1, 1)
