"""A workbook written as its rows come: the archive's parts are packed and sent one after the other."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

# Of a sheet; a longer table goes on in the next one.
MOST_ROWS = 1_048_575
_NAMESPACE = "http://schemas.openxmlformats.org"
_MAIN = f"{_NAMESPACE}/spreadsheetml/2006/main"
_OFFICE = f"{_NAMESPACE}/officeDocument/2006/relationships"
_PACKAGE = f"{_NAMESPACE}/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_TOP = (
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView>'
    "</sheetViews>"
)


class _Sink:
    """What the archive writes, until it is fetched."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def fetch(self) -> bytes:
        found = b"".join(self._parts)
        self._parts.clear()
        return found


def workbook(names: Sequence[str], rows: Iterable[bytes], most: int = MOST_ROWS) -> Iterator[bytes]:
    """The pieces of a workbook.

    :param rows: pieces of lines, each line a ``<row>``
    :param most: rows of a sheet
    """
    sink = _Sink()
    target: Any = sink
    archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    sheets = 0
    for sheet in _sheets(rows, most):
        sheets += 1
        with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as part:
            part.write(_beginning(names))
            for piece in sheet:
                part.write(piece)
                if packed := sink.fetch():
                    yield packed
            part.write(b"</sheetData></worksheet>")
    for name, content in _frame(sheets).items():
        archive.writestr(name, content)
    archive.close()
    yield sink.fetch()


def _sheets(rows: Iterable[bytes], most: int) -> Iterator[Iterator[bytes]]:
    """The rows of each sheet; there is at least one."""
    source = iter(rows)
    rest = b""
    is_over = False

    def sheet() -> Iterator[bytes]:
        nonlocal rest, is_over
        count = 0
        while True:
            piece, rest = (rest, b"") if rest else (next(source, b""), b"")
            if not piece:
                is_over = True
                return
            lines = piece.count(b"\n")
            if count + lines < most:
                count += lines
                yield piece
                continue
            place = _after_lines(piece, most - count)
            rest = piece[place:]
            yield piece[:place]
            if not rest:
                rest = next(source, b"")
                is_over = not rest
            return

    while not is_over:
        yield sheet()


def _after_lines(piece: bytes, lines: int) -> int:
    place = 0
    for _ in range(lines):
        place = piece.index(b"\n", place) + 1
    return place


def _beginning(names: Sequence[str]) -> bytes:
    cells = "".join(f'<c s="2" t="inlineStr"><is><t>{escape(name)}</t></is></c>' for name in names)
    return f'{_HEAD}<worksheet xmlns="{_MAIN}">{_TOP}<sheetData><row>{cells}</row>\n'.encode()


def _frame(sheets: int) -> dict[str, str]:
    """The parts that say what the sheets are."""
    numbers = range(1, sheets + 1)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{kind}.worksheet+xml"/>'
        for number in numbers
    )
    listed = "".join(f'<sheet name="{number}" sheetId="{number}" r:id="rId{number}"/>' for number in numbers)
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    return {
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": (
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{related}'
            f'<Relationship Id="styles" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
        ),
        "xl/styles.xml": _STYLES,
        "_rels/.rels": (
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "[Content_Types].xml": (
            f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{overrides}</Types>'
        ),
    }
