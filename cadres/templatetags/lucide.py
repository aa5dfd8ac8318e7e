"""`{% lucide %}` as the lucide package has it, but each icon is drawn once a process.

The package parses and writes XML for every icon of every page.
"""

from functools import lru_cache

from django import template
from lucide.templatetags import lucide as package

register = template.Library()


@lru_cache(maxsize=1024)
def _drawn(name: str, size: int | None, attributes: tuple[tuple[str, str], ...]) -> str:
    drawn: str = package.lucide(name, size=size, **dict(attributes))
    return drawn


@register.simple_tag
def lucide(name: str, *, size: int | None = 24, **attributes: object) -> str:
    given = tuple((key, str(value)) for key, value in attributes.items())
    return _drawn(str(name), size, given)
