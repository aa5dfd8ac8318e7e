"""Connections that work side by side: PostgreSQL uses one core for each."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection
from django.db.backends.utils import CursorWrapper

Result = TypeVar("Result")
Job = Callable[[CursorWrapper], Result]
MANY = 2  # with more, the disk and the memory below would be short
MEMORY = {
    "work_mem": "128MB",
    "maintenance_work_mem": "1GB",
    "temp_buffers": "64MB",
    "synchronous_commit": "off",
    "jit": "off",
    "statement_timeout": "0",
    # The other hand has the other core; but the longest job of all is an index.
    "max_parallel_maintenance_workers": "1",
    "max_parallel_workers_per_gather": "0",
}


def give_room(cursor: CursorWrapper) -> None:
    """Memory and time for very many rows, as long as the connection is open."""
    for name, value in MEMORY.items():
        cursor.execute(f"SET {name} = '{value}'")


class Hands:
    """So many connections of their own; with one, the caller's, in its transaction."""

    def __init__(self, count: int = 1) -> None:
        self.count = count

    def do(self, jobs: Sequence[Job[Result]]) -> list[Result]:
        """Begin the jobs in this order, and return what they return, in it, too.

        When one has failed, those that have not begun are left.
        """
        if self.count == 1:
            with connection.cursor() as cursor:
                return [job(cursor) for job in jobs]
        with ThreadPoolExecutor(self.count) as pool:
            begun = [pool.submit(_on_its_own, job) for job in jobs]
            try:
                return [it.result() for it in begun]
            finally:
                for it in begun:
                    it.cancel()


def _on_its_own(job: Job[Result]) -> Result:
    try:
        with connection.cursor() as cursor:
            give_room(cursor)
            return job(cursor)
    finally:
        connection.close()
