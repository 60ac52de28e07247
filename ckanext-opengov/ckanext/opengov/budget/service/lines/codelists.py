"""Lists of codes that a budget may be checked against, and their names in the languages: data, not code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from ckanext.opengov.budget.service.lines.axes import LANGUAGES
from ckanext.opengov.civic.regions import regions

FOLDER = Path(__file__).with_name("lists")
SEPARATOR = "/"


@dataclass(frozen=True)
class CodeList:
    """``nodes``: path of codes → names by language. Levels deeper than ``depth`` are not in the list."""

    name: str
    axis: str
    depth: int
    nodes: Mapping[str, Mapping[str, str]]


@cache
def _all() -> Mapping[tuple[str, str], CodeList]:
    lists = [_read(path) for path in sorted(FOLDER.glob("*.yaml"))]
    lists.append(_kato())
    return {(one.axis, one.name): one for one in lists}


def _read(path: Path) -> CodeList:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    nodes: dict[str, dict[str, str]] = {
        code: dict(zip(LANGUAGES, names, strict=False)) for code, names in document["codes"].items()
    }
    depth = max(code.count(SEPARATOR) + 1 for code in nodes)
    return CodeList(document["name"], document["axis"], depth, nodes)


def _kato() -> CodeList:
    nodes = {one.kato: {code: one.title(code) for code in LANGUAGES} for one in regions()}
    return CodeList("kato", "region", 1, nodes)


def names(axis: str) -> list[str]:
    """The names of the lists for an axis."""
    return [name for of, name in _all() if of == axis]


def get(axis: str, name: str) -> CodeList:
    """
    :raises KeyError: when there is no such list
    """
    return _all()[axis, name]
