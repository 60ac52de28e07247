"""Phones and e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import phonenumbers

from ckanext.opengov.civic.service.privacy.characters import INVISIBLE
from ckanext.opengov.civic.service.privacy.findings import Finding, Kind

_GAP = rf"[ .\-/()\[\]{INVISIBLE}]"
_PHONE_WORD = (
    r"тел(?:ефон[а-яё]*)?|моб(?:ильн[а-яё]*)?|сот(?:овый|ка)?|ұялы|факс|fax|tel|phone|whats\s?app|ватсап|вотсап|уатсап"
    r"|telegram|телеграм|звон[а-яё]*|позвон[а-яё]*|қоңырау|хабарлас[а-яңыі]*|байланыс[а-яңыі]*"
)
_WORD_REACH = 40
_NEAR_PHONE = re.compile(rf"(?<!\w)(?:{_PHONE_WORD})(?!\w)[^\d\n]{{0,15}}$", re.IGNORECASE)
_NEAR_NUMBER = re.compile(rf"(?<!\w)(?:{_PHONE_WORD}|номер[а-яё]*|нөмір[а-яі]*)(?!\w)[^\d\n]{{0,25}}$", re.IGNORECASE)

# 8 or 7, then ten digits in pieces. Without a gap after the prefix, "8701 123 45 67", a mobile code follows.
_PREFIX = re.compile(rf"(?<![\d+])(?:8{_GAP}{{1,3}}(?=[3-9]\d\d)|7{_GAP}{{1,3}}(?=[79]\d\d)|[78](?=[79]\d\d{_GAP}))")
_PIECE = re.compile(rf"{_GAP}{{0,3}}(\d+)")
_MOST_NATIONAL_PIECES = 5
# Letters a to f at its side are those of a hash.
_COMPACT = re.compile(r"(?<![\d+a-fA-F])(?:8[679]|7[67])\d{9}(?![\da-fA-F])")
_DIGIT_BY_DIGIT = re.compile(r"(?<!\d)(?<!\d )[78] [79](?: \d){9}(?! ?\d)")
_WITHOUT_PREFIX = re.compile(r"(?<![\d+])(?<!\d[ -])7\d\d[ -]\d{3}[ -]\d{2}[ -]\d{2}(?![ -]?\d)")
_WITH_CODE = re.compile(r"\(\s?7\d{2,4}\s?\)[ -]{0,2}\d{1,3}(?:[ -]?\d{2,3}){1,3}(?!\d)")
_TEN_AFTER_WORD = re.compile(r"(?<![\d+])7\d{2}[ -]?\d{3}[ -]?\d{2}[ -]?\d{2}(?!\d)")
_LOCAL = re.compile(r"(?<![\d+(-])\d{1,3}[ -]\d{2}[ -]\d{2}(?![ -]?\d)|(?<![\d+(-])\d{6,7}(?![ -]?\d)")
_INTERNATIONAL = re.compile(rf"(?:\+{_GAP}{{0,2}}|(?<![\d.,-])00[ -]?)(?=[1-9])\d+(?:{_GAP}{{1,3}}\d+)*")
_DIGITS = re.compile(r"\d+")
_MOST_PIECES = 8
_MONEY = re.compile(r"(?:[.,]\d{1,2})?\s{0,2}(?:тенге|теңге|тг\b|₸|руб|долл|\$|€|%|млн|млрд|мың|тыс)", re.IGNORECASE)


def find_phones(text: str) -> Iterator[Finding]:
    """Phones of Kazakhstan in every way of writing them, and those of other countries with +, in a plain text."""
    for start, end in _national(text):
        if not _MONEY.match(text, end):
            yield Finding(Kind.PHONE, start, end, "kazakhstan")
    for match in _INTERNATIONAL.finditer(text):
        found = _international(text, match)
        if found and not _MONEY.match(text, found.end):
            yield found


def _national(text: str) -> Iterator[tuple[int, int]]:
    for prefix in _PREFIX.finditer(text):
        end = _tenth_digit(text, prefix.end())
        if end:
            yield prefix.start(), end
    for pattern in (_COMPACT, _DIGIT_BY_DIGIT, _WITHOUT_PREFIX):
        yield from (match.span() for match in pattern.finditer(text))
    for match in _WITH_CODE.finditer(text):
        if sum(character.isdigit() for character in match[0]) == 10:
            yield match.span()
    for pattern, word in ((_TEN_AFTER_WORD, _NEAR_NUMBER), (_LOCAL, _NEAR_PHONE)):
        for match in pattern.finditer(text):
            if word.search(text[max(0, match.start() - _WORD_REACH) : match.start()]):
                yield match.span()


def _tenth_digit(text: str, position: int) -> int | None:
    """Where the number ends when a piece ends with its tenth digit."""
    sizes: list[int] = []
    while sum(sizes) < 10 and len(sizes) < _MOST_NATIONAL_PIECES:
        piece = _PIECE.match(text, position)
        if not piece:
            return None
        sizes.append(len(piece[1]))
        position = piece.end()
    # 71042 2-12-34: a piece of one digit belongs to a long code only; else "8 300 1 2 …" would be a phone.
    lone = 1 in sizes[1:] and sizes[0] < 5
    return position if sum(sizes) == 10 and not lone else None


def _international(text: str, match: re.Match[str]) -> Finding | None:
    """The longest beginning of the match that is a phone; what follows may be another number."""
    pieces = list(islice(_DIGITS.finditer(text, match.start(), match.end()), _MOST_PIECES))
    possible: Finding | None = None
    # 00 begins many other numbers: after it a country's code must stand alone, or the whole number.
    if match[0][0] != "+" and not _begins_with_country(match[0]):
        return None
    for last in range(len(pieces), 0, -1):
        digits = "".join(piece[0] for piece in pieces[:last]).removeprefix("00")
        if not 8 <= len(digits) <= 15:
            continue
        try:
            number = phonenumbers.parse(f"+{digits}")
        except phonenumbers.NumberParseException:
            continue
        ours = len(digits) == 11 and digits[0] == "7" and digits[1] in "3456789"
        found = Finding(Kind.PHONE, match.start(), pieces[last - 1].end(), "kazakhstan" if ours else "international")
        if ours or phonenumbers.is_valid_number(number):
            return found
        if match[0][0] == "+" and len(digits) >= 10 and phonenumbers.is_possible_number(number):
            possible = possible or found
    return possible


def _begins_with_country(text: str) -> bool:
    first = _DIGITS.findall(text)[0].removeprefix("00") or _DIGITS.findall(text)[1]
    return len(first) >= 8 or int(first) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE


_AT = re.compile(r" ?@ ?| ?[\[({<] ?(?:at|@|собака|ат) ?[\])}>] ?| собака ", re.IGNORECASE)
_DOT = r"(?:\.| ?[\[({] ?(?:dot|точка|нүкте) ?[\])}] ?| точка )"
_DOMAIN = re.compile(rf"(?:[\w-]{{1,63}}{_DOT})+[^\W\d_]{{2,24}}(?![\w-])", re.IGNORECASE)
_LOCAL_PART = frozenset(".%+-_'’!#&*/=?^`{|}~")


def find_emails(text: str) -> Iterator[Finding]:
    """E-mail addresses, also with "(at)" and "(собака)", in a plain text."""
    for at in _AT.finditer(text):
        start = at.start()
        while start and (text[start - 1].isalnum() or text[start - 1] in _LOCAL_PART):
            start -= 1
        domain = _DOMAIN.match(text, at.end())
        if start < at.start() and domain:
            yield Finding(Kind.EMAIL, start, domain.end(), "address")
