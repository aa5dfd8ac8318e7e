"""A hint that someone might have to step back (handbook 7.7): equal names, no more.

Nothing is inferred about kinship, and nothing is written down.
"""

from cadres.models import Account, Unit
from visits.models import Letter


def should_check_recusal(letter: Letter, account: Account, *, names: bool) -> bool:
    """Whether the letter names this person or their unit, or is by someone called so.

    `names`: whether the reader may know who wrote. That two names are equal tells it.
    """
    units = account.own_unit_ids()
    for party in letter.named.in_force():
        if party.official_id and party.official_id == account.cadre_id:
            return True
        if party.unit_id in units:
            return True
    if not names:
        return False
    own = set(Unit.objects.filter(pk__in=units).values_list("name", flat=True))
    own.add(account.name)
    return any(row.read().get("name") in own for row in letter.petitioners.all())
