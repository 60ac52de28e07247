"""What every reader gives: rows of cells, each with its place in the file."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

# The number of the row as people see it in the file, and its cells.
Row = tuple[int, list[Any]]


@dataclass
class Source:
    """A file's rows; ``open`` begins to read them anew.

    ``names`` are given where the format has them; else the first row with enough cells is the header. ``placed``
    says that a cell without a name above it is meant to stand there, as in a sheet, and is no slip of a delimiter.
    ``notes`` tell what the reader decided: encoding, sheet.
    """

    open: Callable[[], Iterator[Row]]
    names: list[str] | None = None
    placed: bool = False
    notes: dict[str, Any] = field(default_factory=dict)


def as_text(cell: Any) -> str:
    """A cell as it is written to the clean CSV; nothing is rounded."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.replace("\x00", "").strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (float, Decimal)):
        return _number(cell)
    if isinstance(cell, (dt.datetime, dt.date)):
        return _moment(cell)
    if isinstance(cell, (dict, list)):
        return json.dumps(cell, ensure_ascii=False, default=_plain)
    return str(cell)


def _number(value: float | Decimal) -> str:
    text = format(value, "f") if isinstance(value, Decimal) else repr(value)
    return text.removesuffix(".0") if "e" not in text else text


def _moment(value: dt.datetime | dt.date) -> str:
    # A spreadsheet has no dates without a time: midnight means the day.
    if isinstance(value, dt.datetime) and value.time() == dt.time() and value.tzinfo is None:
        return value.date().isoformat()
    return value.isoformat()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)
