from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Choice:
    """One setting: a whole number between `least` and `most`, both allowed."""

    default: int
    label: str | Promise
    basis: str | Promise
    least: int = 0
    most: int = 366

    @property
    def is_yes_or_no(self) -> bool:
        return (self.least, self.most) == (0, 1)
