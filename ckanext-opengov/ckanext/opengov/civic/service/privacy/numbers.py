"""Values with a check digit: IIN, BIN, bank cards, IBAN. Spaces and dashes may stand inside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from stdnum import iban, luhn

from ckanext.opengov.civic.identifiers import is_bin, is_iin
from ckanext.opengov.civic.service.privacy.characters import INVISIBLE, latin
from ckanext.opengov.civic.service.privacy.findings import Finding, Kind

_BETWEEN = rf"(?: {{1,2}}| ?- ?|{INVISIBLE})"
_RUN = re.compile(rf"\d+(?:{_BETWEEN}\d+)*")
_DIGITS = re.compile(r"\d+")
_MOST_PARTS = 5
_SHORTEST, _LONGEST = 12, 19
_MONEY = re.compile(
    r"(?:[.,]\d{1,2})?\s{0,2}(?:тенге|теңге|тг\b|₸|kzt|руб|₽|долл|usd|eur|евро|еуро|\$|€|млн|млрд|трлн|тыс|мың|миллион|миллиард)",
    re.IGNORECASE,
)
_BIN_WORD = re.compile(r"(?:БИН|БСН|BIN)\W{0,4}$", re.IGNORECASE)
_ID_WORD = re.compile(r"(?:ИИН|ЖСН|IIN|БИН|БСН|BIN)\W{0,4}$", re.IGNORECASE)
_WORD_REACH = 12

# Issuer prefixes: first digits of card numbers by scheme, with the lengths in use.
_SCHEMES: tuple[tuple[str, re.Pattern[str], frozenset[int]], ...] = (
    ("visa", re.compile("4"), frozenset({13, 16, 19})),
    ("mastercard", re.compile("5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)"), frozenset({16})),
    ("mir", re.compile("220[0-4]"), frozenset({16, 17, 18, 19})),
    ("amex", re.compile("3[47]"), frozenset({15})),
    ("unionpay", re.compile("62|81"), frozenset({16, 17, 18, 19})),
    ("jcb", re.compile("35(?:2[89]|[3-8])"), frozenset({16})),
    ("diners", re.compile("3(?:0[0-5]|[689])"), frozenset({14})),
    ("maestro", re.compile("50|5[6-9]|6[013-9]"), frozenset({16, 18, 19})),
    ("uzcard", re.compile("8600|9860"), frozenset({16})),
)

# How people divide a card's digits; any other division is a row of numbers.
_CARD_PARTS = ({4}, {8}, {1})
_OTHER_CARD_PARTS = ((4, 6, 5), (4, 6, 4), (4, 4, 4, 2), (4, 4, 4, 4, 3), (6, 10), (6, 13), (4, 12), (4, 4, 8))
# Numbers of land plots are twelve digits too: 03-088-083-1234.
_CADASTRAL = (2, 3, 3, 4)


@dataclass(frozen=True)
class _Number:
    digits: str
    start: int
    end: int
    parts: tuple[int, ...]


def find_numbers(text: str) -> Iterator[Finding]:
    """IIN, BIN and cards in a plain text."""
    for number in _candidates(text):
        kind, value_class = _judge(text, number)
        if kind and not _MONEY.match(text, number.end) and _stands_alone(text, number):
            yield Finding(kind, number.start, number.end, value_class)


def _candidates(text: str) -> Iterator[_Number]:
    """Neighbouring groups of digits, joined in every way that makes a number of 12 to 19 digits."""
    for run in _RUN.finditer(text):
        if run.end() - run.start() < _SHORTEST:
            continue
        groups = [part.span() for part in _DIGITS.finditer(text, run.start(), run.end())]
        yield from _digit_by_digit(text, groups)
        for first in range(len(groups)):
            for size in range(1, min(_MOST_PARTS, len(groups) - first) + 1):
                part = groups[first : first + size]
                digits = sum(end - start for start, end in part)
                if digits > _LONGEST:
                    break
                if digits >= _SHORTEST:
                    yield _joined(text, part)


def _digit_by_digit(text: str, groups: list[tuple[int, int]]) -> Iterator[_Number]:
    for single, same in groupby(groups, key=lambda group: group[1] - group[0] == 1):
        digits = list(same) if single else []
        if _SHORTEST <= len(digits) <= _LONGEST:
            yield _joined(text, digits)


def _joined(text: str, groups: list[tuple[int, int]]) -> _Number:
    digits = "".join(text[start:end] for start, end in groups)
    return _Number(digits, groups[0][0], groups[-1][1], tuple(end - start for start, end in groups))


def _judge(text: str, number: _Number) -> tuple[Kind | None, str]:
    if len(number.digits) == 12:
        if number.parts == _CADASTRAL:
            return None, ""
        if is_iin(number.digits):
            return Kind.IIN, "person"
        if is_bin(number.digits) and (_has_month(number.digits) or _after(_BIN_WORD, text, number.start)):
            return Kind.BIN, "organisation"
        return None, ""
    scheme = _scheme(number)
    return (Kind.CARD, scheme) if scheme else (None, "")


def _has_month(digits: str) -> bool:
    # A BIN begins with year and month of registration; without this every twelfth sum would be one.
    return "01" <= digits[2:4] <= "12"


def _scheme(number: _Number) -> str:
    usual = len(number.parts) == 1 or set(number.parts) in _CARD_PARTS or number.parts in _OTHER_CARD_PARTS
    if not usual or not luhn.is_valid(number.digits) or len(set(number.digits)) == 1:
        return ""
    for name, prefix, lengths in _SCHEMES:
        if len(number.digits) in lengths and prefix.match(number.digits):
            return name
    return ""


def _stands_alone(text: str, number: _Number) -> bool:
    """Not inside a word of Latin letters, such as a hash or a file's name; right after "IIN" it may stand."""
    before, after = text[number.start - 1 : number.start], text[number.end : number.end + 1]
    glued = (before.isascii() and (before.isalpha() or before == "_")) or (after.isascii() and after.isalpha())
    return not glued or _after(_ID_WORD, text, number.start)


def _after(word: re.Pattern[str], text: str, position: int) -> bool:
    return word.search(text[max(0, position - _WORD_REACH) : position]) is not None


_IBAN_START = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[ -]?\d{2}")
_IBAN_LENGTHS = range(34, 14, -1)
_LETTER_VALUES = {ord(letter): str(value) for value, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 10)}
_IBAN_GAP = f" -{INVISIBLE}"


def find_ibans(text: str) -> Iterator[Finding]:
    """IBANs of any country, by length and check digits (ISO 13616), in a plain text."""
    capitals = latin(text)
    for start in _IBAN_START.finditer(capitals):
        places = _places(capitals, start.start())
        characters = "".join(capitals[place] for place in places)
        for length in _IBAN_LENGTHS:
            if length > len(places):
                continue
            value = characters[:length]
            if _remainder(value) == 1 and iban.is_valid(value) and not _goes_on(capitals, places, length):
                yield Finding(Kind.IBAN, start.start(), places[length - 1] + 1, value[:2])
                break


def _remainder(value: str) -> int:
    """Of ISO 7064 mod 97-10: most beginnings fail here, long before the library looks at the country's form."""
    return int((value[4:] + value[:4]).translate(_LETTER_VALUES)) % 97


def _places(capitals: str, start: int) -> list[int]:
    """Where up to 34 letters and digits stand, with at most two gaps in a row between them."""
    places: list[int] = []
    gaps = 0
    for place in range(start, min(start + 80, len(capitals))):
        character = capitals[place]
        if character.isascii() and character.isalnum():
            places.append(place)
            gaps = 0
        elif character in _IBAN_GAP and gaps < 2:
            gaps += 1
        else:
            break
        if len(places) == _IBAN_LENGTHS.start:
            break
    return places


def _goes_on(capitals: str, places: list[int], length: int) -> bool:
    """Whether digits follow directly, so that this is the beginning of something longer."""
    return length < len(places) and places[length] == places[length - 1] + 1 and capitals[places[length]].isdigit()
