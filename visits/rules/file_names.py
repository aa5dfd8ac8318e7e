"""Names of files as they may be kept and offered again."""

import re
import unicodedata

from visits.rules.file_kinds import FileKind

LONGEST = 100  # characters
SUFFIX = re.compile(r"\.([A-Za-z0-9]{1,5})$")


def clean_name(name: str, kind: FileKind) -> str:
    """A name without path, control signs and tricks of direction.

    The ending is that of the content: `evil.html` that holds a picture is a `.jpg`.
    """
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    # Control, format (which turn the direction of writing), surrogates, separators.
    kept = [c for c in name if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"}]
    name = re.sub(r'[<>:"|?*%\u2028\u2029]', "_", "".join(kept))
    name = re.sub(r"\s+", " ", name).strip(" .")
    ending = SUFFIX.search(name)
    stem = name[: ending.start()] if ending else name
    fits = ending and ending[1].lower() in (kind.extension, *kind.others)
    last = ending[1].lower() if ending and fits else kind.extension
    stem = stem.strip(" .")[: LONGEST - len(last) - 1].rstrip(" .")
    return f"{stem or 'file'}.{last}"
