"""DOCX: paragraphs in order, with what the word processor keeps beside them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml import etree

from ckanext.opengov.civic.service.archives import UNREADABLE
from ckanext.opengov.regulation.service.document.doubts import Doubt, Unreadable, quoted
from ckanext.opengov.regulation.service.document.lines import Line, Source
from ckanext.opengov.regulation.service.document.reading import xml
from ckanext.opengov.regulation.service.document.reading.docx_numbers import Numbers
from ckanext.opengov.regulation.service.document.reading.words import plain

# A package of files unpacks to at most this.
_LARGEST = 200 * 1024 * 1024
_DELETED = frozenset({qn("w:del"), qn("w:moveFrom")})
_INSERTED = frozenset({qn("w:ins"), qn("w:moveTo")})
_PICTURES = frozenset({qn("w:drawing"), qn("w:pict"), qn("w:object")})
_NOTES = {qn("w:footnoteReference"): "footnotes", qn("w:endnoteReference"): "endnotes"}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SIGNS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}


def read(content: bytes) -> Source:
    """:raises Unreadable: for a damaged file, one without text, and any other kind of package"""
    _check_package(content)
    try:
        document = docx.Document(io.BytesIO(content))
    except (PackageNotFoundError, KeyError, ValueError, AttributeError, etree.XMLSyntaxError, OSError) as error:
        raise Unreadable("broken", detail=type(error).__name__) from error
    walker = _Walker(document)
    walker.body(document.element.body)
    return walker.source()


def _check_package(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = {entry.filename: entry.file_size for entry in package.infolist()}
            if "word/document.xml" not in names:
                raise Unreadable("format")
            if sum(names.values()) > _LARGEST:
                raise Unreadable("too_large", size=sum(names.values()) // 1024**2, limit=_LARGEST // 1024**2)
            for name in names:
                if name.endswith((".xml", ".rels")):
                    xml.parse(package.read(name))
    except UNREADABLE as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("broken", detail=type(error).__name__) from error


class _Walker:
    def __init__(self, document: Any) -> None:
        self.numbers = Numbers(document)
        self.styles = {style.style_id: (style.name or "").lower() for style in document.styles}
        self.notes = {name: _notes(document, name) for name in ("footnotes", "endnotes")}
        self.lines: list[Line] = []
        self.doubts: list[Doubt] = []
        self.where = 0
        self.insertions = self.deletions = self.pictures = self.margin = self.counted = 0
        self.boxes: list[Any] = []

    # --- blocks

    def body(self, element: Any) -> None:
        for child in element:
            if child.tag == qn("w:p"):
                self._paragraph(child)
            elif child.tag == qn("w:tbl"):
                self._table(child)
            elif child.tag == qn("w:sdt") and (inner := child.find(qn("w:sdtContent"))) is not None:
                self.body(inner)
            elif child.tag in _INSERTED:
                self.body(child)

    def _paragraph(self, paragraph: Any) -> None:
        self.where += 1
        number = self.numbers.of(paragraph)
        level, is_title = self._style(paragraph)
        pieces = [piece for raw in self._text(paragraph).split("\n") if (piece := plain(raw))]
        for place, piece in enumerate(pieces):
            text = f"{number} {piece}" if number and not place else piece
            self.lines.append(Line(text, self.where, level, is_title))
        self.counted += bool(number and pieces)
        boxes, self.boxes = self.boxes, []
        for box in boxes:
            self.body(box)

    def _style(self, paragraph: Any) -> tuple[int, bool]:
        settings = paragraph.find(qn("w:pPr"))
        chosen = settings.find(qn("w:pStyle")) if settings is not None else None
        name = self.styles.get(chosen.get(qn("w:val")), "") if chosen is not None else ""
        last = name.rpartition(" ")[2]
        return (int(last) if name.startswith("heading ") and last.isdigit() else 0), name == "title"

    def _table(self, table: Any) -> None:
        rows = table.findall(qn("w:tr"))
        cells = [[self._cell(cell) for cell in row.iter(qn("w:tc"))] for row in rows]
        if len(rows) == 1:
            # A row without others only sets words beside each other, as in the head of an annex.
            for text in (line for cell in cells[0] for line in cell):
                self.where += 1
                self.lines.append(Line(text, self.where))
            return
        self.where += 1
        self.doubts.append(Doubt("table", self.where, values={"rows": len(rows)}))
        for row in cells:
            if text := " | ".join(joined for cell in row if (joined := " ".join(cell))):
                self.lines.append(Line(text, self.where, is_kept=True))

    def _cell(self, cell: Any) -> list[str]:
        texts = (self._text(paragraph) for paragraph in cell.iter(qn("w:p")))
        return [text for raw in texts for piece in raw.split("\n") if (text := plain(piece))]

    # --- words

    def _text(self, paragraph: Any) -> str:
        return "".join(self._words(paragraph))

    def _words(self, element: Any) -> Iterator[str]:
        for child in element:
            tag = child.tag
            if tag == qn("w:t"):
                yield child.text or ""
            elif tag in _SIGNS:
                yield _SIGNS[tag]
            elif tag in _NOTES:
                yield self._note(_NOTES[tag], child.get(qn("w:id")))
            elif tag in _PICTURES:
                self._picture(child)
            elif self._is_read(tag):
                yield from self._words(child)

    def _is_read(self, tag: Any) -> bool:
        if tag in _DELETED:
            self.deletions += 1
            return False
        self.insertions += tag in _INSERTED
        self.margin += tag == qn("w:commentReference")
        return isinstance(tag, str) and tag not in {_FALLBACK, qn("w:pPr"), qn("w:rPr")}

    def _note(self, kind: str, identifier: str) -> str:
        text = self.notes[kind].get(identifier, "")
        self.doubts.append(Doubt("footnote", self.where, quote=quoted(text)))
        return f" [{text}]" if text else ""

    def _picture(self, element: Any) -> None:
        boxes = [
            box
            for box in element.iter(qn("w:txbxContent"))
            if not any(above.tag == _FALLBACK for above in box.iterancestors())
        ]
        self.boxes.extend(boxes)
        self.pictures += not boxes

    # --- the end

    def source(self) -> Source:
        if sum(len(line.text) for line in self.lines) < 20 and self.pictures:
            raise Unreadable("scan")
        if not self.lines:
            raise Unreadable("no_text")
        doubts = list(self.doubts)
        if self.insertions or self.deletions:
            values = {"insertions": self.insertions, "deletions": self.deletions}
            doubts.append(Doubt("tracked_changes", values=values))
        counts = (("picture", self.pictures), ("margin_note", self.margin), ("automatic_numbers", self.counted))
        doubts.extend(Doubt(code, values={"count": count}) for code, count in counts if count)
        return Source(tuple(self.lines), tuple(doubts))


def _notes(document: Any, name: str) -> dict[str, str]:
    part = next((one.target_part for one in document.part.rels.values() if one.reltype.endswith(f"/{name}")), None)
    if part is None:
        return {}
    root = xml.parse(part.blob)
    return {
        note.get(qn("w:id")): plain(" ".join(text.text or "" for text in note.iter(qn("w:t"))))
        for note in root
        if isinstance(note.tag, str)
    }
