"""Collect texts for translation, without GNU gettext (needs Babel: `make messages`)."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.template import templatize

FOLDERS = ("cadres", "config", "visits", "templates")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
Text = tuple[str | None, str, str | None]  # context, singular, plural


def texts_in_code() -> set[Text]:
    """Every text that code and templates ask to be translated."""
    found: set[Text] = set()
    for folder in FOLDERS:
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                found.update(_texts(path.read_bytes()))
            elif path.suffix in (".html", ".txt") and path.is_file():
                source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
                # Only the calls in it matter; its indentation is the template's own.
                lines = (line.lstrip() for line in source.splitlines())
                found.update(_texts("\n".join(lines).encode()))
    return found


def _texts(source: bytes) -> Iterator[Text]:
    from babel.messages.extract import extract

    for _line, text, _comments, context in extract(
        "python", BytesIO(source), keywords=KEYWORDS
    ):
        if isinstance(text, tuple):
            yield context, text[0], text[1]
        elif text:
            yield context, text, None


class Command(BaseCommand):
    help = "Add new texts to the translation file, and take out those that are gone."

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.LOCALE_PATHS[0]) / "zh_Hans/LC_MESSAGES/django.po"
        book = polib.pofile(str(path), wrapwidth=88)
        known = {(entry.msgctxt, entry.msgid): entry for entry in book}
        wanted = {(context, text): plural for context, text, plural in texts_in_code()}
        for key in known.keys() - wanted.keys():
            book.remove(known[key])
        for (context, text), plural in wanted.items():
            if (context, text) not in known:
                entry = polib.POEntry(msgctxt=context, msgid=text)
                if plural:
                    entry.msgid_plural = plural
                    entry.msgstr_plural = {0: ""}
                if "%(" in text:
                    entry.flags.append("python-format")
                book.append(entry)
        book.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
        book.save(str(path))
        missing = [entry for entry in book if not entry.translated()]
        self.stdout.write(f"{len(book)} texts, {len(missing)} without translation")
