"""Counts that stop early: a page says "1,000+" where nobody needs the exact number."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

MOST = 1000


def capped_counts(**asked: QuerySet[Any]) -> dict[str, int]:
    """How many rows each has, in one query; one more than MOST stands for more."""
    counts = dict.fromkeys(asked, 0)
    parts: list[tuple[str, str]] = []
    params: list[Any] = []
    for name, rows in asked.items():
        few = rows.order_by().values("pk")[: MOST + 1]
        try:
            sql, its_params = few.query.sql_with_params()
        except EmptyResultSet:
            continue
        # Django wrote the inner statement; its values are parameters.
        parts.append((name, f"(SELECT count(*) FROM ({sql}) AS few)"))  # noqa: S608
        params += its_params
    if parts:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(sql for _n, sql in parts), params)
            names = (name for name, _sql in parts)
            counts |= dict(zip(names, cursor.fetchone(), strict=True))
    return counts


def in_figures(count: int) -> str:
    return f"{MOST:,}+" if count > MOST else f"{count:,}"
