"""How an action says no, with what the page needs to show beside the field."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from django.core.exceptions import ValidationError

from visits.rules.plan import Fault


class Refusal(ValidationError):
    """A ValidationError that also carries what it found.

    `faults` maps an argument to faults in its rows; `clashes` and `crowding` are what
    the reports of the same name return.
    """

    def __init__(
        self,
        message: Any,
        *,
        code: str,
        params: dict[str, Any] | None = None,
        faults: Mapping[str, Sequence[Fault]] | None = None,
        clashes: Any = None,
        crowding: Any = None,
    ) -> None:
        super().__init__(message, code=code, params=params)
        self.faults = faults or {}
        self.clashes = clashes or []
        self.crowding = crowding


def refuse(message: Any, *, code: str, **params: Any) -> NoReturn:
    raise Refusal(message, code=code, params=params)
