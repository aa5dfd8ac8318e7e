"""Representatives of a group, typed into one field: name and contact of each."""

import re

SEPARATORS = re.compile(r"[;；\n]+")


def representatives_in(text: str) -> list[tuple[str, str]]:
    """Name and contact of each: "王芳 13800000000；赵强" gives two.

    What follows the first blank or comma is the contact, if it has a digit or an @.
    """
    found = []
    for part in SEPARATORS.split(text):
        words = part.replace("，", " ").replace(",", " ").split()
        if not words:
            continue
        contact = [word for word in words[1:] if re.search(r"[0-9@]", word)]
        name = [word for word in words if word not in contact]
        found.append((" ".join(name), " ".join(contact)))
    return found
