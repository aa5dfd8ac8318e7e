"""How the commands of backup leave a row behind, whether it went well or not."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.core.management.base import CommandError
from django.db import Error

from visits.models import Upkeep
from visits.operate.backup import CannotDo
from visits.operate.postgres import NoProgram


@contextmanager
def kept(kind: Upkeep.Kind) -> Iterator[dict[str, Any]]:
    """Keep a row of what the block did; it fills in the figures.

    Raises:
        CommandError: in place of what went wrong, with the same words.
    """
    about: dict[str, Any] = {}
    begun = time.monotonic()
    try:
        yield about
    except (CannotDo, NoProgram, OSError) as why:
        # What failed may be the database.
        with suppress(Error):
            _keep(kind, begun, is_good=False, about=about, said=str(why)[:500])
        raise CommandError(str(why)) from why
    _keep(kind, begun, is_good=True, about=about)


def _keep(kind: Upkeep.Kind, begun: float, **values: Any) -> None:
    seconds = round(time.monotonic() - begun)
    Upkeep.objects.create(kind=kind, seconds=seconds, **values)
