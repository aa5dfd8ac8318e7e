"""The whole demo in one transaction: all of it, or nothing."""

from datetime import datetime, timedelta
from random import Random

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from cadres.demo.accounts import insist_on_demo
from cadres.demo.names import Names
from cadres.demo.officials import make_contact_points, make_officials
from cadres.demo.staff import make_staff
from cadres.demo.units import make_units
from cadres.models import Account, CalendarDay, Setting
from visits.actions.fold_rollup import rebuild_rollup
from visits.demo.absences import make_absences
from visits.demo.calendar import Diary
from visits.demo.caseload import Caseload
from visits.demo.desks import Desks
from visits.demo.lands import WITH_LEADERS, read_lands
from visits.demo.letter_extras import LetterExtras
from visits.demo.letter_story import LetterStory
from visits.demo.matters import MatterLives
from visits.demo.outings import Planner
from visits.demo.record import DemoRecord
from visits.demo.rows import Writer
from visits.demo.sealed_letters import SealedLetters
from visits.demo.series import DemoSeries
from visits.demo.sessions import DemoSessions
from visits.demo.size import DEMO, Size
from visits.demo.story import Story
from visits.demo.studies import Studies
from visits.demo.talks import Questions, Talks
from visits.models import Letter

SEED = 1988
SESSION_LEADERS = 14
LOCK = 4_1988  # of nothing else in this database


@transaction.atomic
def load_demo(*, now: datetime) -> bool:
    """Load the demo around `now` unless it is there; say whether it was loaded.

    Raises:
        ImproperlyConfigured: outside the demo mode.
    """
    insist_on_demo()
    with connection.cursor() as cursor:
        # Two starts at once: the second waits, and finds everything there.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if Account.objects.filter(username="liaison").exists():
        return False
    tell_demo(now=now)
    rebuild_rollup()
    return True


def tell_demo(*, now: datetime, size: Size = DEMO, seed: int = SEED) -> None:
    """Write the demo's rows."""
    rng = Random(seed)
    today = timezone.localdate(now)
    lands = read_lands()
    neighbours = [it for it in lands.cities if it.name in ("镇江市", "盐城市")]
    units = make_units(
        lands.province,
        [lands.city, *neighbours],
        lands.counties,
        lands.townships_of_city(),
    )
    names = Names(rng)
    seats = [place for it in WITH_LEADERS if (place := lands.township(*it))]
    officials = make_officials(
        rng,
        names,
        units,
        province=lands.province,
        city=lands.city,
        counties=lands.counties,
        townships=seats,
        today=today,
    )
    spared = set(lands.unvisited)
    townships = [it for it in lands.townships_of_city() if it not in spared]
    villages = [it for place in townships for it in lands.villages.get(place.pk, [])]
    contacts = make_contact_points(rng, officials, townships, villages, today)
    staff = make_staff(
        names,
        units,
        officials,
        province=lands.province,
        city=lands.city,
        today=today,
    )

    is_workday = CalendarDay.objects.working_calendar().is_workday
    diary = Diary(rng, today, is_workday)
    planner = Planner(rng, lands, officials, contacts, diary)
    Story(planner, lands, units, officials, staff).tell()
    make_absences(rng, officials, staff, diary, today)
    planner.year(size)
    settings = Setting.objects.as_dict()
    writer = Writer(
        rng,
        staff,
        units,
        Talks(Random(seed + 3)),
        now=now,
        delay_hours=settings["hidden.delay_hours"],
        size=size,
    )
    for outing in planner.outings:
        writer.add(outing)
    writer.write()
    _count_rows()
    desks = Desks(
        names,
        staff,
        units,
        province=lands.province,
        city=lands.city,
        first=today - timedelta(days=400),
    )
    caseload = Caseload(Random(seed + 1), desks, now=now, today=today, size=size)
    LetterStory(caseload, lands, units, today=today, now=timezone.localtime(now)).tell()
    lives = MatterLives(Random(seed + 2), desks, staff, now=now, today=today)
    lives.tell([row for it in writer.logged for row in it.matters])
    caseload.write()
    before_leaders = Letter.objects.filter(is_sealed=False, state="handling")
    lives.from_letters(
        list(before_leaders.select_related("place").order_by("pk")[:6]),
        next(it for it in officials if it.pk == staff.by_username["leader"].cadre_id),
    )
    lives.write()
    _count_rows()
    Questions(Random(seed + 4), staff, now=timezone.localtime(now)).tell(
        [row for it in writer.logged for row in it.talks]
    )
    Studies(staff, units, lands, now=timezone.localtime(now)).tell()
    LetterExtras(caseload, lands, units, staff).write()
    SealedLetters(caseload, lands, units, officials).tell()
    own = staff.by_username["leader"].cadre_id
    in_city = [it for it in officials if it.unit.place_id == lands.city.pk]
    DemoSessions(Random(seed + 3), staff, units, lands.city, now=now).tell(
        sorted(in_city, key=lambda it: it.pk != own)[:SESSION_LEADERS]
    )
    DemoRecord(staff, lands.city, now=now).tell(officials)
    DemoSeries(Random(seed + 5), staff, lands.city, now=now).tell(
        next(it for it in officials if it.pk == own)
    )


def _count_rows() -> None:
    """What follows asks questions of tables that were all but empty a minute ago."""
    with connection.cursor() as cursor:
        for model in apps.get_app_config("visits").get_models():
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')
