"""Search in Chinese text: pairs of characters in an array index."""

from itertools import pairwise

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Bigrams(models.Func):
    """All pairs of neighbouring characters of a text, as the index holds them."""

    function = "zh_bigrams"
    output_field = ArrayField(models.TextField())


def pairs(text: str) -> list[str]:
    """The pairs of a search word that the index can answer for.

    Blanks and signs are not in the index, so pairs with them are left out.
    """
    lowered = text.lower()
    return [a + b for a, b in pairwise(lowered) if a.isalnum() and b.isalnum()]
