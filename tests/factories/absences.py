from datetime import date, datetime, time, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from tests.factories.people import AccountFactory, CadreFactory
from visits.models import Absence, DiaryEntry


class AbsenceFactory(DjangoModelFactory[Absence]):
    """An official on leave for two days, with their diary."""

    class Meta:
        model = Absence
        skip_postgeneration_save = True

    cadre = factory.SubFactory(CadreFactory)
    kind = Absence.Kind.LEAVE
    first = date(2026, 12, 1)
    last = factory.LazyAttribute(lambda absence: absence.first + timedelta(days=1))
    recorded_by = factory.SubFactory(AccountFactory)

    @factory.post_generation
    def diary(self, create, extracted, **kwargs):
        begin, end = (
            timezone.make_aware(datetime.combine(day, time.min))
            for day in (self.first, self.last + timedelta(days=1))
        )
        DiaryEntry.objects.create(
            official=self.cadre, absence=self, starts_at=begin, ends_at=end
        )
