"""One thing that is wrong with what people filled: where, what, and what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.opengov.data.service.finding import Finding

# More are counted and not kept.
MOST_PROBLEMS = 20_000


@dataclass(frozen=True)
class Problem:
    """``row`` and ``column`` are as people see them in the file; ``text`` is an English message with ``values``.

    ``suggestion`` is a value that could stand there instead.
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    row: int | None = None
    column: str | None = None
    field: str | None = None
    value: str | None = None
    suggestion: str | None = None
    sheet: str | None = None

    @property
    def finding(self) -> Finding:
        """As findings are told everywhere, without the place, which stands beside it."""
        return Finding(self.text, dict(self.values))


def ordered(problem: Problem) -> tuple[int, int, str]:
    """By row, then by column."""
    column = problem.column or ""
    return problem.row or 0, len(column), column
