"""A redline as DOCX with tracked changes, and as PDF with struck and underlined words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from xml.sax.saxutils import escape

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm
from reportlab.platypus import Flowable

from ckanext.opengov.regulation.service.document.writing import docx, paper
from ckanext.opengov.regulation.service.document.writing.html import HEADED
from ckanext.opengov.regulation.service.versions.redline import Line, Redline
from ckanext.opengov.regulation.service.versions.wording import Segment

_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# Shades of red and green that differ in brightness too.
_DELETED, _INSERTED = "#a3142a", "#0b5a2b"


@dataclass(frozen=True)
class Cover:
    """What stands above the redline, in the language of the reader.

    :param versions: which two are compared
    :param legend: how to read it
    :param statuses: status → word
    :param was: “formerly {place}”, with the place in braces
    :param author: the agency
    """

    title: str
    versions: str
    legend: str
    statuses: Mapping[str, str]
    was: str
    author: str
    language: str
    moment: dt.datetime


def _note(line: Line, cover: Cover) -> str:
    """A word on what became of the whole part; colour alone would not tell everybody."""
    if line.was:
        return f"[{cover.was.format(place=line.was)}]"
    if line.status in {"new", "deleted"}:
        return f"[{cover.statuses[line.status]}]"
    return ""


def _lines(line: Line) -> Iterator[tuple[bool, tuple[Segment, ...]]]:
    """The paragraphs of a part: whether it is a heading, and its segments with the number first."""
    space = (Segment("same", " "),)
    if line.kind in HEADED:
        stop = (Segment("same", ". "),)
        yield True, (*line.number, *(stop if line.number and line.heading else ()), *line.heading)
        if line.text:
            yield False, line.text
        return
    if line.heading:
        yield True, line.heading
    yield False, (*line.number, *(space if line.number else ()), *line.text)


# --- PDF


def pdf(redline: Redline, cover: Cover, fonts: str = paper.FOLDER) -> bytes:
    """Deleted words are red and struck through, inserted ones green and underlined."""
    paper.register(fonts)
    story = _story(redline, cover)
    return paper.build(story, title=cover.title, author=cover.author, language=cover.language, fonts=fonts)


def _story(redline: Redline, cover: Cover) -> Iterator[Flowable]:
    yield paper.plain(cover.title, "title")
    yield paper.plain(cover.versions)
    yield paper.marked(_marked((Segment("same", cover.legend),)))
    yield paper.plain(counted(redline, cover))
    for line in redline.lines:
        note = _note(line, cover)
        level = 0 if line.kind in HEADED else max(line.level - 1, 0)
        for is_heading, segments in _lines(line):
            text = _marked(segments)
            if note:
                text, note = f"<i>{escape(note)}</i> {text}", ""
            yield paper.marked(text, "heading" if is_heading else "text", level)


def _marked(segments: Iterable[Segment]) -> str:
    marks = {
        "same": "{}",
        "deleted": f'<font color="{_DELETED}"><strike>{{}}</strike></font>',
        "inserted": f'<font color="{_INSERTED}"><u>{{}}</u></font>',
    }
    marked: list[str] = []
    before = "same"
    for change, text in segments:
        # Words that change places with each other would stand as one.
        gap = "\u2009" if (before, change) == ("deleted", "inserted") else ""
        marked.append(gap + marks[change].format(escape(text).replace("\n", "<br/>")))
        before = change
    return "".join(marked)


def counted(redline: Redline, cover: Cover) -> str:
    """How many parts of each status."""
    return "; ".join(f"{cover.statuses[status]}: {number}" for status, number in redline.counts.items() if number)


# --- DOCX


def word(redline: Redline, cover: Cover) -> bytes:
    """Every change is a tracked change, which a word processor shows, accepts or rejects."""
    file = docx.blank(cover.title, cover.author, cover.language)
    file.add_paragraph(cover.title, style="Title")
    file.add_paragraph(cover.versions)
    file.add_paragraph(counted(redline, cover))
    tracked = _Tracked(cover)
    for line in redline.lines:
        note = _note(line, cover)
        for is_heading, segments in _lines(line):
            style = f"Heading {min(line.level + 2, 9)}" if is_heading and line.kind in HEADED else "Normal"
            paragraph = file.add_paragraph(style=style)
            if style == "Normal":
                paragraph.paragraph_format.left_indent = Cm(0.8) * min(max(line.level - 1, 0), 6)
            if note:
                paragraph.add_run(f"{note} ").italic = True
                note = ""
            tracked.write(paragraph, segments)
    return docx.saved(file)


class _Tracked:
    """Runs of a paragraph; each change has a number, an author and a moment."""

    def __init__(self, cover: Cover) -> None:
        self.author = cover.author[:200] or "—"
        self.moment = cover.moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.numbers = count(1)

    def write(self, paragraph: Any, segments: Iterable[Segment]) -> None:
        for change, text in segments:
            run = paragraph.add_run()._r
            for number, piece in enumerate(text.split("\n")):
                if number:
                    run.append(OxmlElement("w:br"))
                element = OxmlElement("w:delText" if change == "deleted" else "w:t")
                element.text = piece
                element.set(_XML_SPACE, "preserve")
                run.append(element)
            if change != "same":
                self._track(run, "w:del" if change == "deleted" else "w:ins")

    def _track(self, run: Any, name: str) -> None:
        box = OxmlElement(name)
        for key, value in (("w:id", str(next(self.numbers))), ("w:author", self.author), ("w:date", self.moment)):
            box.set(qn(key), value)
        run.getparent().replace(run, box)
        box.append(run)
