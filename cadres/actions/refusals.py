"""How an action says no, so that the page can say it beside the field."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cadres.rules.faults import Fault


class RowRefusal(ValidationError):
    """A ValidationError with the faults it found in rows, by argument."""

    def __init__(
        self,
        message: Any,
        *,
        code: str,
        params: dict[str, Any] | None = None,
        faults: Mapping[str, Sequence[Fault]] | None = None,
    ) -> None:
        super().__init__(message, code=code, params=params)
        self.faults = faults or {}


def refuse(field: str | None, message: Any, *, code: str, **params: Any) -> NoReturn:
    """Refuse because of one argument, or as a whole if `field` is None."""
    error = ValidationError(message, code=code, params=params)
    raise ValidationError({field: error}) if field else error


def stale() -> ValidationError:
    return ValidationError(
        _("Someone else has changed this meanwhile. Look again, then save once more."),
        code="stale",
    )
