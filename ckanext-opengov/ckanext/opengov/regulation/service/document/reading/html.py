"""HTML: blocks become lines; numbered lists get their numbers."""

from __future__ import annotations

from typing import Any

from lxml import etree
from lxml import html as lxml_html

from ckanext.opengov.regulation.service.document.doubts import Doubt, Unreadable
from ckanext.opengov.regulation.service.document.lines import Line, Source
from ckanext.opengov.regulation.service.document.reading.words import plain

_SKIPPED = frozenset({"script", "style", "head", "template", "noscript", "nav", "select", "button", "object", "iframe"})
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "ul",
        "td",
        "th",
        "tr",
    }
)
_DELETED = frozenset({"del", "s", "strike"})
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def read(content: bytes) -> Source:
    """:raises Unreadable: when there is no text in it"""
    parser = lxml_html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding=_encoding(content))
    try:
        root = lxml_html.document_fromstring(content, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("no_text") from error
    walker = _Walker()
    walker.element(root)
    walker.close()
    return walker.source()


def _encoding(content: bytes) -> str | None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


class _Walker:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.doubts: list[Doubt] = []
        self.held: list[str] = []
        self.level = 0
        self.pictures = self.insertions = self.deletions = 0

    def close(self) -> None:
        """What was gathered so far is a line."""
        text = plain("".join(self.held))
        self.held.clear()
        if text:
            self.lines.append(Line(text, len(self.lines) + 1, self.level, is_title=self.level == 1))

    def element(self, element: Any) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _SKIPPED:
            return
        if tag in _DELETED:
            self.deletions += 1
            return
        if tag == "table" and len(rows := element.findall(".//tr")) > 1:
            self._table(rows)
            return
        self.insertions += tag == "ins"
        self.pictures += tag == "img"
        if tag in _BLOCKS or tag == "br":
            self.close()
        if tag in {"ol", "ul"}:
            self._list(element, tag)
        else:
            self._inside(element, tag)

    def _inside(self, element: Any, tag: str) -> None:
        is_heading = len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()
        if is_heading:
            self.level = int(tag[1])
        self._contents(element)
        if tag in _BLOCKS:
            self.close()
        if is_heading:
            self.level = 0

    def _contents(self, element: Any) -> None:
        self.held.append(element.text or "")
        for child in element:
            self.element(child)
            self.held.append(child.tail or "")

    def _list(self, element: Any, tag: str) -> None:
        depth = sum(1 for above in element.iterancestors("ol"))
        start = element.get("start", "1")
        number = int(start) if start.isdigit() and len(start) < 6 else 1
        for child in element:
            if child.tag == "li":
                value = child.get("value", "")
                number = int(value) if value.isdigit() and len(value) < 6 else number
                self.held.append("– " if tag == "ul" else _numbered(number, element.get("type", "1"), depth))
                number += 1
            self.element(child) if child.tag != "li" else self._item(child)
        self.close()

    def _item(self, child: Any) -> None:
        self._contents(child)
        self.close()

    def _table(self, rows: list[Any]) -> None:
        self.close()
        self.doubts.append(Doubt("table", len(self.lines) + 1, values={"rows": len(rows)}))
        for row in rows:
            cells = [plain(" ".join(cell.itertext())) for cell in row if cell.tag in {"td", "th"}]
            if text := " | ".join(cell for cell in cells if cell):
                self.lines.append(Line(text, len(self.lines) + 1, is_kept=True))

    def source(self) -> Source:
        if not self.lines:
            raise Unreadable("scan" if self.pictures else "no_text")
        doubts = list(self.doubts)
        if self.insertions or self.deletions:
            values = {"insertions": self.insertions, "deletions": self.deletions}
            doubts.append(Doubt("tracked_changes", values=values))
        if self.pictures:
            doubts.append(Doubt("picture", values={"count": self.pictures}))
        return Source(tuple(self.lines), tuple(doubts))


def _numbered(number: int, kind: str, depth: int) -> str:
    if kind.lower() == "a" and 1 <= number <= len(_LETTERS):
        return f"{_LETTERS[number - 1]}) "
    return f"{number}) " if depth else f"{number}. "
