"""Addresses with a flat. A street or a house alone is no personal data: officials write them all the time.

The flat is looked for first; from it one looks back for the house and the street, or ahead in the other order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ckanext.opengov.civic.service.privacy.findings import Finding, Kind

_LETTERS = "а-яёәғқңөұүһіa-z"
_CAPITALS = "A-ZА-ЯЁӘҒҚҢӨҰҮҺІ"
_ONE = rf"(?:\s?(?i:[{_LETTERS}])(?:(?!\w)|(?=(?i:үй|пәт|дом|кв))))?"
_QUOTED_LETTER = rf"\s?[«\"“](?i:[{_LETTERS}])[»\"”]"
_HOUSE_NUMBER = rf"\d{{1,4}}(?:{_QUOTED_LETTER}|{_ONE}(?:\s?[/\\]\s?\d{{1,4}}{_ONE})?)"
_ORDINAL = r"(?:\s?-?\s?(?:інші|ыншы|нші|ншы|ші|шы)(?!\w))?"
_SIGN = r"(?:№\s?|#\s?|N\s?)?"
_END = rf"(?i:[{_LETTERS}]*)"

_FLAT_WORD = r"(?i:квартир[а-яё]{0,3}|кв-р[аыеу]|кв|апарт[а-яё]*|apartment|apt|flat)"
_FLAT = re.compile(
    rf"(?<!\w){_FLAT_WORD}\s?[.:,]?\s?-?\s?{_SIGN}\d{{1,4}}(?:\s?(?i:[{_LETTERS}])(?!\w))?(?!\w)(?!\s?(?i:год|г\.|жыл))"
    rf"|(?<!\w)(?<!\d[-/.,]){_SIGN}\d{{1,4}}{_ONE}{_ORDINAL}\s?-?\s?"
    rf"(?:(?i:пәтер)(?!(?i:л|с[іи]з)){_END}|(?i:пәт)\b\.?|(?i:пт)\.|(?i:квартир[аеу])(?!\w)(?!\s?{_SIGN}\d)"
    rf"|(?i:кв)(?!\w)(?!\.?\s?(?i:м|км|см|фут|дм|га)|\.?\s?-?\s?\d)\.?)"
    rf"|(?<!\w)(?i:пәтер){_END}(?:\s(?i:нөмірі))?\s?[.:]?\s?-?\s?{_SIGN}\d{{1,4}}(?!\w)(?!\s?-?\s?(?i:қабат|үй|кіребер))"
)

_ONE_FLAT = re.compile(rf"{_FLAT_WORD}|{_SIGN}\d{{1,4}}{_ONE}{_ORDINAL}-")

_HOUSE_WORD = rf"(?i:дом[а-яё]{{0,2}}|д|үй[{_LETTERS}]{{0,8}}|house|bldg|здание|зд|ғимарат{_END})"
_HOUSE = (
    rf"(?:(?<!\w){_HOUSE_WORD}\s?[.:,]?\s?-?\s?{_SIGN}{_HOUSE_NUMBER}"
    rf"|(?<!\w){_SIGN}{_HOUSE_NUMBER}{_ORDINAL}\s?-?\s?{_HOUSE_WORD}(?!\w)\.?)"
)
_PART_WORD = (
    rf"(?i:корпус{_END}|корп|к|строение|стр|блок{_END}|секция|сек|подъезд{_END}|под|п|этаж{_END}|эт"
    rf"|кіреберіс{_END}|қабат{_END}|entrance|floor)"
)
_PART = rf"(?:{_PART_WORD}\s?\.?\s?-?\s?{_SIGN}\d{{1,3}}{_ONE}|\d{{1,3}}{_ORDINAL}\s?-?\s?{_PART_WORD}(?!\w)\.?)"
_JOIN = r"[\s,.;:()-]{0,4}"
_PARTS = rf"{_JOIN}(?:{_PART}{_JOIN}){{0,4}}"

_STREET_BEFORE = (
    r"(?<!\w)(?i:улиц[а-яё]{1,2}|ул|проспект[а-яё]{0,2}|просп|пр-?к?т|пр|переул[а-яё]*|пер|микрорайон[а-яё]{0,2}|мкрн"
    r"|мкр-?н|мкр|м-?н|бульвар[а-яё]{0,2}|бул|б-?р|шоссе|проезд[а-яё]{0,2}|тупик[а-яё]{0,2}|набережн[а-яё]{2}|наб"
    r"|жилой массив|жилмассив|ж/м|жк|квартал|село|пос[её]лок|пос)(?![^\W\d])"
)
_NAME = r"[\w«\"“][\w.’'»\"”-]{0,24}"
# Of a name that stands before "street": an initial, a number up to three digits, or a word with a capital.
_CAPITAL_NAME = rf"(?:[{_CAPITALS}]\.|\d{{1,3}}|[{_CAPITALS}«\"“][^\W\d_’'»\"”]{{0,24}}[’'»\"”]?(?:-\d{{1,2}})?)"
# What still belongs to a street's name when nothing stands after it to show where it ends.
_TITLE = r"(?i:би|батыра?|хана?|ата|жолы|марта|акына?|ақын|султана?|сұлтан|әулие)(?!\w)"
_NAME_TAIL = rf"(?:\s(?:{_TITLE}|{_CAPITAL_NAME}(?![\w.])))?"
_STREET_AFTER = (
    rf"(?i:көше{_END}|көш|к-?с[іи]|даңғыл{_END}|даң|д-?лы|ықшам\s?-?аудан{_END}|шағын\s?-?аудан{_END}|мөлтек\s?-?аудан{_END}"
    rf"|ы\.\s?а|ш\.\s?а|тұйық{_END}|бульвар{_END}|орам{_END}|тас\s?жол{_END}|алаң{_END}|ауыл{_END}|кент{_END}|мкр-?н?|мкр"
    r"|микрорайон[а-яё]{0,2}|улица|street|str|st|avenue|ave)"
)
_STREET = (
    rf"(?:{_STREET_BEFORE}\s?\.?\s{{0,2}}{_NAME}(?:\s{_NAME}){{0,4}}?"
    rf"|(?<!\w)(?:{_CAPITAL_NAME}\s){{0,3}}(?:{_NAME}\s(?={_TITLE}\s))?{_NAME}[\s-]{{1,2}}{_STREET_AFTER}(?!\w)\.?)"
)

_HOUSE_BEFORE = re.compile(rf"{_HOUSE}{_PARTS}$")
_STREET_HOUSE_BEFORE = re.compile(rf"{_STREET}{_JOIN}{_SIGN}{_HOUSE_NUMBER}{_PARTS}$")
_STREET_ENDS = re.compile(rf"{_STREET}{_JOIN}$")
# A street's name alone is enough right before "number, flat": "Абая 10, кв. 5".
_BARE_NAME = rf"(?<!\w)[{_CAPITALS}][{_LETTERS}]{{2,24}}(?:\s{_TITLE})?"
_BARE_HOUSE_BEFORE = re.compile(rf"{_BARE_NAME},?\s(?!\d{{4}}){_HOUSE_NUMBER}{_JOIN}$")
_HOUSE_AHEAD = re.compile(rf"{_JOIN}(?:(?:в|на)\s)?{_HOUSE}")
_STREET_AHEAD = re.compile(rf"{_JOIN}(?:(?:по|на)\s)?{_STREET}{_NAME_TAIL}")
_STREET_PARTS_BEFORE = re.compile(rf"{_STREET}{_PARTS}$")
# A paragraph, a question or an exclamation ends what an address may reach over.
_BREAK = re.compile(r"\n\s*\n|[!?]")
_REACH = 160

# "Abay street 10-5": house and flat. With an en dash or spaces it is a row of houses, before a unit an amount.
_HOUSE_DASH_FLAT = re.compile(
    rf"(?<![\w/.,-])\d{{1,3}}(?i:[{_LETTERS}])?(?:/\d{{1,3}})?-\d{{1,3}}(?![\w/-])(?!\s?-?\s?(?i:қаңтар|ақпан|наурыз|сәуір|мамыр"
    r"|маусым|шілде|тамыз|қыркүйек|қазан|қараша|желтоқсан|январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр"
    r"|ноябр|декабр|м\b|км|см|мин|сағат|час|күн|дн|день|дней|жыл|год|лет|адам|чел|үй|дом|пәтер|кв|этаж|қабат|%|тыс|мың"
    r"|млн|метр|орын|мест|деңгей|бап|тармақ|пункт))"
)
_CERTAIN_STREET = re.compile(
    r"(?i:улиц|(?<!\w)ул(?!\w)|проспект|(?<!\w)пр-?к?т(?!\w)|мкр|микрорайон|көше|к-?с[іи](?!\w)|даңғыл|ықшам|шағын|ш\.\s?а|бульвар|переул|(?<!\w)пер(?!\w))"
)
_ROW_OF_HOUSES = re.compile(r"(?<!\w)(?i:дома|домов|домам|домах|үйлер)")
_NEAR = 20


def find_addresses(text: str, original: str) -> Iterator[Finding]:
    """Addresses down to the flat in a plain text; ``original`` tells one dash from another."""
    yield from _with_flat(text)
    yield from _with_house_dash_flat(text, original)


def _with_flat(text: str) -> Iterator[Finding]:
    done = 0
    for flat in _FLAT.finditer(text):
        start = _start(text, done, flat.start())
        end = _end(text, flat.end(), whole=start is None)
        if end:
            yield Finding(Kind.ADDRESS, flat.start() if start is None else start, end, "flat")
        done = end or flat.end()


def _with_house_dash_flat(text: str, original: str) -> Iterator[Finding]:
    done = 0
    for pair in _HOUSE_DASH_FLAT.finditer(text):
        dash = pair.start() + pair[0].rindex("-")
        window = _before(text, done, pair.start())
        street = None
        if original[dash] in "-‑" and _CERTAIN_STREET.search(window):
            street = _STREET_ENDS.search(window)
        if (
            street
            and _CERTAIN_STREET.search(street[0])
            and not _ROW_OF_HOUSES.search(window, max(0, street.start() - _NEAR))
        ):
            offset = pair.start() - len(window)
            yield Finding(Kind.ADDRESS, offset + street.start(), pair.end(), "flat")
        done = pair.end()


def _before(text: str, done: int, position: int) -> str:
    """What may belong to an address that ends here. It has one flat: nothing before the last one belongs to it."""
    window = text[max(done, position - _REACH, 0) : position]
    breaks = list(_BREAK.finditer(window))
    return window[breaks[-1].end() :] if breaks else window


def _start(text: str, done: int, flat: int) -> int | None:
    """Where the address begins that ends with a flat here; None when neither house nor street stand before it."""
    window = _before(text, done, flat)
    offset = flat - len(window)
    house = _HOUSE_BEFORE.search(window)
    if house:
        street = _STREET_ENDS.search(window[: house.start()])
        return offset + (street or house).start()
    street = _STREET_HOUSE_BEFORE.search(window) or _STREET_PARTS_BEFORE.search(window)
    # "5 пәтер" may be any five flats; "кв. 5" and "5-пәтер" are one.
    if not street and _ONE_FLAT.match(text, flat):
        street = _BARE_HOUSE_BEFORE.search(window)
    return offset + street.start() if street else None


def _end(text: str, flat: int, *, whole: bool) -> int | None:
    """Where an address ends that goes on after its flat: "flat 5, house 10, street …", or "… flat 5, street".

    ``whole`` asks for a house or a street after the flat, because none stood before it.
    """
    house = _HOUSE_AHEAD.match(text, flat) if whole else None
    street = _STREET_AHEAD.match(text, house.end() if house else flat)
    if street and _CERTAIN_STREET.search(street[0]):
        return street.end()
    if house:
        return house.end()
    return None if whole else flat
