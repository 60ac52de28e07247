"""Seeded texts with planted personal data, and clean ones. Every number is made up here."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from ckanext.opengov.civic.identifiers import check_digit, is_bin, is_iin
from stdnum import luhn

from bench.privacy_texts.carriers import ANY, CLEAN, FILLERS, OF_KIND

KINDS = ("iin", "bin", "phone", "email", "card", "iban", "address", "vehicle")
LANGUAGES = ("kk", "ru")
STREETS = (
    "Абай",
    "Достық",
    "Сейфуллин",
    "Қабанбай батыр",
    "Толе би",
    "Тәуелсіздік",
    "Жібек жолы",
    "Момышұлы",
    "Байтұрсынов",
)
STREETS_RU = (
    "Абая",
    "Достык",
    "Сейфуллина",
    "Кабанбай батыра",
    "Толе би",
    "Независимости",
    "Жибек жолы",
    "8 Марта",
    "Ауэзова",
)
DISTRICTS = ("Самал-2", "Ақсай-4", "Мамыр", "Орбита-3", "Думан", "Көктем-1", "Таугүл")
NAMES = ("aigerim", "daulet", "n.omarov", "asel_k", "timur-91", "zhanar.s", "info.ip", "b2b")
DOMAINS = ("mail.ru", "gmail.com", "yandex.kz", "inbox.kz", "firma.com.kz", "kolledzh.edu.kz")
MOBILE = ("700", "701", "702", "705", "707", "708", "747", "771", "775", "776", "777", "778")
LANDLINE = ("7172", "7212", "7232", "7122", "7152")


@dataclass(frozen=True)
class Planted:
    """A value at ``start:end`` of the text."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Text:
    """One text, with what was planted in it; nothing in a clean one."""

    language: str
    text: str
    planted: tuple[Planted, ...] = ()


class Corpus:
    """All texts that follow from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - texts to be found again, not secrets

    def planted(self, number: int) -> list[Text]:
        """Texts with one to three values, all kinds equally often, in both languages."""
        return [self._with_values(LANGUAGES[index % 2], KINDS[index // 2 % len(KINDS)]) for index in range(number)]

    def clean(self, number: int) -> list[Text]:
        """Texts without personal data, every template equally often."""
        return [self._clean(LANGUAGES[index % 2], index // 2) for index in range(number)]

    def _with_values(self, language: str, kind: str) -> Text:
        kinds = [kind, *self.random.sample(KINDS, self.random.choice((0, 0, 0, 1, 2)))]
        text, planted = self._filled(self.random.choice(FILLERS[language])), []
        for one in kinds:
            templates = OF_KIND[language][one] if self.random.random() < 0.6 else ANY[language]
            before, after = self.random.choice(templates).split("{v}")
            value = VALUES[one](self.random, language)
            text += (" " if text else "") + before
            planted.append(Planted(one, len(text), len(text) + len(value)))
            text += value + after
        return Text(language, f"{text} {self._filled(self.random.choice(FILLERS[language]))}".rstrip(), tuple(planted))

    def _clean(self, language: str, index: int) -> Text:
        templates = CLEAN[language]
        lines = [templates[index % len(templates)]]
        lines += self.random.sample(templates, self.random.choice((0, 1, 2)))
        return Text(language, self.random.choice((" ", "\n")).join(self._filled(line) for line in lines))

    def _filled(self, template: str) -> str:
        pieces = []
        for literal, name, _spec, _conversion in string.Formatter().parse(template):
            pieces.append(literal)
            if name:
                pieces.append(HARMLESS[name](self.random))
        return "".join(pieces)


def _digits(source: random.Random, number: int) -> str:
    return "".join(source.choices("0123456789", k=number))


def _grouped(digits: str, sizes: tuple[int, ...], gap: str) -> str:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(digits[at : at + size])
        at += size
    return gap.join(pieces)


def _identification(source: random.Random, begin: Callable[[], str]) -> str:
    while True:
        eleven = begin()
        last = check_digit(eleven)
        if last is not None:
            return f"{eleven}{last}"


def _written(source: random.Random, digits: str) -> str:
    form = source.randrange(10)
    if form < 6:
        return digits
    sizes = source.choice(((6, 6), (4, 4, 4), (3, 3, 3, 3), (6, 1, 5), (2, 2, 2, 6)))
    return _grouped(
        digits, sizes if form < 9 else (1,) * 12, source.choice((" ", "-", "\u00a0", "‑") if form < 9 else " ")
    )


def iin(source: random.Random, _language: str) -> str:
    def begin() -> str:
        born = f"{source.randrange(100):02}{source.randint(1, 12):02}{source.randint(1, 28):02}"
        return f"{born}{source.randint(1, 6)}{_digits(source, 4)}"

    return _written(source, _identification(source, begin))


def bin_(source: random.Random, _language: str) -> str:
    def begin() -> str:
        registered = f"{source.randrange(100):02}{source.randint(1, 12):02}"
        return f"{registered}{source.choice('456')}{source.choice('0123')}{_digits(source, 5)}"

    return _written(source, _identification(source, begin))


def phone(source: random.Random, _language: str) -> str:
    code, rest = source.choice(MOBILE), _digits(source, 7)
    a, b, c = rest[:3], rest[3:5], rest[5:]
    city, local = source.choice(LANDLINE), str(source.randint(2, 9)) + _digits(source, 5)
    x, y, z = local[:2], local[2:4], local[4:]
    forms = (
        f"+7 {code} {a} {b} {c}",
        f"+7{code}{rest}",
        f"+7 ({code}) {a}-{b}-{c}",
        f"+7-{code}-{a}-{b}-{c}",
        f"+7({code}){rest}",
        f"+7 {code} {a}{b}{c}",
        f"8 {code} {a} {b} {c}",
        f"8{code}{rest}",
        f"8({code}){a}-{b}-{c}",
        f"8-{code}-{a}-{b}-{c}",
        f"8 {code} {rest}",
        f"8.{code}.{a}.{b}.{c}",
        f"7{code}{rest}",
        f"{code} {a} {b} {c}",
        f"{code}-{a}-{b}-{c}",
        f"8 ({city}) {x}-{y}-{z}",
        f"+7 {city} {x} {y} {z}",
        f"8 {city} {local}",
        f"({city}) {x}-{y}-{z}",
        f"+7\u00a0{code}\u00a0{a}\u00a0{b}\u00a0{c}",
        f"+44 20 7{_digits(source, 3)} {_digits(source, 4)}",
        f"+49 30 {source.randint(2, 9)}{_digits(source, 6)}",
        f"+99890{source.randint(1, 9)}{_digits(source, 6)}",
        f"+7 9{source.choice(('05', '16', '26'))} {_digits(source, 3)}-{_digits(source, 2)}-{_digits(source, 2)}",
        f"8{code} {a} {b} {c}",
        f"8{code}-{a}-{b}-{c}",
        f"+7 {code}-{a}-{b}{c}",
        f"8 {code} {rest[:2]} {rest[2:4]} {rest[4:]}",
        f"8/{code}/{rest}",
        f"+7 (727) {a}-{b}-{c}",
        f"+7{code}-{a}-{b}-{c}",
        f"+86 138 {_digits(source, 4)} {_digits(source, 4)}",
        f"+1 202 {source.randint(2, 9)}{_digits(source, 2)} {_digits(source, 4)}",
        f"+90 532 {_digits(source, 3)} {_digits(source, 4)}",
    )
    return source.choice(forms)


def email(source: random.Random, _language: str) -> str:
    name, domain = source.choice(NAMES), source.choice(DOMAINS)
    numbered = f"{name}{source.randrange(1, 2000)}"
    forms = (
        f"{name}@{domain}",
        f"{numbered}@{domain}",
        f"{numbered}@{domain}".upper(),
        f"{name}+portal{source.randrange(99)}@{domain}",
        f"{numbered} @ {domain}",
        f"{name}(at){domain}",
        f"{numbered}[собака]{domain}",
        f"{numbered}@пошта.қаз",
        f"{name}_{source.randrange(99)}@mail.{source.choice(DOMAINS)}",
        f"{name} собака {domain}",
        f"{name}@{domain.replace('.', '(точка)')}",
        f"әсел.{source.randrange(99)}@почта.рф",
    )
    return source.choice(forms)


def card(source: random.Random, _language: str) -> str:
    prefix = source.choice(("4400", "4003", "4042", "5169", "5356", "5489", "2204", "2221", "6246"))
    fifteen = prefix + _digits(source, 11)
    digits = fifteen + luhn.calc_check_digit(fifteen)
    sizes = source.choice(((16,), (4, 4, 4, 4), (4, 4, 4, 4), (8, 8)))
    return _grouped(digits, sizes, source.choice((" ", " ", "-", "\u00a0")))


def iban(source: random.Random, _language: str) -> str:
    if source.random() < 0.8:
        country, account = "KZ", _digits(source, 3) + "".join(source.choices("0123456789KZTABS", k=13))
    else:
        country, account = "DE", _digits(source, 18)
    value = "".join(str(int(character, 36)) for character in f"{account}{country}00")
    whole = f"{country}{98 - int(value) % 97:02}{account}"
    fours = " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))
    # Many type the country's letters on the Russian keyboard.
    return source.choice((whole, whole, fours, fours, whole.lower(), whole.replace("K", "К", 1)))


def address(source: random.Random, language: str) -> str:
    house = f"{source.randint(1, 199)}{source.choice(('', '', '', 'а', 'Б', '/2', '/15'))}"
    return _ADDRESSES[language](source, house, source.randint(1, 320))


def _address_ru(source: random.Random, house: str, flat: int) -> str:
    s, d = source.choice(STREETS_RU), source.choice(DISTRICTS)
    forms = (
        f"ул. {s}, д. {house}, кв. {flat}",
        f"ул {s} д {house} кв {flat}",
        f"улица {s}, дом {house}, квартира {flat}",
        f"ул.{s}, {house}, кв.{flat}",
        f"пр. {s}, {house} кв {flat}",
        f"проспект {s} {house}, кв. № {flat}",
        f"мкр. {d}, д. {house}, кв. {flat}",
        f"мкр {d} {house} дом {flat} квартира",
        f"мкр-н {d}, дом {house}, подъезд 2, этаж 3, кв. {flat}",
        f"пер. {s}, д.{house}, корпус 3, кв.{flat}",
        f"{source.randint(1, 20)} мкр, дом {house}, кв {flat}",
        f"улица {s} {source.randint(1, 199)}-{flat}",
        f"мкр. {d}, {source.randint(1, 99)}-{flat}",
        f"кв. {flat}, дом {house}, ул. {s}",
        f"бульвар {s}, {house}, квартира {flat}",
        f"УЛ. {s.upper()}, Д. {house}, КВ. {flat}",
        f"ул.{s},{house},кв.{flat}",
        f"ул. {s}\nд. {house}\nкв. {flat}",
        f"ул. {s.lower()} {house} кв{flat}",
        f"улица {s} дом {house} этаж 2 квартира {flat}",
        f"дом {house}, квартира {flat}",
        f"{s} {house}, кв. {flat}",
        f"жк {d}, блок {source.randint(1, 9)}, кв. {flat}",
        f"квартира {flat} в доме {house} по улице {s}",
    )
    return source.choice(forms)


def _address_kk(source: random.Random, house: str, flat: int) -> str:
    s, d = source.choice(STREETS), source.choice(DISTRICTS)
    forms = (
        f"{s} көшесі, {house}-үй, {flat}-пәтер",
        f"{s} көшесі {house} үй {flat} пәтер",
        f"{s} к-сі, {house} үй, {flat}-пәтер",
        f"{s} даңғылы, {house}, {flat}-пәтер",
        f"{s} даңғылы {house} үй, пәтер {flat}",
        f"{d} ш.а., {house}-үй, {flat}-пәтер",
        f"{d} ықшамауданы, {house} үй, {flat} пәтер",
        f"{d} шағын ауданы {house}-үй {flat}-пәтер",
        f"{s} көшесі, №{house} үй, №{flat} пәтер",
        f"{s} көшесі, {house}-үй, 2-кіреберіс, 3-қабат, {flat}-пәтер",
        f"{s} көшесі {source.randint(1, 199)}-{flat}",
        f"{d} ықшамауданы, {source.randint(1, 99)}-{flat}",
        f"{flat}-пәтер, {house}-үй, {s} көшесі",
        f"{s} көшесі, {house} үйдің {flat} пәтері",
        f"ул. {s}, д. {house}, кв. {flat}",
        f"{s.upper()} КӨШЕСІ, {house}-ҮЙ, {flat}-ПӘТЕР",
        f"{s.lower()} көшесі {house}үй {flat}пәтер",
        f"{s} көш. {house} үй {flat} пәтер",
        f"{s} көшесі,{house}-үй,{flat}-пәтер",
        f"{s} көшесі\n{house}-үй\n{flat}-пәтер",
        f"{house} үй, {flat}-пәтер",
        f"{s} көшесінің {house}-үйіндегі {flat}-пәтер",
        f"{house} үй {flat} пәтер {s} көшесі",
    )
    return source.choice(forms)


_ADDRESSES = {"ru": _address_ru, "kk": _address_kk}
_LOOK_ALIKES = str.maketrans("ABEKMHOPCTYX", "АВЕКМНОРСТУХ")


def vehicle(source: random.Random, _language: str) -> str:
    letters = "".join(source.choices("ABCDEFHKLMNOPRSTXYZ", k=3))
    number, region = f"{source.randint(1, 999):03}", f"{source.randint(1, 20):02}"
    old = f"{source.choice('ABCDEFHLMNPSTXZ')}"
    look_alike = "".join(source.choices("ABEKMHOPCTYX", k=3)).translate(_LOOK_ALIKES)
    forms = (
        f"{number} {letters} {region}",
        f"{number}{letters}{region}",
        f"{number}{letters.lower()}{region}",
        f"{number}-{letters}-{region}",
        f"{number} {letters}{region}",
        f"{number}{look_alike}{region}",
        f"{number} {look_alike} {region}",
        f"{number}|{letters}|{region}",
        f"{number}{look_alike.lower()}{region}",
        f"{number} {letters[:2]} {region}",
        f"KZ {number} {letters} {region}",
        f"{old} {number} {letters}",
        f"{old}{number}{letters}",
        f"{old}{number}{letters[:2]}",
    )
    return source.choice(forms)


VALUES: dict[str, Callable[[random.Random, str], str]] = {
    "iin": iin,
    "bin": bin_,
    "phone": phone,
    "email": email,
    "card": card,
    "iban": iban,
    "address": address,
    "vehicle": vehicle,
}


def _long(source: random.Random) -> str:
    """9 to 20 digits that are nobody's: no right check digit of an IIN, a BIN or a card, no phone."""
    while True:
        digits = source.choice("123456") + _digits(source, source.randint(8, 19))
        if not (is_iin(digits) or is_bin(digits) or (13 <= len(digits) <= 19 and luhn.is_valid(digits))):
            return digits


def _sum(source: random.Random) -> str:
    value = source.randrange(1_000, 10 ** source.randint(4, 12))
    return source.choice((f"{value:,}".replace(",", " "), f"{value:,}".replace(",", "\u00a0"), str(value)))


def _date(source: random.Random) -> str:
    day, month, year = source.randint(1, 28), source.randint(1, 12), source.randint(1995, 2030)
    return source.choice((f"{day:02}.{month:02}.{year}", f"{year}-{month:02}-{day:02}", f"{day:02}/{month:02}/{year}"))


HARMLESS: dict[str, Callable[[random.Random], str]] = {
    "small": lambda source: str(source.randint(1, 30)),
    "year": lambda source: str(source.randint(2015, 2025)),
    "year2": lambda source: str(source.randint(2026, 2030)),
    "date": _date,
    "time": lambda source: f"{source.randint(8, 20):02}:{source.choice(('00', '15', '30'))}",
    "law": lambda source: f"{source.randint(1, 500)}-{source.choice(('V', 'VI', 'VII', 'VIII'))}",
    "article": lambda source: f"{source.randint(1, 700)}",
    "sum": _sum,
    "grouped": lambda source: f"{source.randrange(10**11, 10**12):,}".replace(",", " "),
    "percent": lambda source: f"{source.randint(0, 99)},{source.randint(0, 9)}",
    "order": lambda source: str(source.randint(1, 9999)),
    "reference": lambda source: f"ЖТ-{source.randint(2020, 2030)}-{_digits(source, 8)}",
    "outgoing": lambda source: f"{source.randint(1, 40)}-{source.randint(1, 20)}/{_digits(source, 4)}-И",
    "road": lambda source: f"А-{source.randint(1, 35)}",
    "km": lambda source: str(source.randint(1, 1900)),
    "metre": lambda source: f"{source.randrange(0, 1000):03}",
    "street": lambda source: source.choice(STREETS + STREETS_RU),
    "district": lambda source: source.choice(DISTRICTS),
    "house": lambda source: f"{source.randint(1, 150)}{source.choice(('', '', 'а', '/2'))}",
    "house2": lambda source: str(source.randint(151, 199)),
    "seats": lambda source: str(source.randint(31, 900)),
    "quarter": lambda source: str(source.randint(1, 4)),
    "long": _long,
    "account": lambda source: _digits(source, source.choice((7, 8, 10))),
    "kato": lambda source: source.choice(("10", "11", "19", "35", "71", "75")) + _digits(source, 7),
    "code": lambda source: f"{source.randint(1, 160):03}",
    "cadastre": lambda source: (
        f"{source.randint(1, 20):02}-{_digits(source, 3)}-{_digits(source, 3)}-{_digits(source, 4)}"
    ),
    "latitude": lambda source: f"{source.uniform(41, 55):.6f}",
    "longitude": lambda source: f"{source.uniform(47, 87):.6f}",
    "gost": lambda source: _digits(source, 5),
    "route": lambda source: str(source.randint(100, 999)),
    "uuid": lambda source: str(uuid.UUID(int=source.getrandbits(128), version=4)),
    "hash": lambda source: f"{source.getrandbits(160):040x}",
    "people": lambda source: f"{source.randint(900, 2_200_000):,}".replace(",", " "),
    "index": lambda source: f"0{_digits(source, 5)}",
    "lot": lambda source: _digits(source, source.choice((5, 6, 8))),
}
