"""Reception sessions through the actions that make them."""

import uuid
from datetime import datetime, time, timedelta

from django.utils import timezone

from visits.actions.book_session import book_session
from visits.actions.plan_session import plan_session
from visits.actions.publish_session import publish_session
from visits.models import ReceptionSession


def planned_session(office, leaders, by, *, days=7, now=None, **fields):
    """`days` from `now`, from nine to half past eleven; a form that rests on no day."""
    now = now or timezone.localtime()
    day = now.date() + timedelta(days=days)

    def clock(hour, minute=0):
        return timezone.make_aware(datetime.combine(day, time(hour, minute)))

    arguments = {
        "office": office,
        "place": office.place,
        "leaders": leaders,
        "form": "invitation",
        "venue": "信访接待大厅",
        "starts_at": clock(9),
        "ends_at": clock(11, 30),
        "client_key": uuid.uuid4(),
    }
    return plan_session(by=by, now=now, **(arguments | fields))


def published_session(office, leaders, by, *, now=None, **fields) -> ReceptionSession:
    now = now or timezone.localtime()
    session = planned_session(office, leaders, by, now=now, **fields)
    return publish_session(session, by=by, now=now, late_reason="补公示")


def book(session, by, *, now=None, **fields):
    arguments = {"subject": "宅基地确权", "client_key": uuid.uuid4()} | fields
    return book_session(session, by=by, now=now or timezone.localtime(), **arguments)
