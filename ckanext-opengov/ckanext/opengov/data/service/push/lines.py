"""From bytes to pieces of whole records, with the number of the line in which each begins.

What a record is follows RFC 4180: a line break between double quotes belongs to the value. Where quotes stand is
worked out for a whole piece at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import Faulty, Finding, fault, shortened
from ckanext.opengov.data.service.push.source import Source

PIECE = 3 << 20
MOST_RECORD = 8 << 20
_QUOTE, _NEWLINE = 0x22, 0x0A
_BOM = b"\xef\xbb\xbf"
Positions = npt.NDArray[np.intp]


@dataclass
class Piece:
    """Whole records. ``starts`` are the places where they begin, ``lines`` the numbers of their lines."""

    content: bytes
    starts: Positions
    lines: npt.NDArray[np.int64]
    quotes: Positions

    def ends(self) -> Positions:
        """Where the line break of each record stands."""
        return np.append(self.starts[1:] - 1, len(self.content) - 1)

    def outside_quotes(self, byte: int) -> Positions:
        """The places of a byte that are not between quotes."""
        return _outside(_places(self.content, byte), self.quotes)


def pieces(source: Source, quoted: bool = True) -> Iterator[Piece]:
    """Cut a source after whole records.

    :param quoted: whether line breaks may stand between double quotes (CSV) or never (NDJSON)
    :raises Faulty: when a record is too long, or the text is not UTF-8
    """
    line, rest = 1, bytearray()
    waiting = 0
    for chunk in _opened(source):
        rest += chunk
        waiting += len(chunk)
        if waiting < PIECE:
            continue
        end = _last_end(rest, quoted)
        if end:
            yield (piece := _piece(bytes(rest[:end]), line, quoted))
            line += piece.content.count(b"\n")
            del rest[:end]
        elif len(rest) > MOST_RECORD:
            raise _too_long(rest, line, quoted)
        waiting = 0
    if rest:
        if quoted and rest.count(b'"') % 2:
            raise _never_closed(bytes(rest), line)
        yield _piece(bytes(rest) if rest.endswith(b"\n") else bytes(rest) + b"\n", line, quoted)


def _opened(source: Source) -> Iterator[bytes]:
    """The source without a byte order mark and with line breaks of one kind."""
    carried = b""
    for number, chunk in enumerate(source):
        if number == 0:
            if chunk[:2] in {b"\xff\xfe", b"\xfe\xff"}:
                raise fault(N_("The text is in UTF-16. Send it in UTF-8."))
            chunk = chunk.removeprefix(_BOM)
        chunk = carried + chunk
        # A return at the end may belong to a line feed that is still to come.
        carried = b"\r" if chunk.endswith(b"\r") else b""
        yield (chunk[:-1] if carried else chunk).replace(b"\r\n", b"\n")
    if carried:
        yield b"\n"


def _places(content: bytes | bytearray, byte: int) -> Positions:
    return np.flatnonzero(np.frombuffer(content, dtype=np.uint8) == byte)


def _outside(places: Positions, quotes: Positions) -> Positions:
    if not quotes.size:
        return places
    return places[np.searchsorted(quotes, places) % 2 == 0]


def _last_end(content: bytearray, quoted: bool) -> int:
    """The place after the last record that is whole; 0 when there is none."""
    if not quoted or b'"' not in content:
        return content.rfind(b"\n") + 1
    plain = bytes(content)
    ends = _outside(_places(plain, _NEWLINE), _places(plain, _QUOTE))
    return int(ends[-1]) + 1 if ends.size else 0


def _piece(content: bytes, line: int, quoted: bool) -> Piece:
    quotes = _places(content, _QUOTE) if quoted and b'"' in content else np.empty(0, dtype=np.intp)
    newlines = _places(content, _NEWLINE)
    ends = _outside(newlines, quotes)
    starts = np.concatenate([np.zeros(1, dtype=np.intp), ends[:-1] + 1])
    lines = line + np.searchsorted(newlines, starts) if quotes.size else line + np.arange(starts.size)
    piece = Piece(content, starts, lines.astype(np.int64), quotes)
    _refuse_binary(piece)
    _refuse_long(piece)
    return piece


def _refuse_binary(piece: Piece) -> None:
    place = piece.content.find(b"\0")
    if place >= 0:
        text = N_("There is a NUL character, which no text has. Send the rows as text in UTF-8.")
        raise Faulty([Finding(text, line=line_at(piece, place))])
    try:
        piece.content.decode()
    except UnicodeDecodeError as error:
        text = N_("The text is not in UTF-8; it looks like {encoding}. Convert it to UTF-8 and send it again.")
        raw = piece.content[error.start : error.start + 20].split(b"\n")[0]
        cyrillic = raw[0] >= 0xC0
        likely = "Windows-1251 / KZ-1048" if cyrillic else "Windows-1252"
        value = raw.decode("cp1251", errors="replace")
        raise Faulty([Finding(text, {"encoding": likely}, line=line_at(piece, error.start), value=value)]) from None


def _refuse_long(piece: Piece) -> None:
    longest = int(np.argmax(piece.ends() - piece.starts))
    if int(piece.ends()[longest] - piece.starts[longest]) > MOST_RECORD:
        raise _record_too_long(int(piece.lines[longest]))


def line_at(piece: Piece, place: int) -> int:
    """The number of the line of a byte."""
    return int(piece.lines[0]) + piece.content.count(b"\n", 0, place)


def _record_too_long(line: int) -> Faulty:
    text = N_("This row is longer than {limit} MB. Check for a quote that nothing closes, or for a file in a cell.")
    return Faulty([Finding(text, {"limit": MOST_RECORD >> 20}, line=line)])


def _too_long(content: bytearray, line: int, quoted: bool) -> Faulty:
    return _never_closed(bytes(content), line) if quoted and content.count(b'"') % 2 else _record_too_long(line)


def _never_closed(content: bytes, line: int) -> Faulty:
    """The quote to blame is the first that stands where none may, else the last one."""
    quotes = _places(content, _QUOTE)
    place = misplaced(content, quotes, None)
    place = int(quotes[-1]) if place is None else place
    text = N_(
        "A double quote opens a value and nothing closes it. Close it, or write it twice if it belongs to the value."
    )
    value = shortened(content[place : place + 60].decode(errors="replace").split("\n")[0])
    return Faulty([Finding(text, line=line + content.count(b"\n", 0, place), value=value)])


def misplaced(content: bytes, quotes: Positions, delimiter: int | None) -> int | None:
    """The place of the first quote that neither begins nor ends a value, and is not doubled; None when all are right.

    :param delimiter: None for any of the usual ones
    """
    if not quotes.size:
        return None
    letters = np.frombuffer(b"\n" + content + b"\n", dtype=np.uint8)
    allowed = {_QUOTE, _NEWLINE, *([delimiter] if delimiter else b",;\t|")}
    fits = np.isin(np.arange(256), list(allowed))
    # The first of each pair opens a value, the second closes it; a doubled one is both.
    before, after = letters[quotes[0::2]], letters[quotes[1::2] + 2]
    wrong = [*quotes[0::2][~fits[before]][:1], *quotes[1::2][~fits[after]][:1]]
    return int(min(wrong)) if wrong else None
