"""What the points are computed of. Pure: whoever has these facts can compute the score by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Answer(StrEnum):
    """What is known of a file's address."""

    WORKS = "works"
    DEAD = "dead"
    WAITING = "waiting"


class Table(StrEnum):
    """What became of a file that could be a table."""

    READY = "ready"
    WAITING = "waiting"
    FAILED = "failed"
    NONE = "none"


@dataclass(frozen=True)
class File:
    """One file, link or table of a data set. ``columns`` and ``explained``: how many there are, and have a meaning."""

    id: str
    name: str = ""
    format: str | None = None
    media_type: str | None = None
    size: int | None = None
    answer: Answer = Answer.WORKS
    is_direct: bool = True
    table: Table = Table.NONE
    columns: int = 0
    explained: int = 0
    updated_on: dt.date | None = None


@dataclass(frozen=True)
class Facts:
    """One data set with its files."""

    id: str
    agency_id: str | None = None
    agency_level: str | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    keywords: int = 0
    category: str | None = None
    region: str | None = None
    frequency: str | None = None
    status: str | None = None
    issued: dt.date | None = None
    modified: dt.date | None = None
    licence: str | None = None
    licence_is_known: bool = False
    has_contact: bool = False
    says_fee: bool = False
    files: tuple[File, ...] = ()

    @property
    def updated_on(self) -> dt.date | None:
        """The last day on which new data came: as the passport says, or as the files show."""
        days = [day for day in (self.modified, *(one.updated_on for one in self.files)) if day]
        return max(days, default=None)
