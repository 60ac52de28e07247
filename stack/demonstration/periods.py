"""Years, quarters and months between two ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

LENGTHS = {"year": 12, "quarter": 3, "month": 1}


@dataclass(frozen=True)
class Period:
    """``years`` counts from the first period of the table; ``months`` are 0 (January) to 11."""

    text: str
    years: float
    months: range


def periods(kind: str, first: str, last: str) -> Iterator[Period]:
    """The periods of one kind, both ends included: 2020, 2023-Q1 or 2025-01."""
    length = LENGTHS[kind]
    start, end = _months_since_zero(kind, first), _months_since_zero(kind, last)
    for month in range(start, end + 1, length):
        year, of_year = divmod(month, 12)
        yield Period(_text(kind, year, of_year), (month - start) / 12, range(of_year, of_year + length))


def _months_since_zero(kind: str, text: str) -> int:
    year, _, part = text.partition("-")
    return int(year) * 12 + (int(part.lstrip("Q") or 1) - 1) * LENGTHS[kind] if part else int(year) * 12


def _text(kind: str, year: int, month: int) -> str:
    return {"year": f"{year}", "quarter": f"{year}-Q{month // 3 + 1}", "month": f"{year}-{month + 1:02}"}[kind]
