"""What every reader makes of a file: its lines in order, and what it noticed on the way."""

from __future__ import annotations

from dataclasses import dataclass

from ckanext.opengov.regulation.service.document.doubts import Doubt


@dataclass(frozen=True, slots=True)
class Line:
    """:param where: the number of the paragraph or line in the file, from 1
    :param level: 1 and more for a heading of that level, 0 for plain text
    :param is_title: marked as the title of the whole
    :param is_kept: belongs to what stands above it, whatever it begins with (rows of a table)
    """

    text: str
    where: int
    level: int = 0
    is_title: bool = False
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """The lines of a file."""

    lines: tuple[Line, ...]
    doubts: tuple[Doubt, ...] = ()
