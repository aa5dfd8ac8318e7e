"""Counts that leave the petition office: too rough to tell of one letter."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

STEPS = (1, 2, 4, 10, 20, 40, 100, 200, 400, 1000)


@dataclass(frozen=True)
class Told:
    """A count as it is told: `exactly`, or only that it is `at_least` so many.

    At least 0 means under `least`, which may be none at all: that a single letter came
    from a village is more than others may know (handbook 9.3).
    """

    least: int
    exactly: int | None = None
    at_least: int = 0

    def __str__(self) -> str:
        """As far as it may be told: "7", "10 or more", "under 5"."""
        if self.exactly is not None:
            return str(self.exactly)
        if self.at_least == 0:
            return _("under %(n)d") % {"n": self.least}
        return _("%(n)d or more") % {"n": self.at_least}


def told(count: int, *, least: int, is_exact: bool) -> Told:
    """`count` in full, or in steps of `least`.

    Steps, and no exact number above `least` either: from exact ones, and their total
    on the page above, the suppressed one could be taken out by subtraction.
    """
    if is_exact:
        return Told(least, exactly=count)
    reached = [least * step for step in STEPS if least * step <= count]
    return Told(least, at_least=reached[-1] if reached else 0)
