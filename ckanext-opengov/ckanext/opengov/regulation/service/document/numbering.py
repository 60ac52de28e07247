"""Numbers of parts: what they are worth, and whether one may follow another."""

from __future__ import annotations

import re

from ckanext.opengov.regulation.service.document.tree import eid_number

# The letters that lists of acts use, in their order. Lists leave out ё, й, ъ, ы, ь.
_ALPHABETS = (
    "абвгдежзиклмнопрстуфхцчшщэюя",
    "аәбвгғдежзикқлмнңоөпрстуұүфхһцчшіэюя",
    "abcdefghijklmnopqrstuvwxyz",
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_LETTER = re.compile(r"[^\W\d_]$")


def parse(number: str) -> tuple[int, ...] | None:
    """``5`` is ``(5,)``, ``5-1`` and ``5.1`` are ``(5, 1)``, ``IV`` is ``(4,)``; None for what is no number."""
    plain = number.strip().rstrip(".)")
    if re.fullmatch(r"\d{1,6}(?:[-.]\d{1,6})*", plain):
        return tuple(int(piece) for piece in re.split(r"[-.]", plain))
    name = eid_number(plain)
    if len(plain) > 0 and re.fullmatch(r"[ivxlcdm]+", name) and not _is_cyrillic_letter(plain):
        return (_roman(name),)
    return None


def _is_cyrillic_letter(plain: str) -> bool:
    return len(plain) == 1 and plain.lower() in "абвгдежзийклмнопрстуфхцчшщэюя"


def _roman(name: str) -> int:
    total = 0
    for letter, after in zip(name, [*name[1:], ""], strict=True):
        value = _ROMAN[letter]
        total += -value if after and _ROMAN[after] > value else value
    return total


def is_first(number: str) -> bool:
    """Whether a row of numbers may begin with it."""
    if _LETTER.fullmatch(number):
        return number.lower() in {"а", "a", "i"}
    return parse(number) in {(1,), (0,)} or parse(number) is None


def follows(number: str, before: str) -> bool:
    """Whether ``number`` may stand right after ``before``: 6 or 5-1 after 5, 6 or 5-3 after 5-2, ``б`` after ``а``."""
    if _LETTER.fullmatch(number) and _LETTER.fullmatch(before):
        return any(before.lower() + number.lower() in alphabet for alphabet in _ALPHABETS)
    this, last = parse(number), parse(before)
    if this is None or last is None:
        return True
    for depth in range(len(last)):
        if this == (*last[:depth], last[depth] + 1):
            return True
    return this == (*last, 1)


def expected(before: str) -> str:
    """The plain number after another one, for saying what would be right."""
    if _LETTER.fullmatch(before):
        for alphabet in _ALPHABETS:
            place = alphabet.find(before.lower())
            if 0 <= place < len(alphabet) - 1:
                return alphabet[place + 1]
    last = parse(before)
    if last is None:
        return ""
    return "-".join(str(one) for one in (*last[:-1], last[-1] + 1))
