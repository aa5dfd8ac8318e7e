"""Words for codes, without asking for every other code's word as well."""

from functools import cache
from typing import Any

from django.db import models
from django.utils.encoding import force_str


class Labelled(models.Model):
    """`get_state_display()` and its like, for choices that never change.

    Django translates all choices of a column each time that it names one.
    """

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: Any) -> Any:  # noqa: N802
        code = getattr(self, field.attname)
        return force_str(_labels(field).get(code, code), strings_only=True)


@cache
def _labels(field: Any) -> dict[Any, Any]:
    return dict(field.flatchoices)
