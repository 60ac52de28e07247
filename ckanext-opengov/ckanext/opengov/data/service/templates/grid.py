"""Rows of a grid: what was typed or pasted, with remembered fixes put in, as something that can be checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ckanext.opengov.data.service.templates.fixes import Fixes
from ckanext.opengov.data.service.templates.reading import Filled
from ckanext.opengov.data.service.templates.shape import Shape

MOST_ROWS = 5_000
Row = Mapping[str, Any]


def filled(rows: Sequence[Row], shape: Shape) -> Filled:
    """The rows as columns; the first is row 1. Blank ones are left out."""
    kept = [(number, row) for number, row in enumerate(rows, 1) if any(text_of(row.get(name)) for name in shape.names)]
    columns: dict[str, list[str | None]] = {
        name: [text_of(row.get(name)) or None for _, row in kept] for name in shape.names
    }
    return Filled(None, columns, [number for number, _ in kept], {})


def text_of(value: Any) -> str:
    """A cell as a text."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def mended(rows: Sequence[Row], fixes: Fixes) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows with what is remembered put in, and what that was: ``row``, ``field``, ``from``, ``to``."""
    done: list[dict[str, Any]] = []
    told: list[dict[str, Any]] = []
    for number, row in enumerate(rows, 1):
        new = dict(row)
        for name, value in row.items():
            fixed = fixes.get((str(name), text_of(value)))
            if fixed is not None:
                new[name] = fixed
                told.append({"row": number, "field": name, "from": text_of(value), "to": fixed})
        done.append(new)
    return done, told
