"""Who signs in, and who planned and confirmed what the demo shows.

Thirteen accounts can sign in, one for each role. The other officials and the liaison
staff of their offices have accounts without a usable password: history needs them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password

from cadres.demo.accounts import ACCOUNTS, make_demo_password
from cadres.demo.names import Names, pinyin_of
from cadres.demo.officials import GOVERNMENT, PARTY
from cadres.demo.units import Units
from cadres.models import Account, Cadre, District, Mandate, RoleGrant, Unit
from cadres.rules.roles import Role

LIAISON_SERVES = 6  # leaders, for whom `liaison` plans
LEADER_REMIT = "农业农村、水务、乡村振兴"


@dataclass
class Staff:
    """Accounts by user name, by official, and by the official they plan for."""

    by_username: dict[str, Account] = field(default_factory=dict)
    of_official: dict[int, Account] = field(default_factory=dict)
    planner_of: dict[int, Account] = field(default_factory=dict)


def make_staff(
    names: Names,
    units: Units,
    officials: list[Cadre],
    *,
    province: District,
    city: District,
    today: date,
) -> Staff:
    first = today - timedelta(days=400)
    leader = next(
        it
        for it in officials
        if it.remit == LEADER_REMIT and it.unit == units[city, GOVERNMENT]
    )
    head = next(it for it in officials if it.unit == units[city, "水务局"])
    own = {"leader": leader, "head": head}
    office_of = _offices(units, province, city)

    staff = Staff()
    password = make_demo_password()
    for username in ACCOUNTS:
        cadre = own.get(username)
        account = Account(
            username=username,
            name=cadre.name if cadre else names.new(),
            cadre=cadre,
            unit=cadre.unit if cadre else office_of[username],
            password=password,
        )
        staff.by_username[username] = account
    for official in officials:
        if official not in own.values():
            made = silent_account(staff, official.name, official.unit, official)
            staff.by_username[made.username] = made
    served = [it for it in officials if it.unit == leader.unit and it.remit != ""]
    served = [leader, *(it for it in reversed(served) if it != leader)][:LIAISON_SERVES]
    offices = {official.unit for official in officials}
    liaisons = {}
    for unit in sorted(offices, key=lambda unit: unit.pk):
        made = silent_account(staff, names.new(), unit)
        staff.by_username[made.username] = liaisons[unit.pk] = made
    Account.objects.bulk_create(staff.by_username.values())

    for account in staff.by_username.values():
        if account.cadre_id:
            staff.of_official[account.cadre_id] = account
    for official in officials:
        staff.planner_of[official.pk] = (
            staff.by_username["liaison"]
            if official in served
            else liaisons[official.unit_id]
        )
    Mandate.objects.bulk_create(
        Mandate(account=staff.planner_of[it.pk], cadre=it, first=first)
        for it in officials
    )
    RoleGrant.objects.bulk_create(_grants(staff, units, city, first))
    return staff


def silent_account(
    staff: Staff, name: str, unit: Unit, cadre: Cadre | None = None
) -> Account:
    """An account that nobody can sign in to, under a user name that is free."""
    stem = username = pinyin_of(name)
    number = 2
    while username in staff.by_username:
        username, number = f"{stem}{number}", number + 1
    return Account(
        username=username,
        name=name,
        unit=unit,
        cadre=cadre,
        password=make_password(None),
    )


def _offices(units: Units, province: District, city: District) -> dict[str, Unit]:
    petition = units[city, "信访局"]
    return {
        "liaison": units[city, GOVERNMENT],
        "clerk": petition,
        "petition": petition,
        "handler": units[city, "水务局"],
        # One level above `handler` and `head`, whose opinions it reviews.
        "review": units[province, "水利厅"],
        "seal": petition,
        "district": units[city, PARTY],
        "reader": units[city, PARTY],
        "sysadmin": units[city, "大数据管理局"],
        "secadmin": units[city, GOVERNMENT],
        "auditor": units[city, "纪委监委"],
    }


def _grants(
    staff: Staff, units: Units, city: District, first: date
) -> Iterator[RoleGrant]:
    """What the roles reach.

    An office's people their unit, the district's the city, the three administrators
    the province: accounts and roles of the whole demo are theirs.
    """
    in_unit = {"liaison", "clerk", "petition", "handler", "head", "review", "seal"}
    places: dict[str, District | None] = {"district": city, "reader": city}
    for username in ("sysadmin", "secadmin", "auditor"):
        places[username] = city.province
    for username, account in staff.by_username.items():
        if username in ACCOUNTS:
            yield RoleGrant(
                account=account,
                role=ACCOUNTS[username],
                unit=account.unit if username in in_unit else None,
                place=places.get(username),
                first=first,
            )
        elif account.cadre_id:
            yield RoleGrant(account=account, role=Role.LEADER, first=first)
        else:
            yield RoleGrant(
                account=account, role=Role.LIAISON, unit=account.unit, first=first
            )
