"""The criteria for open data and the kinds of update: lists that are data, in three languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).resolve().parents[2] / "list_criteria.yaml"
# Kind of update → after how much time the data are old, as PostgreSQL reads it; None for no limit.
FREQUENCIES: Mapping[str, str | None] = {
    "DAILY": "1 day",
    "WEEKLY": "7 days",
    "MONTHLY": "1 month",
    "QUARTERLY": "3 months",
    "HALF_YEAR": "6 months",
    "YEARLY": "1 year",
    "AS_NEEDED": None,
}


@cache
def _file() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def criteria() -> dict[str, dict[str, Any]]:
    """Key → title by language, and whether it is required."""
    return _file()["criteria"]


def basis() -> dict[str, str]:
    """By what the criteria are set, by language."""
    return _file()["basis"]


def missing(met: Iterable[str]) -> list[str]:
    """The required criteria that are not met."""
    known = set(met)
    return [key for key, one in criteria().items() if one["required"] and key not in known]
