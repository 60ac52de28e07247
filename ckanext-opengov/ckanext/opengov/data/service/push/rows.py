"""CSV and NDJSON as frames of texts, each row with the number of its line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import Faulty, Finding, fault, shortened
from ckanext.opengov.data.service.push import header
from ckanext.opengov.data.service.push.checks import LINE
from ckanext.opengov.data.service.push.lines import Piece, line_at, misplaced, pieces
from ckanext.opengov.data.service.push.source import Source
from ckanext.opengov.data.service.structure import Structure


class Raw(NamedTuple):
    """A frame of texts with ``_line``, and the rows that could not even be cut into values."""

    frame: pl.DataFrame
    rejected: list[Finding]


@dataclass
class Reading:
    """How to read a push. ``agree`` takes the columns that came and says by which structure they are checked."""

    structure: Structure
    agree: Callable[[list[str]], Structure]
    only_key: bool = False
    # Field → value, for columns that need not come.
    constants: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = field(init=False, default=())

    def settle(self, columns: list[str]) -> None:
        """Fix the structure by the columns that came."""
        self.structure = self.agree([*columns, *(name for name in self.constants if name not in columns)])
        self.names = self.structure.key if self.only_key else self.structure.names


def read(source: Source, kind: str, reading: Reading) -> Iterator[Raw]:
    """The rows of a push, piece by piece; ``reading`` is settled before the first comes.

    :param kind: ``csv`` or ``ndjson``
    :raises Faulty: when the content cannot be read at all
    """
    return (_csv if kind == "csv" else _ndjson)(source, reading)


def _csv(source: Source, reading: Reading) -> Iterator[Raw]:
    delimiter, columns = "", list[str]()
    for piece in pieces(source):
        if not columns:
            delimiter, columns = _header(piece, reading)
            piece = _without_first(piece)
            if not piece.starts.size:
                continue
        place = misplaced(piece.content, piece.quotes, ord(delimiter))
        if place is not None:
            raise _misplaced_quote(piece, place)
        yield _table(piece, delimiter, columns, reading)
    if not columns:
        raise fault(N_("The content is empty. Send a header and the rows."))


def _header(piece: Piece, reading: Reading) -> tuple[str, list[str]]:
    first, second = (_record(piece, number) for number in (0, 1))
    delimiter = header.find_delimiter(first, header.words(reading.structure))
    cells = header.cells(first, delimiter)
    names = header.check_cells(cells, header.cells(second, delimiter) if second else [], reading.structure)
    reading.settle(names)
    return delimiter, names


def _record(piece: Piece, number: int) -> str:
    if number >= piece.starts.size:
        return ""
    return piece.content[piece.starts[number] : piece.ends()[number]].decode()


def _without_first(piece: Piece) -> Piece:
    start = int(piece.starts[1]) if piece.starts.size > 1 else len(piece.content)
    quotes = piece.quotes[piece.quotes >= start] - start
    return Piece(piece.content[start:], piece.starts[1:] - start, piece.lines[1:], quotes)


def _misplaced_quote(piece: Piece, place: int) -> Faulty:
    text = N_("A double quote stands inside a value. Put the whole value between quotes and write the quote twice.")
    start = piece.content.rfind(b"\n", 0, place) + 1
    value = shortened(piece.content[start : start + 400].decode(errors="replace").split("\n")[0])
    return Faulty([Finding(text, line=line_at(piece, place), value=value)])


def _table(piece: Piece, delimiter: str, columns: list[str], reading: Reading) -> Raw:
    ends = piece.ends()
    marks = np.searchsorted(piece.outside_quotes(ord(delimiter)), ends)
    widths = np.diff(marks, prepend=0) + 1
    blank = ends == piece.starts
    wrong = (widths != len(columns)) & ~blank
    rejected = [
        _width(int(piece.lines[place]), int(widths[place]), len(columns)) for place in np.flatnonzero(wrong).tolist()
    ]
    keep = ~(wrong | blank)
    content, lines = _kept(piece, ends, keep)
    if not lines.size:
        return Raw(_empty(reading.names), rejected)
    schema = dict.fromkeys(columns, pl.String)
    quote = '"' if piece.quotes.size else None
    frame = pl.read_csv(
        content, has_header=False, schema=schema, separator=delimiter, quote_char=quote, infer_schema=False
    )
    if frame.height != lines.size:
        raise RuntimeError(f"{lines.size} records were counted and {frame.height} were read")
    lacking = [pl.lit(value).alias(name) for name, value in reading.constants.items() if name not in columns]
    return Raw(frame.with_columns(lacking).select(pl.Series(LINE, lines), *reading.names), rejected)


def _kept(piece: Piece, ends: Any, keep: npt.NDArray[np.bool_]) -> tuple[bytes, npt.NDArray[np.int64]]:
    if keep.all():
        return piece.content, piece.lines
    spans = zip(piece.starts[keep].tolist(), ends[keep].tolist(), strict=True)
    return b"".join(piece.content[start : end + 1] for start, end in spans), piece.lines[keep]


def _empty(names: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(schema={LINE: pl.Int64, **dict.fromkeys(names, pl.String)})


def _width(line: int, count: int, expected: int) -> Finding:
    text = N_(
        "The row has {count} values, the header {expected}. Put values with a delimiter in them between double quotes."
    )
    return Finding(text, {"count": count, "expected": expected}, line=line)


def _ndjson(source: Source, reading: Reading) -> Iterator[Raw]:
    seen: dict[str, None] = {}
    for piece in pieces(source, quoted=False):
        objects, lines, rejected = _objects(piece)
        if objects:
            seen |= dict.fromkeys(chain.from_iterable(objects))
        if not reading.names:
            new = [name for name in seen if name not in reading.structure.names]
            # A field without a value may be left out of the first objects; whether it is anywhere shows at the end.
            reading.settle([*reading.structure.names, *new])
        objects, lines, strange = _without_strange(objects, lines, reading)
        yield _object_table(objects, lines, rejected + strange, reading)
    if not seen:
        raise fault(N_("The content is empty. Send one JSON object a line."))
    reading.agree([*seen, *(name for name in reading.constants if name not in seen)])


def _objects(piece: Piece) -> tuple[list[dict[str, Any]], list[int], list[Finding]]:
    texts = piece.content.split(b"\n")[:-1]
    numbers = piece.lines.tolist()
    if not all(texts):
        kept = [(text, number) for text, number in zip(texts, numbers, strict=True) if text.strip()]
        texts, numbers = [text for text, _ in kept], [number for _, number in kept]
    try:
        objects = _loads(b"[" + b",".join(texts) + b"]")
        if len(objects) == len(texts) and all(type(one) is dict for one in objects):
            return objects, numbers, []
    except (ValueError, RecursionError):
        pass
    return _one_by_one(texts, numbers)


def _one_by_one(texts: list[bytes], numbers: list[int]) -> tuple[list[dict[str, Any]], list[int], list[Finding]]:
    objects, lines, rejected = list[dict[str, Any]](), list[int](), list[Finding]()
    text = N_('This line is no JSON object. Send one object a line, each key once: {{"name": "A", "number": 1}}.')
    for content, number in zip(texts, numbers, strict=True):
        try:
            one = _loads(content)
        except (ValueError, RecursionError):
            one = None
        if type(one) is dict:
            objects.append(one)
            lines.append(number)
        else:
            rejected.append(Finding(text, line=number, value=shortened(content.decode(errors="replace"))))
    return objects, lines, rejected


def _loads(content: bytes) -> Any:
    # Numbers stay as they are written: a float would round them.
    return json.loads(content, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_pairs)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key is there twice")
    return made


def _without_strange(
    objects: list[dict[str, Any]], lines: list[int], reading: Reading
) -> tuple[list[dict[str, Any]], list[int], list[Finding]]:
    """Set aside objects with keys that are no fields, and with values that are objects or lists."""
    known = set(reading.structure.names)
    strange = [
        place
        for place, one in enumerate(objects)
        if not known.issuperset(one) or any(type(value) in (dict, list) for value in one.values())
    ]
    if not strange:
        return objects, lines, []
    findings = [_strange(objects[place], lines[place], known) for place in strange]
    left = set(range(len(objects))).difference(strange)
    return [objects[place] for place in sorted(left)], [lines[place] for place in sorted(left)], findings


def _strange(one: dict[str, Any], line: int, known: set[str]) -> Finding:
    for name, value in one.items():
        if name not in known:
            return Finding(N_("The table has no such field."), line=line, column=shortened(name))
        if type(value) in (dict, list):
            text = N_("The value is an object or a list. Send a text, a number, true, false or null.")
            return Finding(text, line=line, column=name, value=shortened(json.dumps(value, ensure_ascii=False)))
    raise ValueError("nothing is strange about this object")


def _object_table(objects: list[dict[str, Any]], lines: list[int], rejected: list[Finding], reading: Reading) -> Raw:
    if not objects:
        return Raw(_empty(reading.names), rejected)
    columns = [pl.Series(LINE, lines, dtype=pl.Int64)]
    for name in reading.names:
        constant = reading.constants.get(name)
        values = [one.get(name, constant) for one in objects]
        if bool in set(map(type, values)):
            values = [str(value).lower() if type(value) is bool else value for value in values]
        columns.append(pl.Series(name, values, dtype=pl.String))
    return Raw(pl.DataFrame(columns), rejected)
