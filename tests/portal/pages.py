"""Reading a page as the tests need it: its links, what it loads, what a visitor sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

SILENT = {"script", "style", "code", "pre", "template", "textarea"}
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Page(HTMLParser):
    """The parts of an HTML page by kind. ``regions`` maps a class of ``<nav>`` to the links in it."""

    html: str
    links: list[str] = field(default_factory=list)
    assets: list[str] = field(default_factory=list)
    text: str = ""
    title: str = ""
    language: str = ""
    alternates: dict[str, str] = field(default_factory=dict)
    meta_names: set[str] = field(default_factory=set)
    input_names: set[str] = field(default_factory=set)
    regions: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, str]] = []
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in EMPTY:
            self._open.append((tag, values.get("class", "")))
        if tag == "html":
            self.language = values.get("lang", "")
        elif tag == "a" and values.get("href"):
            self.links.append(values["href"])
            self._note_region(values)
        elif tag in {"script", "img", "iframe", "source"} and values.get("src"):
            self.assets.append(values["src"])
        elif tag == "meta":
            self.meta_names.add(values.get("name", ""))
        elif tag == "input":
            self.input_names.add(values.get("name", ""))
        elif tag == "link":
            self._note_link(values)

    def handle_endtag(self, tag: str) -> None:
        while any(name == tag for name, _ in self._open):
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if any(name == "title" for name, _ in self._open):
            self.title += data.strip()
        elif not any(name in SILENT for name, _ in self._open):
            self.text += data

    def _note_link(self, values: dict[str, str]) -> None:
        if values.get("hreflang"):
            self.alternates[values["hreflang"]] = values["href"]
        elif values.get("rel") in {"stylesheet", "icon", "shortcut icon"}:
            self.assets.append(values["href"])

    def _note_region(self, values: dict[str, str]) -> None:
        for tag, name in self._open:
            if tag == "nav" and name:
                self.regions.setdefault(name, {})[values.get("hreflang") or values["href"]] = values["href"]
