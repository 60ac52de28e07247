"""Names and types of columns."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.opengov.data.service.tables.problem import TableProblem
from ckanext.opengov.data.service.tables.rows import as_text

# PostgreSQL's limits: bytes of a name, columns of a table (with room for its own).
NAME_BYTES = 63
MOST_COLUMNS = 1000
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,15})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?")


@dataclass
class Column:
    """``name`` is the column of the DataStore, ``label`` what the file calls it, ``type`` PostgreSQL's."""

    name: str
    label: str
    type: str = "text"


def named(header: Sequence[Any]) -> list[Column]:
    """Columns from a header row: names that the DataStore takes, each once.

    :raises TableProblem: when there are too many
    """
    if len(header) > MOST_COLUMNS:
        raise TableProblem("too_many_columns", columns=len(header), limit=MOST_COLUMNS)
    taken: set[str] = set()
    columns = []
    for number, cell in enumerate(header, 1):
        label = " ".join(as_text(cell).split())
        name = _free(_clean(label) or f"column_{number}", taken)
        taken.add(name.lower())
        columns.append(Column(name, label or name))
    return columns


def _clean(label: str) -> str:
    return _shorten(label.replace('"', "").replace("%", "").strip().lstrip("_").strip(), NAME_BYTES)


def _shorten(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore").strip()


def _free(name: str, taken: set[str]) -> str:
    candidate, number = name, 1
    while candidate.lower() in taken:
        number += 1
        ending = f"_{number}"
        candidate = _shorten(name, NAME_BYTES - len(ending)) + ending
    return candidate


class TypeFinder:
    """Watches the texts of one column and knows in the end which type holds all of them without loss.

    A number with a leading zero is a code, and one of more than 15 digits is not exact in JavaScript: both stay text.
    Dates count only as YYYY-MM-DD; 01-03-2011 is read differently in different countries.
    """

    def __init__(self) -> None:
        self._possible = {"numeric", "date", "timestamp"}
        self._seen = False

    def watch(self, text: str) -> None:
        if not text or not self._possible:
            self._seen = self._seen or bool(text)
            return
        self._seen = True
        self._possible &= _types_of(text)

    @property
    def type(self) -> str:
        if not self._seen:
            return "text"
        return next((kind for kind in ("numeric", "date", "timestamp") if kind in self._possible), "text")


def _types_of(text: str) -> set[str]:
    if _NUMBER.fullmatch(text):
        return {"numeric"}
    if _DATE.fullmatch(text) or _MOMENT.fullmatch(text):
        try:
            dt.datetime.fromisoformat(text)
        except ValueError:
            return set()
        return {"date", "timestamp"} if _DATE.fullmatch(text) else {"timestamp"}
    return set()


def header_position(rows: Iterable[Sequence[Any]]) -> int:
    """Which of the first rows is the header: the first that fills more than half as many cells as the fullest one.

    Titles above a table fill one cell or two.
    """
    filled = [sum(1 for cell in row if as_text(cell)) for row in rows]
    most = max(filled, default=0)
    return next((place for place, count in enumerate(filled) if count * 2 > most), 0)
