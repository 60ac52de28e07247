"""Tables and reports as files: CSV, JSON, XLSX, and a report of one agency as PDF."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import ckan.plugins.toolkit as tk
import openpyxl
from openpyxl.styles import Font
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from ckanext.opengov.evaluation import display

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
# What a spreadsheet would run as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
FONT, BOLD = "DejaVuSans", "DejaVuSans-Bold"
INK, TEAL, LINE = HexColor("#16272f"), HexColor("#0a5f74"), HexColor("#d7e1e5")
_BASE = {"fontName": FONT, "fontSize": 9, "leading": 12.5, "textColor": INK}
STYLES = {
    "title": ParagraphStyle("title", **{**_BASE, "fontName": BOLD, "fontSize": 16, "leading": 21}, spaceAfter=4),
    "heading": ParagraphStyle("heading", **{**_BASE, "fontName": BOLD, "fontSize": 11}, spaceBefore=10, spaceAfter=4),
    "text": ParagraphStyle("text", **_BASE, spaceAfter=3),
    "bold": ParagraphStyle("bold", **{**_BASE, "fontName": BOLD}),
    "score": ParagraphStyle("score", **{**_BASE, "fontName": BOLD, "fontSize": 24, "leading": 30, "textColor": TEAL}),
}
RANKING = ("period", "kind", "place", "tied", "best", "worst", "agency", "title", "score", "low", "high")
STEPS = (
    *("level", "key", "title", "weight", "applied", "status", "number", "unit"),
    *("points", "contribution", "source", "cases", "reason"),
)


def safe(cell: Any) -> Any:
    """A cell that no spreadsheet runs."""
    if isinstance(cell, bool):
        return str(cell).lower()
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def csv_lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Lines with the names of the columns first, marked as UTF-8 for spreadsheets."""
    yield "\ufeff"
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([safe(row.get(name)) for name in columns])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def as_json(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], head: Mapping[str, Any]) -> str:
    """One object with ``rows``."""
    found = {**head, "rows": [{name: row.get(name) for name in columns} for row in rows]}
    return json.dumps(found, ensure_ascii=False, indent=1)


def xlsx(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A workbook with one sheet."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(list(columns))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append([_cell(row.get(name)) for name in columns])
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(value: Any) -> Any:
    """Numbers as numbers; texts that look like formulas as texts."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return safe(value)
    return value if isinstance(value, (int, float)) or value is None else str(value)


# --- the report of one agency


@cache
def _register(folder: str) -> None:
    for name in (FONT, BOLD):
        path = Path(folder) / f"{name}.ttf"
        if not path.is_file():
            raise RuntimeError(
                f"{path} is missing: install the package fonts-dejavu-core or set opengov.evaluation.fonts"
            )
        registerFont(TTFont(name, str(path)))


def pdf(card: Mapping[str, Any], language: str) -> bytes:
    """The report of one agency: score, blocks, all steps, what would raise the score.

    :param card: as ``evaluation_explain`` gives it
    """
    _register(tk.config["opengov.evaluation.fonts"])
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        title=f"{card['agency']['title']}: {card['period']['title']}",
        lang=language,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=18 * mm,
        bottomMargin=18 * mm,
    )
    document.build(list(_story(card)))
    return out.getvalue()


def _text(text: Any, style: str = "text") -> Paragraph:
    return Paragraph(escape(str(text)), STYLES[style])


def _story(card: Mapping[str, Any]) -> Iterator[Flowable]:
    period = card["period"]
    yield _text(card["agency"]["title"], "title")
    yield _text(f"{period['title']} · {period['framework_title']}")
    yield _text(tk._("{score} of 100 points").format(score=display.score(card["score"])), "score")
    bounds = display.interval(card["low"], card["high"])
    if bounds:
        yield _text(tk._("The true score lies between {bounds} (confidence 95 of 100).").format(bounds=bounds))
    yield _text(tk._("Why this score"), "heading")
    yield _table(card["steps"])
    if card["gains"]:
        yield _text(tk._("What would raise the score most"), "heading")
        for gain in card["gains"]:
            yield _text(f"{gain['title']}: +{display.score(gain['gain'])}")
    yield Spacer(1, 6 * mm)
    if period["digest"]:
        yield _text(tk._("Digest of the facts: {digest}").format(digest=period["digest"]))


def _table(steps: Sequence[Mapping[str, Any]]) -> Table:
    heads = (tk._("Indicator"), tk._("Weight"), tk._("Value"), tk._("Points"), tk._("Brings"))
    rows: list[list[Any]] = [[_text(head, "bold") for head in heads]]
    for step in steps:
        style = "text" if step["level"] == 2 else "bold"
        indent = "\u00a0" * 3 * step["level"]
        rows.append(
            [
                _text(f"{indent}{step['title']}", style),
                _text(display.number(step["applied"])),
                _text(display.value(step) if step["level"] == 2 else ""),
                _text(display.number(step["points"]), style),
                _text(display.number(step["contribution"])),
            ]
        )
    table = Table(rows, colWidths=[80 * mm, 20 * mm, 34 * mm, 20 * mm, 20 * mm], repeatRows=1)
    table.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table
