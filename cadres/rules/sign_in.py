"""Rules of sign-in that the security administrator sets (domain handbook 13)."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cadres.rules.choice import Choice
from cadres.rules.roles import Role

HANDBOOK = _("graded protection, level 3")
PRODUCT = _("product choice")

SIGN_IN: dict[str, Choice] = {
    "signin.idle_minutes": Choice(
        10, _("Minutes without a key or click until sign-out"), HANDBOOK, 2, 60
    ),
    "signin.longest_hours": Choice(
        12, _("Hours after which everyone signs in anew"), PRODUCT, 1, 24
    ),
    "signin.one_session": Choice(
        1, _("A new sign-in ends the sessions on other devices"), HANDBOOK, most=1
    ),
    "signin.step_up_minutes": Choice(
        15,
        _("Minutes for which a password or code counts before a sensitive act"),
        PRODUCT,
        1,
        60,
    ),
    "signin.tries": Choice(
        5, _("Wrong passwords until a name is locked"), HANDBOOK, 3, 5
    ),
    "signin.lock_minutes": Choice(
        10, _("Minutes for which wrong passwords are counted"), HANDBOOK, 5, 60
    ),
    "signin.tell_unusual": Choice(
        1, _("A notice of each sign-in from a new device or place"), PRODUCT, most=1
    ),
    "password.length": Choice(
        10, _("Least number of characters of a password"), HANDBOOK, 10, 64
    ),
    "password.kinds": Choice(
        3,
        _("Kinds of characters in a password: small, capital, digit, other"),
        HANDBOOK,
        1,
        4,
    ),
    "password.history": Choice(
        5, _("Earlier passwords that may not be used again"), HANDBOOK, 0, 10
    ),
    "password.max_days": Choice(
        0,
        _("Days after which a password is changed; 0 for never"),
        _("0 by OWASP; 90 where an assessment asks for it"),
        0,
        366,
    ),
    "invitation.days": Choice(
        7, _("Days for which an invitation can be used"), PRODUCT, 1, 30
    ),
    "review.months": Choice(
        3, _("Months from one review of accounts to the next"), HANDBOOK, 1, 12
    ),
    "oidc.trust_amr": Choice(
        0,
        _("A second factor at the office’s identity provider counts here"),
        PRODUCT,
        most=1,
    ),
    **{
        f"factor.{role}": Choice(
            1,
            format_lazy("{}: {}", _("Second factor required"), role.label),
            HANDBOOK,
            most=1,
        )
        for role in Role
    },
}


def kinds_in(password: str) -> int:
    """How many of the four kinds of characters there are.

    A script without capitals (Chinese) is the fourth kind: other.
    """
    small = any(sign.islower() for sign in password)
    capital = any(sign.isupper() for sign in password)
    digit = any(sign.isdecimal() for sign in password)
    other = any(
        not (sign.islower() or sign.isupper() or sign.isdecimal()) for sign in password
    )
    return small + capital + digit + other


def has_word(password: str, words: list[str]) -> bool:
    """Whether a word that everyone here could guess is a part of it, in any case."""
    folded = password.casefold()
    return any(len(word) >= 2 and word.casefold() in folded for word in words)
