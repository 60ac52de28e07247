"""What reading a file gives, and how it is refused."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from ckanext.opengov.civic.service.privacy import limits
from ckanext.opengov.civic.service.refusal import N_, Refusal


class FileRefusal(Refusal):
    """The file cannot be taken: too large, damaged, locked, or not what its name says."""


class UnsupportedFile(FileRefusal):
    """The file may be sound, but its text cannot be searched."""


@dataclass(frozen=True)
class Extracted:
    """The text of a file. ``complete`` is false when parts of it, such as scanned pages, have no text to search."""

    kind: str
    text: str
    complete: bool = True

    @property
    def searchable(self) -> bool:
        """Whether there is any text. A file without text stays private."""
        return bool(self.text.strip())


class Collector:
    """Takes the pieces of a text until there are too many, or it takes too long."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._until = time.monotonic() + limits.MAX_SECONDS

    def add(self, piece: str) -> None:
        """:raises FileRefusal: over the limit of length or time"""
        self._length += len(piece.encode("utf-8", "surrogatepass"))
        if self._length > limits.MAX_TEXT:
            raise FileRefusal(
                N_("The file has more than {limit} MB of text. Split it into smaller ones."),
                limit=limits.MAX_TEXT // limits.MEBIBYTE,
            )
        self.check_time()
        self._pieces.append(piece)

    def extend(self, pieces: Iterable[str]) -> None:
        """:raises FileRefusal: over the limit of length or time"""
        for piece in pieces:
            self.add(piece)

    def check_time(self) -> None:
        """:raises FileRefusal: when reading takes too long"""
        if time.monotonic() > self._until:
            raise FileRefusal(N_("The file takes too long to read. Save it again, or attach a simpler one."))

    @property
    def text(self) -> str:
        """All pieces, joined."""
        return "".join(self._pieces)


def damaged(kind: str) -> FileRefusal:
    """The refusal of a file that its own reader cannot read."""
    return FileRefusal(
        N_("The {kind} file is damaged. Open it in its program, save it again and attach it anew."), kind=kind
    )
