from datetime import date, timedelta

import factory
from factory.django import DjangoModelFactory

from cadres.models import CalendarDay


class CalendarDayFactory(DjangoModelFactory[CalendarDay]):
    """A rest day of the plan, each on a day of its own; nobody has edited it."""

    class Meta:
        model = CalendarDay

    date = factory.Sequence(lambda n: date(2026, 1, 1) + timedelta(days=n % 300))
    is_workday = False
    name = "放假"
    source = CalendarDay.Source.PLAN
