"""Leave and training in the year of the demo."""

from datetime import date, timedelta
from random import Random

from cadres.demo.staff import Staff
from cadres.models import Cadre
from visits.demo.calendar import AHEAD, BACK, Diary, moment
from visits.models import Absence, DiaryEntry

SHARE = 0.4  # of the officials


def make_absences(
    rng: Random, officials: list[Cadre], staff: Staff, diary: Diary, today: date
) -> None:
    absences, entries = [], []
    for official in officials:
        if rng.random() > SHARE:
            continue
        first = today + timedelta(days=rng.randint(-BACK, AHEAD))
        kind = rng.choice(Absence.Kind.values)
        last = first + timedelta(days=rng.choice((0, 1, 2, 4, 6)))
        starts_at, ends_at = moment(first, 0), moment(last + timedelta(days=1), 0)
        if not diary.take([official.pk], starts_at, ends_at):
            continue
        absence = Absence(
            cadre=official,
            kind=kind,
            first=first,
            last=last,
            recorded_by=staff.planner_of[official.pk],
            recorded_at=min(starts_at, moment(today, 0)) - timedelta(days=3),
        )
        absences.append(absence)
        entries.append(
            DiaryEntry(
                official=official, absence=absence, starts_at=starts_at, ends_at=ends_at
            )
        )
    Absence.objects.bulk_create(absences)
    DiaryEntry.objects.bulk_create(entries)
