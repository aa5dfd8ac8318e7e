"""A part of many questions, turned into SQL once for each person."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from cadres.models.account import Account

NOTHING = "SELECT NULL::bigint WHERE false"


def written_once(
    user: "Account", name: str, rows: Callable[[], QuerySet[Any, Any]]
) -> RawSQL:
    """The keys that `rows` selects, for `pk__in`: written once, asked each time.

    A page asks a dozen questions about letters, and all have this part in common;
    Django takes longer to write it than PostgreSQL to answer. What the statement says
    may depend on the person and the day, and on nothing that changes under one's hands.
    """
    known: dict[str, RawSQL] = user.__dict__.setdefault("_written_once", {})
    if name not in known:
        try:
            sql, params = rows().query.sql_with_params()
        except EmptyResultSet:
            sql, params = NOTHING, ()
        # Django wrote it; its values are parameters.
        known[name] = RawSQL(sql, params)  # noqa: S611
    return known[name]
