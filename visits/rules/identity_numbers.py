"""Identity numbers, which are never kept here (handbook 7.1)."""

import re
import unicodedata
from datetime import date

# Seventeen digits and a check character, perhaps written in groups.
CANDIDATE = re.compile(r"(?<![0-9])(?:[0-9][ \t.·-]{0,2}){17}[0-9Xx](?![0-9])")


def has_identity_number(text: str) -> bool:
    """Whether something in `text` reads as a citizen's identity number.

    Judged by its form and the birthday in it, not by its check character: a mistyped
    number is somebody's, too. Numbers of other kinds seldom have a birthday there.
    """
    plain = unicodedata.normalize("NFKC", text)
    return any(_has_birthday(found[0]) for found in CANDIDATE.finditer(plain))


def _has_birthday(number: str) -> bool:
    digits = re.sub(r"[^0-9Xx]", "", number)
    try:
        born = date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    return 1900 <= born.year < 2100
