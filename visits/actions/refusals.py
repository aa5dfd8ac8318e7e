"""How an action says no, with what the page needs to show beside the field."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from cadres.actions.refusals import RowRefusal
from cadres.rules.faults import Fault


class Refusal(RowRefusal):
    """A refusal that also carries the `clashes` and the `crowding` it found.

    They are what the reports of the same name return.
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
        super().__init__(message, code=code, params=params, faults=faults)
        self.clashes = clashes or []
        self.crowding = crowding


def refuse(message: Any, *, code: str, **params: Any) -> NoReturn:
    raise Refusal(message, code=code, params=params)
