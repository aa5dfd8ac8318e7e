"""The nation's days as the `holidays` package knows them, in our own words.

The package answers for any year without a word of warning; only a year with make-up
days has a published plan behind it. Nothing else may call the package.
"""

import re
from datetime import date, timedelta

import holidays

from cadres.rules.holidays import JOIN, MAKE_UP
from cadres.rules.working_days import FIRST_YEAR, LAST_YEAR, Entry, Source, is_weekend

ONE = timedelta(days=1)
IN_LIEU = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})")
OBSERVED = "（补假）"
EVE = "农历除夕"


def known_days(year: int) -> dict[date, Entry]:
    """The days of the year that a plan names; without a plan, the statutory days.

    Of a plan: each festival with the weekend it is joined to, and the weekend days
    worked in return. Statutory days are not moved off a weekend: that is for the plan.

    Raises:
        ValueError: a year of which nothing is known.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(year)
    known = holidays.country_holidays("CN", years=year, language="zh_CN")
    made_up = {day for day in known.weekend_workdays if day.year == year}
    if not made_up:
        statutory = holidays.country_holidays(
            "CN", years=year, language="zh_CN", observed=False
        )
        return {
            day: Entry(False, name, Source.STATUTORY)
            for day, name in sorted(statutory.items())
            if day.year == year
        }
    named = {day: name for day, name in known.items() if day.year == year}
    entries: dict[date, Entry] = {}
    for block in _blocks(set(named), made_up, year):
        festivals = [
            named[day].removesuffix(OBSERVED)
            for day in block
            if day in named and not IN_LIEU.search(named[day])
        ]
        main = dict.fromkeys(name for name in festivals if name != EVE)
        whole = JOIN.join(main)
        for day in block:
            name = named.get(day, "")
            worked = IN_LIEU.search(name)
            if worked:
                other = date.fromisoformat(worked[1])
                entries[other] = Entry(True, whole + MAKE_UP, Source.PLAN)
            own = name.removesuffix(OBSERVED) if name and not worked else whole
            entries[day] = Entry(False, own, Source.PLAN)
    for day in made_up - entries.keys():
        entries[day] = Entry(True, MAKE_UP, Source.PLAN)
    return {day: entries[day] for day in sorted(entries) if day.year == year}


def _blocks(named: set[date], made_up: set[date], year: int) -> list[list[date]]:
    """The holidays with the weekend days beside them, in unbroken rows of days."""
    rest = set(named)
    for day in named:
        for step in (-ONE, ONE):
            beside = day + step
            while beside.year == year and _joins(beside, rest, made_up):
                rest.add(beside)
                beside += step
    blocks: list[list[date]] = []
    for day in sorted(rest):
        if blocks and blocks[-1][-1] + ONE == day:
            blocks[-1].append(day)
        else:
            blocks.append([day])
    return blocks


def _joins(day: date, rest: set[date], made_up: set[date]) -> bool:
    return is_weekend(day) and day not in rest and day not in made_up
