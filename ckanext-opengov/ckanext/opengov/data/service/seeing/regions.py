"""The regions as squares, each about where it lies: all can be seen and touched on a phone, the cities too.

A map of areas would show the empty steppe largest and the three cities, where most people live, as dots.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ckanext.opengov.civic.regions import Region, regions

# Code → column and row from the north-west, and what fits on a square.
PLACES: Mapping[str, tuple[int, int, str, str, str]] = {
    "39": (3, 1, "Қостанай", "Костанай", "Kostanay"),
    "59": (4, 1, "СҚО", "СКО", "North"),
    "55": (5, 1, "Павлодар", "Павлодар", "Pavlodar"),
    "27": (1, 2, "БҚО", "ЗКО", "West"),
    "15": (2, 2, "Ақтөбе", "Актобе", "Aktobe"),
    "11": (3, 2, "Ақмола", "Акмола", "Akmola"),
    "71": (4, 2, "Астана", "Астана", "Astana"),
    "10": (5, 2, "Абай", "Абай", "Abai"),
    "63": (6, 2, "ШҚО", "ВКО", "East"),
    "23": (1, 3, "Атырау", "Атырау", "Atyrau"),
    "62": (3, 3, "Ұлытау", "Ұлытау", "Ulytau"),
    "35": (4, 3, "Қарағ.", "Караг.", "Karag."),
    "33": (5, 3, "Жетісу", "Жетісу", "Zhetisu"),
    "47": (1, 4, "Маңғ.", "Манг.", "Mang."),
    "43": (2, 4, "Қызыл.", "Кызыл.", "Kyzyl."),
    "61": (3, 4, "Түркіст.", "Туркест.", "Turkist."),
    "31": (4, 4, "Жамбыл", "Жамбыл", "Zhambyl"),
    "19": (5, 4, "Алм. обл.", "Алм. обл.", "Alm. reg."),
    "75": (6, 4, "Алматы", "Алматы", "Almaty"),
    "79": (3, 5, "Шымкент", "Шымкент", "Shymkent"),
}
_OTHER = re.compile(r"\b(облысы|обл|область|қаласы|қ|город|г|region|city|of)\b\.?", re.IGNORECASE)


@dataclass(frozen=True)
class Square:
    """A region on the grid."""

    code: str
    column: int
    row: int
    short: str
    title: str


def squares(language: str) -> list[Square]:
    """All regions, in the language of the reader."""
    place = {"kk": 2, "ru": 3}.get(language, 4)
    return [
        Square(one.code, PLACES[one.code][0], PLACES[one.code][1], str(PLACES[one.code][place]), one.title(language))
        for one in regions()
    ]


@cache
def _named() -> Mapping[str, str]:
    return {_plain(name): one.code for one in regions() for name in _names(one)}


def _names(one: Region) -> Iterable[str]:
    return one.kk, one.ru, one.en


def _plain(text: str) -> str:
    return " ".join(_OTHER.sub(" ", text.lower().replace("-", " ")).split())


def code_of(value: Any) -> str | None:
    """The region that a value names: by the digits of its KATO code, or by a name in any of the languages."""
    text = str(value or "").strip()
    if text[:2] in PLACES and (text.isdigit() and len(text) in (2, 9)):
        return text[:2]
    plain = _plain(text)
    known = _named()
    if plain == "алматы":
        # The city and the region have one name: only the word beside it tells them apart.
        return "19" if "обл" in text.lower() else "75"
    if plain == "almaty":
        return "19" if "region" in text.lower() else "75"
    return known.get(plain)
