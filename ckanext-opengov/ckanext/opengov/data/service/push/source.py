"""The bytes that come: unpacked, counted, hashed, with limits that a lying sender cannot get around."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from typing import Protocol

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import fault

PIECE = 1 << 20
# A text does not shrink to less than this part of itself; what does is made to fill the memory.
MOST_SHRUNK = 250
# Below this size a few repeated rows are no attack.
HARMLESS = 32 << 20
MAGIC = b"\x1f\x8b"
# Other containers that people send by mistake, by how they begin.
_FOREIGN = {b"PK\x03\x04": "ZIP/XLSX", b"%PDF": "PDF", b"\xd0\xcf\x11\xe0": "XLS", b"<htm": "HTML", b"<!DO": "HTML"}


class Readable(Protocol):
    """An upload: a file, or the body of a request."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; empty at the end."""
        ...


class Source:
    """An upload as plain bytes, piece by piece.

    :param expected: how many bytes were announced, None when nobody said
    :param most_bytes: of the unpacked content
    """

    def __init__(self, upload: Readable, *, expected: int | None = None, most_bytes: int) -> None:
        self._upload = upload
        self._expected = expected
        self._most_bytes = most_bytes
        self._hash = hashlib.sha256()
        self.received = 0
        self.unpacked = 0

    @property
    def digest(self) -> str:
        """SHA-256 of what was read so far, unpacked."""
        return f"sha256:{self._hash.hexdigest()}"

    def __iter__(self) -> Iterator[bytes]:
        """
        :raises Faulty: when the content breaks off, is too large, or is something else
        """
        first = self._next()
        pieces = self._gunzipped(first) if first.startswith(MAGIC) else self._plain(first)
        for piece in pieces:
            self.unpacked += len(piece)
            if self.unpacked > self._most_bytes:
                text = N_("Unpacked, the content is larger than {limit} MB. Send it in several parts.")
                raise fault(text, limit=self._most_bytes >> 20)
            self._hash.update(piece)
            yield piece

    def drain(self) -> str:
        """Read to the end for the digest alone."""
        for _ in self:
            pass
        return self.digest

    def _next(self) -> bytes:
        piece = self._upload.read(PIECE)
        self.received += len(piece)
        if not piece and self._expected is not None and self.received != self._expected:
            text = N_("{expected} bytes were announced and {received} came. Send the whole content again.")
            raise fault(text, expected=self._expected, received=self.received)
        return piece

    def _plain(self, piece: bytes) -> Iterator[bytes]:
        foreign = next((name for start, name in _FOREIGN.items() if piece.startswith(start)), None)
        if foreign:
            raise fault(N_("This is {kind}. Send CSV or NDJSON, as it is or packed by gzip."), kind=foreign)
        while piece:
            yield piece
            piece = self._next()

    def _gunzipped(self, packed: bytes) -> Iterator[bytes]:
        member = zlib.decompressobj(wbits=31)
        unpacked = 0
        while packed:
            try:
                piece = member.decompress(packed, PIECE)
            except zlib.error:
                text = N_("The gzip is damaged after {bytes} unpacked bytes. Pack the content again and send it.")
                raise fault(text, bytes=unpacked) from None
            unpacked += len(piece)
            self._refuse_bomb(unpacked)
            if piece:
                yield piece
            packed = member.unconsumed_tail
            if member.eof and (packed := member.unused_data or self._next()):
                member = zlib.decompressobj(wbits=31)
            elif not member.eof:
                packed = packed or self._next()
        if not member.eof:
            text = N_("The gzip breaks off after {bytes} unpacked bytes: only a part came. Send the whole of it again.")
            raise fault(text, bytes=unpacked)

    def _refuse_bomb(self, unpacked: int) -> None:
        if unpacked > HARMLESS and unpacked > self.received * MOST_SHRUNK:
            text = N_("The gzip unpacks to more than {factor} times its size, which no table does. Send it unpacked.")
            raise fault(text, factor=MOST_SHRUNK)
