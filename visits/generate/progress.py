"""What is said while a database is generated: how long each part took."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

Say = Callable[[str], None]


WORTH_A_LINE = 1  # seconds


@contextmanager
def timed(what: str, say: Say, *, always: bool = True) -> Iterator[list[str]]:
    """Say how long the block took, and what it puts into the list."""
    began = monotonic()
    found = [what]
    yield found
    seconds = monotonic() - began
    if always or seconds >= WORTH_A_LINE:
        say(f"{seconds:8.1f} s  {' '.join(found)}")
