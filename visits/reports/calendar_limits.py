"""The deadlines in one person's hands, as events of their calendar."""

from collections.abc import Iterator
from typing import Any

import icalendar
from django.conf import settings
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from cadres.models import Account
from visits.models import LeaderHold, Letter, LetterEvent, Matter
from visits.reports.calendar_event import MOST, event_of, set_whole_day
from visits.rules.matter_states import AT_UNIT


def limits_of(account: Account) -> Iterator[icalendar.Event]:
    """Of letters, of letters that a leader holds, and of matters: what one may see."""
    yield from _letters(account)
    yield from _holds(account)
    yield from _matters(account)


def _letters(account: Account) -> Iterator[icalendar.Event]:
    """The next legal limit of each letter that this person handles."""
    letters = (
        Letter.objects.visible_to(account)
        .unsealed()
        .filter(handler=account, due_on__isnull=False)
        .select_related("place")
        .defer("request", "facts", "search_text")
        .order_by("due_on", "pk")
    )[:MOST]
    changes = LetterEvent.objects.filter(letter__in=[it.pk for it in letters])
    changed = dict(changes.values_list("letter").annotate(Max("at")).order_by())
    for letter in letters:
        assert letter.due_on is not None
        changed_at = changed.get(letter.pk, letter.registered_at)
        event = event_of(f"{letter.reference}-limit", changed_at, letter.version)
        words = _("%(clock)s: letter %(reference)s, %(place)s") % {
            "clock": letter.get_due_clock_display(),
            "reference": letter.printed_reference,
            "place": letter.place.name,
        }
        if letter.due_is_provisional:
            words = _("%(what)s (provisional)") % {"what": words}
        event.add("summary", words)
        set_whole_day(event, letter.due_on)
        event.add(
            "url",
            settings.SITE_URL
            + reverse("visits:letter_detail", args=[letter.reference]),
        )
        yield event


def _holds(account: Account) -> Iterator[icalendar.Event]:
    """Deadlines of the letters that the officials one acts for hold (handbook 7.9)."""
    holds = (
        LeaderHold.objects.filter(
            leader__in=account.acts_for_ids(),
            ended_on__isnull=True,
            letter__in=Letter.objects.visible_to(account).unsealed(),
        )
        .select_related("letter__place", "leader")
        .annotate(changed_at=Max("letter__events__at"))
        .order_by("due_on", "pk")
    )
    for hold in holds[:MOST]:
        letter = hold.letter
        event = event_of(f"{letter.reference}-held", hold.changed_at, letter.version)
        event.add(
            "summary",
            _("Held by %(leader)s: letter %(reference)s, %(place)s")
            % {
                "leader": hold.leader.name,
                "reference": letter.printed_reference,
                "place": letter.place.name,
            },
        )
        set_whole_day(event, hold.due_on)
        yield event


def _matters(account: Account) -> Iterator[icalendar.Event]:
    """Until when what one decided is to be done, or one's own unit is to do it."""
    units = account.unit_ids("visits.handle_matter")
    matters: Any = (
        Matter.objects.visible_to(account)
        .filter(Q(decided_by__in=account.acts_for_ids()) | Q(unit__in=units))
        .filter(state__in=AT_UNIT, due_on__isnull=False)
        .select_related("place")
        .annotate(changed_at=Max("events__at"))
        .order_by("due_on", "pk")
    )
    for matter in matters[:MOST]:
        event = event_of(f"{matter.reference}-due", matter.changed_at, matter.version)
        event.add(
            "summary",
            _("Due: %(subject)s, %(place)s")
            % {"subject": matter.subject, "place": matter.place.name},
        )
        set_whole_day(event, matter.due_on)
        event.add("url", settings.SITE_URL + matter.get_absolute_url())
        yield event
