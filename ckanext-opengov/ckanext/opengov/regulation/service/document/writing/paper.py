"""Pages of PDF in a font that has all letters of Kazakh."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

FONT = "DejaVuSans"
BOLD = "DejaVuSans-Bold"
# Where Debian's package fonts-dejavu-core puts them.
FOLDER = "/usr/share/fonts/truetype/dejavu"
INK = HexColor("#16272f")
MARGIN = 20 * mm
# As deep as a part is moved in from the left.
STEP = 6 * mm

_BODY: dict[str, Any] = {"fontName": FONT, "fontSize": 9.5, "leading": 14, "textColor": INK, "spaceAfter": 5}
STYLES = {
    "title": ParagraphStyle("title", **{**_BODY, "fontName": BOLD, "fontSize": 14, "leading": 19}, alignment=1),
    "heading": ParagraphStyle(
        "heading", **{**_BODY, "fontName": BOLD, "fontSize": 10.5, "leading": 15}, spaceBefore=9, keepWithNext=1
    ),
    "text": ParagraphStyle("text", **_BODY),
    "small": ParagraphStyle("small", **{**_BODY, "fontSize": 7.5, "leading": 10, "spaceAfter": 0}),
    "small-bold": ParagraphStyle(
        "small-bold", **{**_BODY, "fontName": BOLD, "fontSize": 7.5, "leading": 10, "spaceAfter": 0}
    ),
}


@cache
def register(folder: str) -> None:
    """Make the fonts known.

    :raises RuntimeError: when a file of theirs is missing
    """
    for name in (FONT, BOLD):
        path = Path(folder) / f"{name}.ttf"
        if not path.is_file():
            raise RuntimeError(
                f"{path} is missing: install the package fonts-dejavu-core or set opengov.regulation.fonts"
            )
        registerFont(TTFont(name, str(path)))
    registerFontFamily(FONT, normal=FONT, bold=BOLD, italic=FONT, boldItalic=BOLD)


@cache
def indented(name: str, level: int) -> ParagraphStyle:
    """A style moved in by a number of steps."""
    return ParagraphStyle(f"{name}-{level}", parent=STYLES[name], leftIndent=level * STEP)


def plain(text: str, style: str = "text", level: int = 0) -> Paragraph:
    """A paragraph of words without marks."""
    return marked(escape(text).replace("\n", "<br/>"), style, level)


def marked(text: str, style: str = "text", level: int = 0) -> Paragraph:
    """A paragraph with marks of reportlab in it."""
    return Paragraph(text, indented(style, min(level, 6)) if level else STYLES[style])


def build(
    story: Iterable[Flowable], *, title: str, author: str, language: str, fonts: str = FOLDER, wide: bool = False
) -> bytes:
    """The file, with page numbers.

    :param wide: pages that lie on their side, for tables
    """
    register(fonts)
    target = BytesIO()
    size = landscape(A4) if wide else A4
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN)
    document = SimpleDocTemplate(target, pagesize=size, title=title, author=author, lang=language, **margins)

    def foot(canvas: Any, page: Any) -> None:
        canvas.setFont(FONT, 8)
        canvas.setFillColor(INK)
        canvas.drawRightString(size[0] - MARGIN, 11 * mm, str(page.page))

    document.build(list(story), onFirstPage=foot, onLaterPages=foot)
    return target.getvalue()
