"""Latin letters that stand in Cyrillic words: they look right and make the word impossible to find.

Only a word that has Cyrillic letters, and no Latin ones but those that look Cyrillic, is changed. A Latin name with a
Cyrillic letter in it stays as it is: which script was meant is not to be known.
"""

from __future__ import annotations

import re

import polars as pl

_LATIN = "ABCEHIKMOPTXYaceiopxyhË"
_CYRILLIC = "АВСЕНІКМОРТХУасеіорхуһЁ"
_TABLE = str.maketrans(_LATIN, _CYRILLIC)
_CYRILLIC_LETTER = re.compile(r"[\u0400-\u04ff]")
_FOREIGN_LETTER = re.compile(r"[A-Za-z\u00c0-\u024f]")
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u0400-\u04ff]+")
# What the engine looks for in whole columns: a letter of one script beside one of the other.
_MIXED = r"[\x{0400}-\x{04ff}][A-Za-zË]|[A-Za-zË][\x{0400}-\x{04ff}]"


def cleaned(text: str) -> str:
    """The text with the look-alikes in Cyrillic words replaced."""
    return _WORD.sub(lambda word: _clean_word(word[0]), text)


def _clean_word(word: str) -> str:
    if not _CYRILLIC_LETTER.search(word):
        return word
    replaced = word.translate(_TABLE)
    return word if _FOREIGN_LETTER.search(replaced) else replaced


def clean(frame: pl.DataFrame, names: list[str]) -> tuple[pl.DataFrame, int]:
    """Clean columns of texts; with the number of values that changed."""
    count = 0
    for name in names:
        column = frame[name]
        mixed = column.str.contains(_MIXED).fill_null(False)
        if not mixed.any():
            continue
        before = column.filter(mixed)
        after = pl.Series(name, [cleaned(text) for text in before], dtype=pl.String)
        count += int((before != after).sum())
        frame = frame.with_columns(column.scatter(mixed.arg_true(), after))
    return frame, count
