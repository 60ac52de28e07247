"""What agencies report: target indicators of their plans by year, and the official results by block; from files too."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import openpyxl
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import journal, wording
from ckanext.opengov.civic.service.refusal import N_, Refusal
from ckanext.opengov.evaluation.model.evaluations import new_id
from ckanext.opengov.evaluation.model.services import Official, Target

# The entity of journal and discussion; its id is that of the agency.
TYPE = "agency_results"
EVENTS = {
    "results.targets": N_("Target indicators were entered: {number}"),
    "results.official": N_("Results of the official evaluation were entered: {number}"),
}
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "targets": (
        *("plan", "code", "title_kk", "title_ru", "title_en", "unit"),
        *("direction", "year", "planned", "reached", "reason"),
    ),
    "official": ("year", "block", "score", "source_url"),
}
LANGUAGES = ("kk", "ru", "en")
FIRST_YEAR, LAST_YEAR = 2000, 2100
LARGEST_FILE = 5 << 20
LARGEST_UNPACKED = 100 << 20
MOST_ROWS = 5_000
MOST_FAULTS = 200


def targets(agency_id: str) -> list[dict[str, Any]]:
    """The target indicators of an agency, by plan, code and year."""
    query = sa.select(Target).where(Target.agency_id == agency_id).order_by(Target.plan, Target.code, Target.year)
    return [
        {
            "plan": one.plan,
            "code": one.code,
            "title": wording.pick(one.title, wording.current()),
            "title_translated": one.title,
            "unit": one.unit,
            "direction": one.direction,
            "year": one.year,
            "planned": _plain(one.planned),
            "reached": _plain(one.reached),
            "is_reached": is_reached(one.direction, one.planned, one.reached),
            "reason": one.reason,
        }
        for one in model.Session.scalars(query)
    ]


def official(agency_id: str) -> list[dict[str, Any]]:
    """The official results of an agency, newest year first."""
    query = sa.select(Official).where(Official.agency_id == agency_id)
    found = model.Session.scalars(query.order_by(Official.year.desc(), Official.block))
    return [
        {"year": one.year, "block": one.block, "score": _plain(one.score), "source_url": one.source_url}
        for one in found
    ]


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else format(number.normalize(), "f")


def is_reached(direction: str, planned: Decimal, reached: Decimal | None) -> bool | None:
    """Whether what was planned was reached; None while nobody knows."""
    if reached is None:
        return None
    return reached <= planned if direction == "down" else reached >= planned


# --- reading


class WrongRows(Refusal):
    """Everything wrong in a table: row, column and what would be right."""

    def __init__(self, faults: Sequence[tuple[int, str, Refusal]]) -> None:
        super().__init__(N_("The table has {number} faults."), number=len(faults))
        self.faults = tuple(faults)


def read_file(name: str, content: bytes) -> list[dict[str, Any]]:
    """The rows of a CSV file or the first sheet of a workbook, by the names in its first row.

    :raises Refusal: for what is neither, or is too large
    """
    if len(content) > LARGEST_FILE:
        raise Refusal(N_("The file is larger than 5 MB."))
    lines = _workbook(content) if name.lower().endswith(".xlsx") else _csv(content)
    header = [str(cell or "").strip().lower() for cell in next(lines, [])]
    rows = []
    for number, line in enumerate(lines, 2):
        if number > MOST_ROWS + 1:
            raise Refusal(N_("A file has at most {most} rows."), most=MOST_ROWS)
        cells = {name: cell for name, cell in zip(header, line, strict=False) if name}
        if any(cell not in (None, "") for cell in cells.values()):
            rows.append(cells | {"": number})
    return rows


def _csv(content: bytes) -> Iterator[Sequence[Any]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(N_("The file is no CSV in UTF-8 and no XLSX.")) from error
    head = text.split("\n", 1)[0]
    return csv.reader(io.StringIO(text), delimiter=max(",;\t", key=head.count))


def _workbook(content: bytes) -> Iterator[Sequence[Any]]:
    try:
        _check_unpacked(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return iter([list(row) for row in book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS + 2)])
    except Refusal:
        raise
    except Exception as error:
        # Readers of broken archives raise whatever their authors thought of.
        raise Refusal(N_("The file is no CSV in UTF-8 and no XLSX.")) from error


def _check_unpacked(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(one.file_size for one in archive.infolist()) > LARGEST_UNPACKED:
            raise Refusal(N_("The file is larger than 5 MB."))


def read_targets(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of target indicators, checked.

    :raises WrongRows: with all faults
    """
    return _read(rows, _target)


def read_official(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of official results, checked.

    :raises WrongRows: with all faults
    """
    return _read(rows, _official)


def _read(rows: Iterable[Mapping[str, Any]], make: Any) -> list[dict[str, Any]]:
    faults: list[tuple[int, str, Refusal]] = []
    found: list[dict[str, Any]] = []
    for place, row in enumerate(rows, 1):
        number = row.get("", place)
        cells = _Cells(row)
        values = make(cells)
        faults += [(number, column, refusal) for column, refusal in cells.faults]
        found.append(values)
    keys = [tuple(values.get(name) for name in ("code", "year", "block")) for values in found]
    for place, key in enumerate(keys):
        if key in keys[:place]:
            faults.append((place + 1, "year", Refusal(N_("The same indicator and year are there twice."))))
    if not found:
        faults.append((0, "", Refusal(N_("There are no rows."))))
    if faults:
        raise WrongRows(faults[:MOST_FAULTS])
    return found


class _Cells:
    """A row on its way to values, with what is wrong in it."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row
        self.faults: list[tuple[str, Refusal]] = []

    def wrong(self, column: str, text: str, **values: Any) -> None:
        self.faults.append((column, Refusal(text, **values)))

    def text(self, column: str, longest: int, *, required: bool = True) -> str:
        found = str(self._row.get(column) if self._row.get(column) is not None else "").strip()
        if required and not found:
            self.wrong(column, N_("The cell is empty."))
        if len(found) > longest:
            self.wrong(column, N_("The text is longer than {most} characters."), most=longest)
        return found

    def number(self, column: str, *, required: bool = True) -> Decimal | None:
        given = self.text(column, 40, required=required).replace(" ", "").replace("\u00a0", "").replace(",", ".")
        if not given:
            return None
        try:
            found = Decimal(given)
        except InvalidOperation:
            found = None
        if found is None or not found.is_finite() or abs(found) >= Decimal(10) ** 15:
            self.wrong(column, N_("“{given}” is no number."), given=given)
            return None
        return round(found, 6)

    def year(self) -> int | None:
        found = self.number("year")
        if found is None:
            return None
        if found != found.to_integral() or not FIRST_YEAR <= found <= LAST_YEAR:
            self.wrong("year", N_("“{given}” is no year."), given=found)
            return None
        return int(found)


def _target(cells: _Cells) -> dict[str, Any]:
    title = {code: cells.text(f"title_{code}", 500, required=False) for code in LANGUAGES}
    title = {code: text for code, text in title.items() if text}
    if not title:
        cells.wrong("title_kk", N_("A title in at least one language is needed."))
    direction = cells.text("direction", 10, required=False) or "up"
    if direction not in ("up", "down"):
        cells.wrong("direction", N_("“{given}” is neither up nor down."), given=direction)
    values = {
        "plan": cells.text("plan", 300),
        "code": cells.text("code", 40),
        "title": title,
        "unit": cells.text("unit", 60),
        "direction": direction,
        "year": cells.year(),
        "planned": cells.number("planned"),
        "reached": cells.number("reached", required=False),
        "reason": cells.text("reason", 2_000, required=False) or None,
    }
    planned, reached = values["planned"], values["reached"]
    if planned is not None and is_reached(direction, planned, reached) is False and not values["reason"]:
        cells.wrong("reason", N_("The target was not reached: say why."))
    return values


def _official(cells: _Cells) -> dict[str, Any]:
    score = cells.number("score")
    if score is not None and not 0 <= score <= 100:
        cells.wrong("score", N_("A score is from 0 to 100."))
    url = cells.text("source_url", 500, required=False)
    if url and not url.startswith(("https://", "http://")):
        cells.wrong("source_url", N_("An address begins with https://."))
    return {"year": cells.year(), "block": cells.text("block", 200), "score": score, "source_url": url or None}


# --- writing


def save(kind: str, agency_id: str, rows: Sequence[Mapping[str, Any]], actor: str | None) -> int:
    """Write rows, in the session's open transaction; those that are there already are renewed.

    :param kind: ``targets`` or ``official``
    :returns: how many
    """
    table: Any = Target if kind == "targets" else Official
    key = ["agency_id", "code", "year"] if kind == "targets" else ["agency_id", "year", "block"]
    values = [{**row, "id": new_id(), "agency_id": agency_id, "changed_at": utc_now()} for row in rows]
    upsert = insert(table).values(values)
    renewed = {name: upsert.excluded[name] for name in values[0] if name != "id" and name not in key}
    model.Session.execute(upsert.on_conflict_do_update(index_elements=key, set_=renewed))
    journal.record(TYPE, agency_id, f"results.{kind}", actor=actor, public={"number": len(values)})
    return len(values)


def refused(error: Refusal) -> tk.ValidationError:
    """All faults as an error of the API, each with its row and column."""
    if not isinstance(error, WrongRows):
        return tk.ValidationError({"rows": [error.translated()]})
    text = tk._("Row {row}, {column}: {fault}")
    faults = [text.format(row=row, column=column, fault=one.translated()) for row, column, one in error.faults]
    return tk.ValidationError({"rows": faults})
