"""One form, sent twice, is one record."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

P = ParamSpec("P")
Row = TypeVar("Row", bound=models.Model)


def once(
    rows: models.Manager[Row], author: str
) -> Callable[[Callable[P, Row]], Callable[P, Row]]:
    """Let an action answer with what stands, if it had this key of this person before.

    The action takes `by` and `client_key`, runs in one transaction, and `author` is the
    field that keeps `by`. Of two at once the first one to arrive wins; the other one
    sees it in the checks before saving, or in the database's own.
    """

    def decorate(act: Callable[P, Row]) -> Callable[P, Row]:
        @wraps(act)
        def acted(*args: P.args, **kwargs: P.kwargs) -> Row:
            mine = {author: kwargs["by"], "client_key": kwargs["client_key"]}
            known = rows.filter(**mine)
            if stands := known.first():
                return stands
            try:
                with transaction.atomic():
                    return act(*args, **kwargs)
            except (IntegrityError, ValidationError):
                if stands := known.first():
                    return stands
                raise

        return acted

    return decorate
