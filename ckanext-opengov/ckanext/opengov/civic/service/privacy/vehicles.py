"""Number plates of Kazakhstan, of the form in use since 2012 and of the one before, and Russian ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ckanext.opengov.civic.service.privacy.characters import INVISIBLE, latin
from ckanext.opengov.civic.service.privacy.findings import Finding, Kind

_GAP = rf"[ \-|/_{INVISIBLE}]{{0,2}}"
# Regions 01 to 20; three letters for persons, two for organisations and trailers.
_NEW = re.compile(
    rf"(?<![\w№])(?<!\d\.)(?:KZ{_GAP})?\d{{3}}{_GAP}[A-Z]{{2,3}}{_GAP}(?:0[1-9]|1\d|20)(?!\w)(?!{_GAP}\d)(?![.:]\d|,\d{{1,2}}(?!\d))"
)
_OLD = re.compile(rf"(?<!\w)[A-Z]{_GAP}\d{{3}}{_GAP}[A-Z]{{2,3}}(?!\w)")
_RUSSIAN = re.compile(rf"(?<!\w)[ABEKMHOPCTYX]{_GAP}\d{{3}}{_GAP}[ABEKMHOPCTYX]{{2}}{_GAP}\d{{2,3}}(?!\w)")
_WORD = re.compile(
    r"(?:г\.?\s?н|г/н|гос\W{0,2}номер|госномер|гос\.?\s?номер|номер|нөмір|авто|машин|көлік|автокөлік|toyota|тойота|lada"
    r"|лада|нива|hyundai|kia|chevrolet|camry|камри|мкөн|мтқк|plate|vrn)[^\n.!?]{0,40}$",
    re.IGNORECASE,
)
_WORD_REACH = 60
# Capitals that stand between numbers for other reasons: acts, legal forms, units, currencies.
_NO_SERIES = frozenset(
    (
        "РК",
        "УК",
        "ГК",
        "НК",
        "ТК",
        "КоАП",
        "АО",
        "ТОО",
        "СТО",
        "ООО",
        "НПА",
        "СМ",
        "ММ",
        "КМ",
        "КГ",
        "РУБ",
        "KZT",
        "USD",
        "EUR",
        "CM",
        "MM",
        "KM",
    )
)
_LETTERS = re.compile(r"[^\W\d_]+")


def find_vehicles(text: str) -> Iterator[Finding]:
    """Number plates in a plain text, in Latin letters or Cyrillic look-alikes."""
    capitals = latin(text)
    for pattern, value_class in ((_NEW, "new"), (_OLD, "old"), (_RUSSIAN, "russian")):
        for match in pattern.finditer(capitals):
            if _is_plate(text, match, value_class):
                yield Finding(Kind.VEHICLE, match.start(), match.end(), value_class)


def _is_plate(text: str, match: re.Match[str], value_class: str) -> bool:
    written = text[match.start() : match.end()]
    series = _LETTERS.findall(written)
    if _WORD.search(text[max(0, match.start() - _WORD_REACH) : match.start()]):
        return True
    compact = not any(character.isspace() for character in written)
    if not compact and any(letters in _NO_SERIES for letters in series):
        return False
    if value_class == "old":
        # "В 123 СМ" may be an all-capital sentence; the old form with spaces needs three letters.
        return _is_capital(written) and (compact or len(series[-1]) == 3)
    return _is_capital(written) or (compact and len(series[-1]) == 3)


def _is_capital(written: str) -> bool:
    return all(character.isupper() for character in written if character.isalpha())
