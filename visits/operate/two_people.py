"""What one person alone may not do: each of two proves with a password to be there."""

from collections.abc import Callable, Sequence

from django.contrib.auth.hashers import check_password

from cadres.models import Account
from cadres.rules.roles import Role
from visits.operate.backup import CannotDo

FIRST, SECOND = Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN


def two_people(names: Sequence[str], ask: Callable[[str], str]) -> list[Account]:
    """A system and a security administrator; `ask` gets each one's password.

    Raises:
        CannotDo: they are not these two, or one did not know the password.
    """
    found = {it.username: it for it in Account.objects.filter(username__in=names)}
    people = [found[name] for name in dict.fromkeys(names) if name in found]
    held = [{grant.role for grant in it.grants_today} for it in people if it.is_active]
    if len(people) != 2 or [FIRST in held[0], SECOND in held[-1]] != [True, True]:
        raise CannotDo(
            "Name two people by their user names: first a system administrator, then a"
            " security administrator, both of today."
        )
    for person in people:
        if not check_password(ask(f"Password of {person.username}: "), person.password):
            raise CannotDo(f"That is not the password of {person.username}.")
    return people
