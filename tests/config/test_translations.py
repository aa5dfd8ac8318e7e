"""Every text that users read has a Chinese translation."""

from pathlib import Path

import polib
import pytest
from django.conf import settings

from cadres.management.commands.update_messages import texts_in_code


@pytest.fixture(scope="module")
def book():
    path = Path(settings.LOCALE_PATHS[0]) / "zh_Hans/LC_MESSAGES/django.po"
    return polib.pofile(str(path))


def test_every_text_is_translated(book):
    known = {
        (entry.msgctxt, entry.msgid)
        for entry in book
        if entry.translated() and not entry.fuzzy
    }
    wanted = {(context, text) for context, text, _plural in texts_in_code()}

    assert len(wanted) > 300
    assert sorted(wanted - known, key=str) == []


def test_no_translation_is_left_over(book):
    wanted = {(context, text) for context, text, _plural in texts_in_code()}

    assert [e.msgid for e in book if (e.msgctxt, e.msgid) not in wanted] == []


def test_translations_keep_their_placeholders(book):
    import re

    for entry in book:
        texts = [entry.msgstr, *entry.msgstr_plural.values()]
        for text in filter(None, texts):
            names = set(re.findall(r"%\((\w+)\)[sd]", text))
            assert names <= set(
                re.findall(r"%\((\w+)\)[sd]", entry.msgid + (entry.msgid_plural or ""))
            ), entry.msgid


@pytest.mark.parametrize("wanted", ["9999-12-31", "NaN", "-1", "\x00", "//evil", "x:y"])
def test_a_word_that_is_no_path_leads_home(client, wanted):
    response = client.post("/language/", {"language": "en", "next": wanted})

    assert (response.status_code, response.url) == (302, "/")
