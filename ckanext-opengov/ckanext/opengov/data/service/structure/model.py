"""What a structure consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Type of the Table Schema → column of PostgreSQL. ``number`` is exact: nothing is rounded.
COLUMN_TYPES: Mapping[str, str] = {
    "string": "text",
    "integer": "bigint",
    "number": "numeric",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
    "time": "time",
    "year": "integer",
    "yearmonth": "text",
    "geopoint": "text",
}
# A value as it should be, for messages and templates.
EXAMPLES: Mapping[str, str] = {
    "string": "Астана",
    "integer": "1204",
    "number": "12.5",
    "boolean": "true",
    "date": "2026-11-24",
    "datetime": "2026-11-24T09:30:00Z",
    "time": "09:30:00",
    "year": "2026",
    "yearmonth": "2026-11",
    "geopoint": "71.43, 51.13",
}
# The same value of these is always written the same way, so it can name a row.
KEY_TYPES = frozenset({"string", "integer", "date", "datetime", "year", "yearmonth", "boolean"})
YES = ("true", "True", "TRUE", "1")
NO = ("false", "False", "FALSE", "0")


@dataclass(frozen=True)
class Reference:
    """A value must be one of a column of another keyed table."""

    resource: str
    field: str


@dataclass(frozen=True)
class Field:
    """One column. What the Table Schema calls ``constraints`` stands here directly."""

    name: str
    type: str = "string"
    labels: Mapping[str, str] = field(default_factory=dict)
    unit: str | None = None
    required: bool = False
    enum: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    format: str | None = None
    decimal_mark: str = "."
    yes: tuple[str, ...] = YES
    no: tuple[str, ...] = NO
    reference: Reference | None = None
    # Allowed value → what it means, by language.
    meanings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def column_type(self) -> str:
        """PostgreSQL's type."""
        return COLUMN_TYPES[self.type]

    @property
    def example(self) -> str:
        """A value that would be right."""
        return self.enum[0] if self.enum else EXAMPLES[self.type]


@dataclass(frozen=True)
class Parts:
    """A table that many agencies fill, each its own rows: those with its name in ``field``, a part of the key."""

    field: str
    # The names of the agencies; empty for all.
    agencies: tuple[str, ...] = ()

    def has(self, agency: str) -> bool:
        """Whether this agency fills a part."""
        return not self.agencies or agency in self.agencies


@dataclass(frozen=True)
class Structure:
    """A whole table. ``descriptor`` is the Table Schema that it was read from."""

    fields: tuple[Field, ...]
    key: tuple[str, ...]
    missing: tuple[str, ...] = ("",)
    clean_homoglyphs: bool = False
    parts: Parts | None = None
    descriptor: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all fields, in order."""
        return tuple(one.name for one in self.fields)

    @property
    def values(self) -> tuple[str, ...]:
        """The names of the fields that are not part of the key."""
        return tuple(name for name in self.names if name not in self.key)

    def field(self, name: str) -> Field:
        """The field of this name."""
        return next(one for one in self.fields if one.name == name)
