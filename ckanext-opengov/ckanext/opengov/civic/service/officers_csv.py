"""A file of roles: read it, say everything that is wrong with it at once, grant all of it or nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from ckanext.opengov.civic.service import officers, officers_check
from ckanext.opengov.civic.service.officers_check import COLUMNS, Values
from ckanext.opengov.civic.service.refusal import N_, Refusal

MAX_ROWS = 10_000
MAX_BYTES = 5_000_000
MAX_CELL = 10_000
# So much of a wrong value is shown.
SHOWN = 80


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. ``line`` counts from 1 as a text editor does; the header is line 1."""

    line: int
    column: str
    value: str
    refusal: Refusal


class FileRefused(ValueError):  # noqa: N818 - named as the refusal that it carries
    """The file has faults; nothing of it was taken."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


@dataclass(frozen=True)
class Row:
    """One row of the file, its values trimmed."""

    line: int
    values: Values


def decode(content: bytes) -> str:
    """The text of a file in UTF-8.

    :raises FileRefused: for another encoding, and for a file that is too large
    """
    if len(content) > MAX_BYTES:
        raise _whole_file(
            N_("The file is larger than {limit} MB. Split it into smaller ones."), limit=MAX_BYTES // 10**6
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        refusal = Refusal(N_("The file is not in UTF-8. Save it as “CSV UTF-8” and send it again."))
        raise FileRefused([Fault(line, "", "", refusal)]) from error


def read(text: str) -> list[Row]:
    """The rows of the file; empty lines are left out.

    :raises FileRefused: when the header or the form of the file is wrong
    """
    if "\0" in text:
        raise _whole_file(N_("This is not a text file. Save the table as CSV and send it again."))
    header, _, _ = text.partition("\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if header.count(";") > header.count(",") else ",")
    try:
        lines = list(_lines(reader))
    except csv.Error as error:
        refusal = Refusal(N_("This line cannot be read: a quotation mark is open, or a value is too long."))
        raise FileRefused([Fault(reader.line_num, "", "", refusal)]) from error
    if not lines:
        raise _whole_file(N_("The file is empty. Its first line must be: {header}."), header=",".join(COLUMNS))
    names = _header([cell.strip().lower() for cell in lines[0][1]])
    if len(lines) == 1:
        raise _whole_file(N_("The file has a header but no rows."))
    if len(lines) - 1 > MAX_ROWS:
        raise _whole_file(
            N_("The file has {number} rows; {limit} at most are taken at once. Split it into smaller ones."),
            number=len(lines) - 1,
            limit=MAX_ROWS,
        )
    return _rows(lines[1:], names)


def _lines(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    start = 1
    for cells in reader:
        # The reader's own limit belongs to the whole process, and others raise it for their files.
        if any(len(cell) > MAX_CELL for cell in cells):
            raise csv.Error("a value is too long")
        if any(cell.strip() for cell in cells):
            yield start, cells
        start = reader.line_num + 1  # pyright: ignore[reportAttributeAccessIssue]


def _header(names: list[str]) -> list[str]:
    faults = []
    for name in COLUMNS[:4]:
        if name not in names:
            refusal = Refusal(
                N_("The column “{name}” is missing. The first line must be: {header}."),
                name=name,
                header=",".join(COLUMNS),
            )
            faults.append(Fault(1, name, "", refusal))
    for place, name in enumerate(names):
        if name not in COLUMNS:
            refusal = Refusal(
                N_("There is no column “{name}”. There are: {header}."), name=name[:SHOWN], header=", ".join(COLUMNS)
            )
            faults.append(Fault(1, name[:SHOWN], name[:SHOWN], refusal))
        elif name in names[:place]:
            faults.append(Fault(1, name, name, Refusal(N_("The column “{name}” stands here twice."), name=name)))
    if faults:
        raise FileRefused(faults)
    return names


def _rows(lines: list[tuple[int, list[str]]], names: list[str]) -> list[Row]:
    rows, faults = [], []
    for line, cells in lines:
        if len(cells) > len(names):
            refusal = Refusal(
                N_("This row has {number} values; the header has {limit} columns."), number=len(cells), limit=len(names)
            )
            faults.append(Fault(line, "", cells[len(names)][:SHOWN], refusal))
        values = dict.fromkeys(COLUMNS, "") | {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
        rows.append(Row(line, values))
    if faults:
        raise FileRefused(faults)
    return rows


def _whole_file(text: str, **values: object) -> FileRefused:
    return FileRefused([Fault(1, "", "", Refusal(text, **values))])


def grants_of(rows: list[Row], administered: frozenset[str] | None) -> tuple[list[officers.Grant], int]:
    """The roles that the rows ask for.

    :param administered: ids of the agencies in which the caller may grant; None for all
    :returns: what is to be granted, and how many rows say what stands already
    :raises FileRefused: with all faults of all rows
    """
    known = officers_check.look_up([row.values for row in rows], administered)
    faults: list[Fault] = []
    wanted: list[officers.Grant] = []
    seen: dict[tuple[str, str, str, str], int] = {}
    unchanged = 0
    for row in rows:
        grant, problems = officers_check.check(row.values, known)
        faults += [Fault(row.line, column, row.values[column][:SHOWN], refusal) for column, refusal in problems]
        if grant is None:
            continue
        if grant.key in seen:
            faults.append(Fault(row.line, "user", row.values["user"][:SHOWN], _twice(seen[grant.key])))
        elif (held := known.held.get(grant.key)) and officers_check.is_same(held, grant):
            unchanged += 1
        else:
            wanted.append(grant)
        seen.setdefault(grant.key, row.line)
    if faults:
        raise FileRefused(faults)
    return wanted, unchanged


def _twice(line: int) -> Refusal:
    return Refusal(N_("The same role stands in line {line} already. Leave one of the two."), line=line)
