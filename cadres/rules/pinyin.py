"""How a Chinese name is typed and sorted without Chinese characters.

pypinyin keeps 55 MiB of words: it is imported by those who ask, so that web processes,
in which few ever do, are without it.
"""

from functools import lru_cache


def pinyin_of(name: str) -> str:
    """Whole pinyin without tones and spaces: 辛志强 → xinzhiqiang."""
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(name)).lower()


def initials_of(name: str) -> str:
    """First letters: 辛志强 → xzq."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()


def spelled(name: str) -> tuple[str, str]:
    """Both at once for the names of places: gulouqu, glq; quick for very many."""
    from pypinyin.seg import mmseg

    syllables = [
        syllable for word in mmseg.seg.cut(name) for syllable in _syllables(word)
    ]
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


@lru_cache(maxsize=50_000)
def _syllables(word: str) -> list[str]:
    """How a word or a single character sounds; few occur, and very often."""
    from pypinyin import lazy_pinyin

    return [syllable.lower() for syllable in lazy_pinyin(word) if syllable]
