"""The regions of the country, as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Region:
    """``kato`` is the nine-digit code, ``code`` its two leading digits."""

    code: str
    kato: str
    kk: str
    ru: str
    en: str

    def title(self, language: str) -> str:
        """The name in ``kk``, ``ru`` or ``en``."""
        return {"kk": self.kk, "ru": self.ru}.get(language, self.en)


@cache
def regions() -> tuple[Region, ...]:
    """All regions in the order of their codes."""
    path = Path(__file__).with_name("regions.yaml")
    return tuple(Region(**row) for row in yaml.safe_load(path.read_text(encoding="utf-8")))


def region(kato: str) -> Region | None:
    """The region with this nine-digit code."""
    return next((one for one in regions() if one.kato == kato), None)
