"""An archive that Python cannot read is refused in words by everybody who reads one; no service is needed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from ckanext.opengov.budget.service.lines import reading as budget_lines
from ckanext.opengov.budget.service.lines.finding import Faulty as FaultyBudget
from ckanext.opengov.civic.service.privacy import office
from ckanext.opengov.civic.service.privacy.reading import FileRefusal
from ckanext.opengov.civic.service.refusal import Refusal
from ckanext.opengov.data.service.finding import Faulty as FaultyTable
from ckanext.opengov.data.service.lists import workbook
from ckanext.opengov.data.service.tables.problem import TableProblem
from ckanext.opengov.data.service.tables.spreadsheets import read_xlsx
from ckanext.opengov.data.service.templates import sheets
from ckanext.opengov.regulation.service.document.doubts import Unreadable
from ckanext.opengov.regulation.service.document.reading import docx as acts

LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
# Where a header says that its part is locked, and how it was packed.
FLAGS, METHOD = {LOCAL: 6, CENTRAL: 8}, {LOCAL: 8, CENTRAL: 10}
UNKNOWN_METHOD = 97


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def changed(content: bytes, places: dict[bytes, int], value: int) -> bytes:
    """The archive with one number of each part's headers replaced."""
    made = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        starts = [(LOCAL, part.header_offset) for part in parts]
        at = archive.start_dir
    for part in parts:
        starts.append((CENTRAL, at))
        at += 46 + len(part.filename.encode()) + len(part.extra) + len(part.comment)
    for kind, start in starts:
        assert bytes(made[start : start + 4]) == kind
        made[start + places[kind]] = value
    return bytes(made)


def locked(content: bytes) -> bytes:
    return changed(content, FLAGS, 1)


def strange(content: bytes) -> bytes:
    return changed(content, METHOD, UNKNOWN_METHOD)


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def open_book(path: Path) -> None:
    with sheets.Book(path):
        pass


READERS: tuple[tuple[str, Callable[[Path], Any], type[Exception]], ...] = (
    ("xlsx", budget_lines.open_file, FaultyBudget),
    ("xlsx", read_xlsx, TableProblem),
    ("xlsx", open_book, FaultyTable),
    ("xlsx", lambda path: workbook.read(path.read_bytes(), {}), Refusal),
    ("docx", lambda path: acts.read(path.read_bytes()), Unreadable),
    ("docx", lambda path: office.read_docx(path.read_bytes()), FileRefusal),
    ("xlsx", lambda path: office.read_xlsx(path.read_bytes()), FileRefusal),
)


@pytest.mark.parametrize("damage", [locked, strange, cut])
@pytest.mark.parametrize(("kind", "read", "refusal"), READERS)
def test_what_cannot_be_read_is_refused_in_words(
    tmp_path: Path,
    kind: str,
    read: Callable[[Path], Any],
    refusal: type[Exception],
    damage: Callable[[bytes], bytes],
) -> None:
    path = tmp_path / f"file.{kind}"
    path.write_bytes(damage(saved(openpyxl.Workbook() if kind == "xlsx" else docx.Document())))
    with pytest.raises(refusal):
        read(path)
