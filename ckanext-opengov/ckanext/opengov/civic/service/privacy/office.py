"""Text of DOCX and XLSX: archives of XML from strangers, so their size is checked before anything is unpacked."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
from lxml import etree

from ckanext.opengov.civic.identifiers import is_iin
from ckanext.opengov.civic.service.archives import UNREADABLE
from ckanext.opengov.civic.service.privacy import limits
from ckanext.opengov.civic.service.privacy.reading import Collector, Extracted, FileRefusal, damaged
from ckanext.opengov.civic.service.refusal import N_

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BREAKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_TEXT_PARTS = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
_MAIN_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_FEWEST_DIGITS_OF_IIN = 9


def kind_of(data: bytes) -> str | None:
    """``docx``, ``xlsx``, ``zip`` for another archive, or None for none."""
    if not data.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except UNREADABLE:
        return None
    return next((kind for part, kind in _MAIN_PARTS.items() if part in names), "zip")


def check_archive(data: bytes) -> None:
    """Refuse what would become too much when unpacked, by what the archive itself declares.

    Python reads at most the declared size of a member, so a false declaration gains nothing.

    :raises FileRefusal: for an archive bomb or a damaged archive
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except UNREADABLE as error:
        raise damaged("ZIP") from error
    unpacked = sum(member.file_size for member in members)
    bomb = len(members) > limits.MAX_MEMBERS or unpacked > limits.MAX_UNPACKED
    bomb = bomb or (unpacked > limits.RATIO_MATTERS_FROM and unpacked > limits.MAX_RATIO * len(data))
    if bomb:
        raise FileRefusal(
            N_(
                "The file unpacks to {unpacked} MB in {members} parts, which is too much for a document. At most"
                " {limit} MB are read, and at most {ratio} times the size of the file."
            ),
            unpacked=unpacked // limits.MEBIBYTE,
            members=len(members),
            limit=limits.MAX_UNPACKED // limits.MEBIBYTE,
            ratio=limits.MAX_RATIO,
        )


def read_docx(data: bytes) -> Extracted:
    """Text of the body, tables, text boxes, headers, footers, notes and comments; a line a paragraph.

    :raises FileRefusal: when the file is damaged or holds too much
    """
    check_archive(data)
    collector = Collector()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in sorted(filter(_TEXT_PARTS.fullmatch, archive.namelist())):
                with archive.open(name) as part:
                    collector.extend(_paragraphs(part))
    except (*UNREADABLE, etree.XMLSyntaxError) as error:
        if isinstance(error, FileRefusal):
            raise
        raise damaged("DOCX") from error
    return Extracted("docx", collector.text)


def _paragraphs(part: Any) -> Iterator[str]:
    """Runs of a paragraph are joined without a gap: Word splits a number wherever its spelling was looked at."""
    events = etree.iterparse(part, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False)
    fallback = 0
    for event, element in events:
        if element.tag == _FALLBACK:
            # The same text box again, for programs that do not know the first form.
            fallback += 1 if event == "start" else -1
        elif event == "end" and not fallback:
            yield from _text_of(element)
        if event == "end" and element.tag == f"{_W}p":
            element.clear()


def _text_of(element: Any) -> Iterator[str]:
    if element.tag == f"{_W}t":
        yield element.text or ""
    elif element.tag == f"{_W}p":
        yield "\n"
    elif element.tag in _BREAKS:
        yield _BREAKS[element.tag]


def read_xlsx(data: bytes) -> Extracted:
    """Values of all sheets: a line a row, tabs between cells, a sheet's title before its rows.

    :raises FileRefusal: when the file is damaged or holds too much
    """
    check_archive(data)
    collector = Collector()
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            collector.add(f"{sheet.title}\n")
            _read_rows(sheet, collector)
        book.close()
    except FileRefusal:
        raise
    except Exception:
        # openpyxl lets errors of every kind through for files that are not well-formed, and some quote the file.
        raise damaged("XLSX") from None
    return Extracted("xlsx", collector.text)


def _read_rows(sheet: Any, collector: Collector) -> None:
    cells = 0
    # The dimensions that a sheet declares may be a lie of a million empty columns.
    sheet.reset_dimensions()
    for row in sheet.iter_rows(values_only=True):
        cells += len(row)
        if cells > limits.MAX_CELLS:
            raise FileRefusal(
                N_("The table has more than {limit} cells. Split it into smaller ones."), limit=limits.MAX_CELLS
            )
        line = "\t".join(_cell(value) for value in row).rstrip("\t")
        if line:
            collector.add(f"{line}\n")
        else:
            collector.check_time()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        return _with_lost_zeros(str(value))
    return str(value)


def _with_lost_zeros(digits: str) -> str:
    """A table stores an IIN as a number and so loses its leading zeros: of those born from 2000 to 2009."""
    whole = digits.zfill(12)
    return whole if len(digits) >= _FEWEST_DIGITS_OF_IIN and is_iin(whole) else digits
