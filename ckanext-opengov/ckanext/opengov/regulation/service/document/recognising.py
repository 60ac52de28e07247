"""Lines of text become the tree of an act; what is not sure is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ckanext.opengov.regulation.service.document import checking, patterns, tree
from ckanext.opengov.regulation.service.document.doubts import Doubt, quoted
from ckanext.opengov.regulation.service.document.lines import Line, Source
from ckanext.opengov.regulation.service.document.tree import Document, Part

RANK = {kind: rank for rank, kind in enumerate(tree.HIERARCHY)}
# Kinds whose first words are a title, not yet the rule.
TITLED = frozenset({"section", "subsection", "chapter", "subchapter", "article"})
_TITLE_LINES = 6
# Paragraphs that count on, 1.1.1, stand in each other up to here.
DEEPEST = 5


@dataclass
class Node:
    """A part while it grows."""

    kind: str
    number: str = ""
    heading: str = ""
    lines: list[str] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    where: int = 0

    @property
    def last(self) -> str:
        return self.lines[-1] if self.lines else self.heading


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file was taken to say.

    :param lines: eId → the paragraph or line of the file that the part began at
    """

    document: Document
    doubts: tuple[Doubt, ...] = ()
    lines: tuple[tuple[str, int], ...] = ()


def recognise(source: Source, language: str) -> Reading:
    """The tree that the lines make."""
    builder = _Builder()
    for line in source.lines:
        builder.take(line)
    roots = builder.finished()
    parts = tree.with_eids(_part(node) for node in roots)
    places = tuple(zip((part.eid for part in tree.walk(parts)), _wheres(roots), strict=True))
    doubts = [*source.doubts, *builder.doubts, *checking.check(parts, dict(places))]
    doubts.sort(key=lambda doubt: doubt.line)
    return Reading(Document(builder.title, language, parts), tuple(doubts), places)


def _is_titled(kind: str, rest: str) -> bool:
    """Whether the words after a number are a title."""
    if kind == "annex":
        return rest[:1].isupper()
    return kind in TITLED and len(rest) <= patterns.LONGEST_HEADING and not rest.endswith((":", ";"))


def _part(node: Node) -> Part:
    children = tuple(_part(child) for child in node.children)
    return Part("", node.kind, node.number, node.heading, "\n".join(node.lines), children)


def _wheres(nodes: Iterable[Node]) -> Iterable[int]:
    for node in nodes:
        yield node.where
        yield from _wheres(node.children)


class _Builder:
    def __init__(self) -> None:
        self.roots: list[Node] = []
        self.stack: list[Node] = []
        self.before: list[Line] = []
        self.doubts: list[Doubt] = []
        self.title = ""
        self.is_numbered = False

    def take(self, line: Line) -> None:
        begin = None if line.is_kept else patterns.begin(line.text)
        if begin is not None:
            self._begin(begin, line)
        elif not self.is_numbered and not (line.level > 1 and self.before):
            self.before.append(line)
        elif line.level and not self._awaits_heading():
            self.doubts.append(Doubt("heading_without_number", line.where, quote=quoted(line.text)))
            self._open(Node("chapter", heading=line.text, where=line.where))
        else:
            self._go_on(line)

    # --- beginnings

    def _begin(self, begin: patterns.Begin, line: Line) -> None:
        node = Node(begin.kind, begin.number, where=line.where)
        if node.kind == "subparagraph" and self._is_letter_under_number(node.number):
            node.kind = "point"
        if _is_titled(node.kind, begin.rest):
            node.heading = begin.rest
        elif begin.rest:
            node.lines.append(begin.rest)
        self._open(node)

    def _is_letter_under_number(self, number: str) -> bool:
        if not number.isalpha():
            return False
        return any(one.kind == "subparagraph" and one.number[0].isdigit() for one in self.stack)

    def _open(self, node: Node) -> None:
        self.is_numbered = True
        while self.stack and not self._holds(self.stack[-1], node):
            self.stack.pop()
        (self.stack[-1].children if self.stack else self.roots).append(node)
        self.stack.append(node)

    @staticmethod
    def _holds(above: Node, node: Node) -> bool:
        if above.kind == node.kind == "paragraph":
            return node.number.startswith(f"{above.number}.") and node.number.count(".") <= DEEPEST
        return above.kind in RANK and RANK[above.kind] < RANK[node.kind]

    # --- lines that go on

    def _awaits_heading(self) -> bool:
        node = self.stack[-1]
        return node.kind in TITLED - {"article"} and not node.heading and not node.lines

    def _go_on(self, line: Line) -> None:
        node = self.stack[-1]
        if self._awaits_heading() and not line.is_kept and patterns.is_heading(line.text):
            node.heading = line.text
        elif node.kind in TITLED - {"article"} and node.heading.isupper() and line.text.isupper() and not node.lines:
            node.heading = f"{node.heading} {line.text}"
        elif not line.is_kept and node.kind in {"paragraph", "subparagraph", "point", "alinea", "article"}:
            self._under_paragraph(node, line)
        else:
            node.lines.append(line.text)

    def _under_paragraph(self, node: Node, line: Line) -> None:
        if patterns.is_signature(line.text) and node.last.endswith("."):
            self._sign(line)
        elif node.kind in {"subparagraph", "point"} and node.last.endswith("."):
            # The list is closed by its full stop: this is the next passage of the paragraph above it.
            while self.stack[-1].kind in {"subparagraph", "point"}:
                self.stack.pop()
                if not self.stack:
                    break
            self._open(Node("alinea", lines=[line.text], where=line.where))
        elif node.kind == "alinea":
            self._open(Node("alinea", lines=[line.text], where=line.where))
        else:
            node.lines.append(line.text)

    def _sign(self, line: Line) -> None:
        keep = [one for one in self.stack if one.kind == "annex"][:1]
        self.stack = keep
        node = Node("conclusions", lines=[line.text], where=line.where)
        (keep[0].children if keep else self.roots).append(node)
        self.stack = [*keep, node]

    # --- the end

    def finished(self) -> list[Node]:
        for node in self.roots:
            if node.kind == "annex":
                _name_annex(node)
        title, rest = _title(self.before)
        self.title = " ".join(line.text for line in title)
        around = [Node("preface", lines=[line.text for line in title], where=title[0].where)] if title else []
        if rest and not self.is_numbered:
            nodes = [Node("paragraph", lines=[line.text], where=line.where) for line in rest]
            self.doubts.append(Doubt("nothing_numbered"))
            return [*around, *nodes]
        if rest:
            around.append(Node("preamble", lines=[line.text for line in rest], where=rest[0].where))
        return [*around, *self.roots]


def _title(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The lines that name the act, and the ones after them."""
    marked = [number for number, line in enumerate(lines) if line.is_title or line.level == 1]
    if marked:
        return list(lines[: marked[-1] + 1]), list(lines[marked[-1] + 1 :])
    count = 0
    for line in lines[:_TITLE_LINES]:
        if not patterns.is_heading(line.text):
            break
        count += 1
    return list(lines[:count]), list(lines[count:])


def _name_annex(node: Node) -> None:
    """The last short line before the first part of an annex is its title; what precedes it says to what it belongs."""
    if (
        not node.heading
        and node.lines
        and patterns.is_heading(node.lines[-1])
        and (node.children or len(node.lines) > 1)
    ):
        node.heading = node.lines.pop()


def renamed(reading: Reading, title: str) -> Reading:
    """The same reading under another title."""
    return replace(reading, document=replace(reading.document, title=title))
