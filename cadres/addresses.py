"""Addresses that a page has by the dozen, put together once a process.

Django looks for each anew, longer than it takes to draw the link.
"""

from functools import lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse

STAND_IN = "XXXXXXXX"
NO_KEY = 10**12  # of any row


def address(name: str) -> str:
    """As `reverse`, of an address without arguments."""
    return _plain(name, get_urlconf(), get_script_prefix())


def address_of(name: str, reference: str) -> str:
    """As `reverse`, of a record's page; its reference has letters and digits alone."""
    form = _of_record(name, get_urlconf(), get_script_prefix())
    return form.replace(STAND_IN, reference)


def address_of_key(name: str, key: int) -> str:
    """As `reverse`, of the page of a row that is named by its key."""
    form = _of_key(name, get_urlconf(), get_script_prefix())
    return form.replace(str(NO_KEY), str(key))


@lru_cache(maxsize=1000)
def _plain(name: str, _urlconf: str | None, _prefix: str) -> str:
    return reverse(name)


@lru_cache(maxsize=1000)
def _of_record(name: str, _urlconf: str | None, _prefix: str) -> str:
    return reverse(name, args=[STAND_IN])


@lru_cache(maxsize=1000)
def _of_key(name: str, _urlconf: str | None, _prefix: str) -> str:
    return reverse(name, args=[NO_KEY])
