"""CSV and TSV in the encodings and with the delimiters that people's programs write."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ckanext.opengov.data.service.tables.problem import TableProblem
from ckanext.opengov.data.service.tables.rows import Row, Source

CELL_LIMIT = 10_000_000
DELIMITERS = (",", ";", "\t", "|")
SAMPLE_ROWS = 100
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Runs of letters in a file of one byte a letter.
_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")


def read(path: Path, delimiter: str | None = None) -> Source:
    """The records of a delimited file.

    :param delimiter: when the format fixes it; else the one that cuts the first records most evenly
    """
    csv.field_size_limit(CELL_LIMIT)
    encoding = find_encoding(path)
    chosen = delimiter or find_delimiter(path, encoding)
    notes = {} if encoding.startswith("utf-8") else {"encoding": encoding.upper()}
    return Source(lambda: _records(path, encoding, chosen), notes=notes)


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    with path.open(encoding=encoding, newline="") as text:
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=delimiter)
        while True:
            lines.record.clear()
            # Where the record begins: it may go over several lines.
            start = reader.line_num + 1
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise TableProblem("broken_record", row=start) from None
            if lines.ended and _is_open(lines.record, delimiter):
                raise TableProblem("unclosed_quote", row=start)
            yield start, record  # pyright: ignore[reportReturnType]


class _Lines:
    """Lines without NUL characters, keeping those of the record that is being read."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self.record: list[str] = []
        self.ended = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        try:
            line = next(self._text).replace("\x00", "")
        except StopIteration:
            self.ended = True
            raise
        self.record.append(line)
        return line


def _is_open(lines: list[str], delimiter: str) -> bool:
    """Whether a quote in the last record is never closed; Python's reader takes the rest of the file for its text."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def find_encoding(path: Path) -> str:
    """UTF-8 if the whole file is; else by its mark, else Kazakhstan's Cyrillic or Western Europe's Latin page."""
    with path.open("rb") as content:
        start = content.read(4)
        for mark, name in _BOMS:
            if start.startswith(mark):
                return name
        content.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            for chunk in iter(lambda: content.read(1 << 20), b""):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _one_byte_page(path)
    return "utf-8"


def _one_byte_page(path: Path) -> str:
    """In Latin text, letters beyond ASCII stand between ASCII letters; in Cyrillic text, words are made of them."""
    mixed = whole = 0
    with path.open("rb") as content:
        for line in content:
            for word in _WORD.findall(line):
                high = sum(1 for byte in word if byte > 0x7F)
                if high:
                    mixed += high < len(word)
                    whole += high == len(word)
            if mixed + whole > 10_000:
                break
    if whole >= mixed:
        return "kz1048" if _decodes(path, "kz1048") else "latin-1"
    return "cp1252" if _decodes(path, "cp1252") else "latin-1"


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding) as text:
            for _ in text:
                pass
    except UnicodeDecodeError:
        return False
    return True


def find_delimiter(path: Path, encoding: str) -> str:
    """The delimiter that gives the most records the same number of cells, more than one; a comma when none does."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        score = _evenness(path, encoding, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _evenness(path: Path, encoding: str, delimiter: str) -> tuple[float, int]:
    widths: Counter[int] = Counter()
    try:
        for _, record in _records(path, encoding, delimiter):
            if any(record):
                widths[len(record)] += 1
            if widths.total() >= SAMPLE_ROWS:
                break
    except TableProblem:
        return 0.0, 0
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return 0.0, 0
    width, count = max(wide.items(), key=lambda item: (item[1], item[0]))
    return count / widths.total(), width
