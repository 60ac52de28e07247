"""An act as DOCX, with headings that a word processor shows in its outline."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.shared import Cm, Pt

from ckanext.opengov.regulation.service.document import labels
from ckanext.opengov.regulation.service.document.tree import Document, Part
from ckanext.opengov.regulation.service.document.writing.html import HEADED

_FONT = "Times New Roman"
_STEP = Cm(0.8)


def blank(title: str, author: str, language: str) -> Any:
    """An empty file with the styles of all our files."""
    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author, properties.language = title[:255], author[:255], language
    properties.comments = ""
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(12)
    style.paragraph_format.space_after = Pt(6)
    return document


def saved(document: Any) -> bytes:
    """The bytes of a file."""
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def write(document: Document, author: str) -> bytes:
    """:param author: the agency that develops the act"""
    file = blank(document.title, author, document.language)
    parts = list(document.parts)
    front = parts.pop(0).text if parts and parts[0].kind == "preface" else document.title
    for line in front.split("\n"):
        file.add_paragraph(line, style="Title")
    for part in parts:
        _part(file, part, document.language, 1, 0)
    return saved(file)


def _part(file: Any, part: Part, language: str, rank: int, level: int) -> None:
    number = labels.printed(part.kind, part.number, language)
    is_headed = part.kind in HEADED
    if is_headed:
        begins = f"{number}." if number else ""
        file.add_paragraph(" ".join(filter(None, (begins, part.heading))), style=f"Heading {min(rank + 1, 9)}")
    elif part.heading:
        file.add_paragraph(part.heading).runs[0].bold = True
    for place, line in enumerate(part.text.split("\n")):
        begins = f"{number} " if number and not is_headed and not place else ""
        if line or begins:
            file.add_paragraph(f"{begins}{line}").paragraph_format.left_indent = _STEP * min(level, 6)
    for child in part.children:
        _part(file, child, language, rank + is_headed, 0 if is_headed else level + 1)
