"""PDF that has text; a scan has none and is refused."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from ckanext.opengov.regulation.service.document.doubts import Doubt, Unreadable
from ckanext.opengov.regulation.service.document.lines import Source
from ckanext.opengov.regulation.service.document.reading.plain import joined
from ckanext.opengov.regulation.service.document.reading.words import plain

MOST_PAGES = 1_000
_PAGE_NUMBER = re.compile(r"[-–—\s]*\d{1,4}[-–—\s]*$")


def read(content: bytes) -> Source:
    """:raises Unreadable: for a scan, a protected or a damaged file"""
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("password")
        lines = tuple(joined(_lines(reader)))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("broken", detail=type(error).__name__) from error
    if not lines:
        raise Unreadable("scan")
    return Source(lines, (Doubt("layout"),))


def _lines(reader: PdfReader) -> Iterator[tuple[str, int]]:
    number = 0
    for page in reader.pages[:MOST_PAGES]:
        for line in page.extract_text().splitlines():
            number += 1
            text = plain(line)
            if not _PAGE_NUMBER.match(text):
                yield text, number
