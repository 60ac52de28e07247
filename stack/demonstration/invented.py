"""Identification numbers, persons and contacts that belong to nobody, always the same for the same name."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from ckanext.opengov.civic.identifiers import check_digit

from stack.demonstration.catalogue import LANGUAGES, Agency, Texts, people

# Year and month of registration as a BIN has them, then 4 (a legal person) and 0 (not a branch).
BIN_HEAD = "991240"
SERIALS = 10_000


def _number(text: str) -> int:
    return zlib.crc32(text.encode())


def bin_of(name: str) -> str:
    """A BIN with a right check digit; its serial numbers begin at 90000, which no month's registrations reach."""
    serial = _number(name) % SERIALS
    while True:
        eleven = f"{BIN_HEAD}{90_000 + serial}"
        digit = check_digit(eleven)
        if digit is not None:
            return f"{eleven}{digit}"
        serial = (serial + 1) % SERIALS


def person(seed: str) -> str:
    """Given name and family name, put together from the word lists."""
    number = _number(seed)
    names = people()["women" if number % 2 else "men"]
    given, family = names["given"], names["family"]
    return f"{given[number // 2 % len(given)]} {family[number // 64 % len(family)]}"


@dataclass(frozen=True)
class Contacts:
    phone: str
    email: str
    website: str
    address: Texts
    kato: str


def contacts_of(agency: Agency) -> Contacts:
    """No subscriber's number begins with 00, and example.org is nobody's mail."""
    city = people()["cities"][agency.city]
    number = _number(agency.name)
    house = number % 60 + 1
    return Contacts(
        phone=f"+7 ({city['dialling']}) 00-{number % 100:02}-{number // 100 % 100:02}",
        email=f"{agency.name}@example.org",
        website=f"https://{agency.name}.example.org",
        address={
            language: people()["address"][language].format(city=city[language], house=house) for language in LANGUAGES
        },
        kato=city["kato"],
    )
