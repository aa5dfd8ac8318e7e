"""What is said while a database is generated: how long each part took."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

Say = Callable[[str], None]


@contextmanager
def timed(what: str, say: Say) -> Iterator[list[str]]:
    """Say how long the block took, and what it puts into the list."""
    began = monotonic()
    found = [what]
    yield found
    say(f"{monotonic() - began:8.1f} s  {' '.join(found)}")
