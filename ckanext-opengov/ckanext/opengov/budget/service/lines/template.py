"""The workbook that one fills in: our own columns, so nothing has to be mapped, and a sheet that explains them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import openpyxl
from openpyxl.styles import Font

from ckanext.opengov.budget.service.lines.axes import AXES, DIRECTIONS, PHASES
from ckanext.opengov.civic.service.refusal import N_

# What a republican or local budget of the country is given by.
COLUMNS = ("functional", "administrative", "economic", "source", "region")
EXPLAINED = {
    "year": N_("Year: 2026"),
    "month": N_("Month: 1 to 12; empty for the whole year"),
    "phase": N_("One of: {known}"),
    "direction": N_("One of: {known}"),
    "amount": N_("Amount in the currency's units, not in thousands"),
}


def workbook(say: Callable[[str], str], axes: Sequence[str] = COLUMNS) -> bytes:
    """The template.

    :param say: puts a message into the reader's language
    """
    book = openpyxl.Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = "lines"
    names = ["year", "month", "phase", "direction", *_steps(axes), "amount"]
    sheet.append(names)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        # Codes are texts: a number would lose its leading zeros.
        sheet.column_dimensions[cell.column_letter].number_format = "@"
        sheet.column_dimensions[cell.column_letter].width = max(12, len(str(cell.value)) + 2)
    sheet.freeze_panes = "A2"
    explained = book.create_sheet("help")
    for row in _explanations(say, axes):
        explained.append(row)
    explained.column_dimensions["A"].width = 40
    explained.column_dimensions["B"].width = 90
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _steps(axes: Sequence[str]) -> list[str]:
    names = []
    for axis in axes:
        for level in AXES[axis].levels:
            names += [f"{axis}.{level.key}", f"{axis}.{level.key}.name.kk", f"{axis}.{level.key}.name.ru"]
    return names


def _explanations(say: Callable[[str], str], axes: Sequence[str]) -> list[tuple[str, str]]:
    known = {"phase": ", ".join(PHASES), "direction": ", ".join(DIRECTIONS)}
    rows = [(name, say(text).format(known=known.get(name, ""))) for name, text in EXPLAINED.items()]
    for axis in axes:
        rows += [(f"{axis}.{level.key}", f"{say(AXES[axis].title)}: {say(level.title)}") for level in AXES[axis].levels]
    return rows
