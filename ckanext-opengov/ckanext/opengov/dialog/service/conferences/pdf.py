"""The transcript as PDF, in a font that has all letters of Kazakh."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import ckan.plugins.toolkit as tk
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

FONT = "DejaVuSans"
BOLD = "DejaVuSans-Bold"
INK = HexColor("#16272f")
TEAL = HexColor("#0a5f74")

_BODY = {"fontName": FONT, "fontSize": 10, "leading": 15, "textColor": INK, "spaceAfter": 6}
STYLES = {
    "title": ParagraphStyle("title", **{**_BODY, "fontName": BOLD, "fontSize": 16, "leading": 21}),
    "heading": ParagraphStyle(
        "heading", **{**_BODY, "fontName": BOLD, "fontSize": 12, "leading": 17}, spaceBefore=12, keepWithNext=1
    ),
    "who": ParagraphStyle(
        "who", **{**_BODY, "fontName": BOLD, "textColor": TEAL, "spaceAfter": 2}, spaceBefore=8, keepWithNext=1
    ),
    "text": ParagraphStyle("text", **_BODY),
}


@cache
def _register(folder: str) -> None:
    for name in (FONT, BOLD):
        path = Path(folder) / f"{name}.ttf"
        if not path.is_file():
            raise RuntimeError(f"{path} is missing: install the package fonts-dejavu-core or set opengov.dialog.fonts")
        registerFont(TTFont(name, str(path)))
    registerFontFamily(FONT, normal=FONT, bold=BOLD, italic=FONT, boldItalic=BOLD)


def render(transcript: dict[str, Any], language: str) -> bytes:
    """The transcript as a PDF file.

    :param transcript: as ``conference_transcript`` returns it
    """
    _register(tk.config["opengov.dialog.fonts"])
    target = BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        title=transcript["title"],
        author=transcript["agency_title"],
        lang=language,
        leftMargin=22 * mm,
        rightMargin=22 * mm,
        topMargin=20 * mm,
        bottomMargin=20 * mm,
    )
    document.build(list(_story(transcript)), onFirstPage=_foot, onLaterPages=_foot)
    return target.getvalue()


def _paragraph(text: str, style: str) -> Flowable:
    return Paragraph(escape(text).replace("\n", "<br/>"), STYLES[style])


def _story(transcript: dict[str, Any]) -> Iterator[Flowable]:
    yield _paragraph(transcript["title"], "title")
    when = tk.h.opengov_moment(transcript["began_at"])
    yield _paragraph(f"{transcript['agency_title']}. {when}", "text")
    if transcript["recording_url"]:
        yield _paragraph(tk._("Recording: {address}").format(address=transcript["recording_url"]), "text")
    yield _paragraph(tk._("Speakers"), "heading")
    for speaker in transcript["speakers"]:
        yield _paragraph(", ".join(part for part in (speaker["name"], speaker["position"]) if part), "text")
    yield _paragraph(tk._("Questions and answers"), "heading")
    for question in transcript["answered"]:
        yield from _question(question)
        for answer in question["answers"]:
            yield _paragraph(answer["speaker"]["name"], "who")
            yield _paragraph(answer["text"], "text")
    if transcript["unanswered"]:
        yield _paragraph(tk._("Questions that were not reached"), "heading")
        for question in transcript["unanswered"]:
            yield from _question(question)


def _question(question: dict[str, Any]) -> Iterator[Flowable]:
    asker = question["author_name"] or tk._("Citizen")
    yield _paragraph(tk._("Question {number}").format(number=question["number"]) + f" · {asker}", "who")
    yield _paragraph(question["text"], "text")


def _foot(canvas: Any, document: Any) -> None:
    canvas.setFont(FONT, 8)
    canvas.setFillColor(INK)
    canvas.drawRightString(A4[0] - 22 * mm, 11 * mm, str(document.page))
