"""The demonstration's catalogue: agencies and data sets as they stand in the YAML files beside this module."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
LANGUAGES = ("kk", "ru", "en")

Texts = dict[str, str]


@dataclass(frozen=True)
class Agency:
    """``city`` and ``head`` are keys of people.yaml's cities and positions; ``parent`` names the agency above."""

    name: str
    level: str
    city: str
    head: str
    title: Texts
    description: Texts
    parent: str = ""


@dataclass(frozen=True)
class Dataset:
    """``table`` says which generator makes the rows, ``measures`` what it puts into them."""

    name: str
    agency: str
    category: str
    frequency: str
    issued: dt.date
    modified: dt.date
    title: Texts
    notes: Texts
    tags: dict[str, list[str]]
    table: dict[str, Any]
    measures: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: str = "CSV"
    region: str = ""
    real: bool = False

    @property
    def file_name(self) -> str:
        return f"{self.name}.{self.format.lower()}"


@dataclass(frozen=True)
class Officer:
    """A user who publishes for ``agencies``."""

    login: str
    agencies: list[str]


def read_yaml(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


@cache
def agencies() -> tuple[Agency, ...]:
    """Every agency, parents before their children."""
    return tuple(Agency(**entry) for entry in read_yaml("agencies.yaml"))


@cache
def datasets() -> tuple[Dataset, ...]:
    """Every data set, in the order of the files and of the entries in them."""
    files = sorted(path.relative_to(FOLDER) for path in (FOLDER / "datasets").glob("*.yaml"))
    return tuple(Dataset(**entry) for name in files for entry in read_yaml(str(name)))


@cache
def people() -> dict[str, Any]:
    return read_yaml("people.yaml")


@cache
def column_meanings() -> dict[str, Texts]:
    return read_yaml("columns.yaml")


@cache
def axes() -> dict[str, dict[str, Any]]:
    return read_yaml("data/axes.yaml")


def officers() -> list[Officer]:
    return [Officer(**entry) for entry in people()["officers"]]
