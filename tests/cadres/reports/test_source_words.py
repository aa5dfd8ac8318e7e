import pytest

from cadres.reports.source_words import source_in_words
from tests.addresses import names_of

# What writes nothing and refuses nobody by name.
SILENT = {"favicon", "healthz", "metrics", "readyz"}


def test_every_address_has_words():
    names = set(names_of()) - SILENT

    assert [
        it for it in names if source_in_words(it) == it or "_" in source_in_words(it)
    ] == []


@pytest.mark.usefixtures("english")
def test_the_longest_beginning_counts():
    said = {
        "account_login": "Sign in",
        "mfa_activate_totp": "My sign-in and security",
        "visits:letter_step": "Letters",
        "visits:feed_make": "Calendar address",
        "visits:feedback_list": "Complaints and suggestions",
        "manage.py:open_account": "Command on the server: open_account",
        "grassroots_owner": "Outside of any page, as grassroots_owner",
        "": "",
    }
    assert {it: source_in_words(it) for it in said} == said
