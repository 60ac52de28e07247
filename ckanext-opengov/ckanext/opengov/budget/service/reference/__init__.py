"""Figures that budgets are compared by: people and prices, as data with their source."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import yaml

COUNTRY = "all"
SETTING = "opengov.budget.reference"


@cache
def _read(folder: str, name: str) -> Mapping[str, Any]:
    return yaml.safe_load((Path(folder) / name).read_text(encoding="utf-8"))


def _table(name: str) -> Mapping[str, Any]:
    own = tk.config.get(SETTING) or ""
    if own and (Path(own) / name).exists():
        return _read(own, name)
    return _read(str(Path(__file__).parent), name)


def people(region: str | None, year: int) -> int | None:
    """How many people live in a region (None: in the country); None when the year is not known."""
    table = _table("population.yaml")
    found = (table["values"].get(region or COUNTRY) or {}).get(year)
    return found * table["unit"] if found else None


def price_years() -> list[int]:
    """The years of which prices are known."""
    return sorted(_table("prices.yaml")["values"])


def deflator(year: int, base: int) -> Decimal | None:
    """By what an amount of a year is multiplied to stand in the prices of the base year; None when one is unknown."""
    values = _table("prices.yaml")["values"]
    if year not in values or base not in values:
        return None
    return Decimal(str(values[base])) / Decimal(str(values[year]))


def source(name: str) -> Mapping[str, str]:
    """Where the figures of ``population`` or ``prices`` come from, by language."""
    return _table(f"{name}.yaml")["source"]
