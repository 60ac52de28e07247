"""An act as PDF."""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.platypus import Flowable

from ckanext.opengov.regulation.service.document import labels
from ckanext.opengov.regulation.service.document.tree import Document, Part
from ckanext.opengov.regulation.service.document.writing import paper
from ckanext.opengov.regulation.service.document.writing.html import HEADED


def write(document: Document, author: str, fonts: str = paper.FOLDER) -> bytes:
    """:param author: the agency that develops the act
    :param fonts: the folder of the font files
    """
    paper.register(fonts)
    story = _story(document)
    return paper.build(story, title=document.title, author=author, language=document.language, fonts=fonts)


def _story(document: Document) -> Iterator[Flowable]:
    parts = list(document.parts)
    front = parts.pop(0).text if parts and parts[0].kind == "preface" else document.title
    yield paper.plain(front, "title")
    for part in parts:
        yield from _part(part, document.language, 0)


def _part(part: Part, language: str, level: int) -> Iterator[Flowable]:
    number = labels.printed(part.kind, part.number, language)
    if part.kind in HEADED:
        yield paper.plain(" ".join(filter(None, (f"{number}." if number else "", part.heading))), "heading")
    elif part.heading:
        yield paper.plain(part.heading, "heading")
    for place, line in enumerate(part.text.split("\n")):
        begins = f"{number} " if number and part.kind not in HEADED and not place else ""
        if line or begins:
            yield paper.plain(f"{begins}{line}", "text", level)
    for child in part.children:
        yield from _part(child, language, 0 if part.kind in HEADED else level + 1)
