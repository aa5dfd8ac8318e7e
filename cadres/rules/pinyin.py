"""How a Chinese name is typed and sorted without Chinese characters."""

from pypinyin import Style, lazy_pinyin


def pinyin_of(name: str) -> str:
    """Whole pinyin without tones and spaces: 辛志强 → xinzhiqiang."""
    return "".join(lazy_pinyin(name)).lower()


def initials_of(name: str) -> str:
    """First letters: 辛志强 → xzq."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
