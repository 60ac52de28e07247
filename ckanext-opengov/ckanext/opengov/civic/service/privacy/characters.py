"""Texts made comparable character by character, so that every offset stays what it was."""

from __future__ import annotations

import unicodedata

# Invisible characters that are put into numbers, by accident or to hide them.
INVISIBLE = "\u200b"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
# Cyrillic letters that look like Latin ones: people write number plates and IBANs with either.
_LATIN = dict(zip("АВЕКМНОРСТУХІЅЈҮҺЁ", "ABEKMHOPCTYXISJYHE", strict=True))
_FULL_WIDTH = range(0xFF01, 0xFF5F)


class _Plain(dict[int, str]):
    """Any digit becomes an ASCII digit, any dash a hyphen, any space a space; the rest stays."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if code in _FULL_WIDTH:
            character = chr(code - 0xFEE0)
        category = unicodedata.category(character)
        if category == "Nd":
            character = str(unicodedata.decimal(character))
        elif category == "Pd" or character == "−":
            character = "-"
        elif category == "Zs":
            character = " "
        elif character in _INVISIBLE:
            character = INVISIBLE
        self[code] = character
        return character


class _Latin(dict[int, str]):
    """Capitals, with look-alikes as Latin letters."""

    def __missing__(self, code: int) -> str:
        capital = chr(code).upper()
        character = capital if len(capital) == 1 else chr(code)
        self[code] = _LATIN.get(character, character)
        return self[code]


_PLAIN = _Plain()
_LATIN_TABLE = _Latin()


def plain(text: str) -> str:
    """The text with plain digits, dashes and spaces; of the same length."""
    return text.translate(_PLAIN)


def latin(text: str) -> str:
    """The text in capitals with look-alikes as Latin letters; of the same length."""
    return text.translate(_LATIN_TABLE)
