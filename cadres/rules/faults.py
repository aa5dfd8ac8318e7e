from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """Something wrong at one row (counted from 0) of one argument."""

    row: int
    field: str
    code: str
    message: Any
