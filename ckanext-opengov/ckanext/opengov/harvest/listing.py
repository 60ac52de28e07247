"""A list that a source gave: its columns, its rows with the place of each, and the rows that could not be read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ckanext.opengov.harvest.messages import Message


@dataclass(frozen=True)
class SourceRow:
    """One row as the source gave it.

    :param place: the line of the file, the row of the sheet or the number of the item, counted from 1
    """

    place: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class BadRow:
    """A row that is not taken in, and why."""

    place: int
    field: str
    message: Message
    # None: not even the key could be read, so nobody knows which entity the row stands for.
    key: str | None = None


@dataclass
class Listing:
    columns: tuple[str, ...]
    rows: list[SourceRow]
    bad: list[BadRow] = field(default_factory=list)


@dataclass(frozen=True)
class Record:
    """A row in the words of the target type. ``data`` has None for a field that the source leaves blank."""

    place: int
    key: str
    data: Mapping[str, Any]

    @cached_property
    def hash(self) -> str:
        """What the record says, in a form that does not depend on the order of names."""
        return content_hash(self.data)


def content_hash(data: Any) -> str:
    """A hash of plain data."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
