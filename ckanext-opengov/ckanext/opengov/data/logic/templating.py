"""What the actions on templates share: the table and its shape, an upload as a checked outcome, and how it is told."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import polars as pl
from ckan.types import Context

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import wording
from ckanext.opengov.data import messages, push_messages
from ckanext.opengov.data.logic import pushing
from ckanext.opengov.data.model.keyed import KeyedTable
from ckanext.opengov.data.service import keyed
from ckanext.opengov.data.service.finding import Faulty
from ckanext.opengov.data.service.push import receipts
from ckanext.opengov.data.service.structure import Structure
from ckanext.opengov.data.service.templates import checking, grid, kept, lists, reading, workbook
from ckanext.opengov.data.service.templates.checking import Outcome
from ckanext.opengov.data.service.templates.problems import Problem
from ckanext.opengov.data.service.templates.reading import Filled
from ckanext.opengov.data.service.templates.shape import Shape, label

# Of all problems, so many stand in an answer; the marked workbook has more.
SHOWN = 1000


@dataclass(frozen=True)
class Ground:
    """A table, its structure and its shape; ``part`` is the sender's own."""

    table: KeyedTable
    structure: Structure
    shape: Shape
    part: tuple[str, str] | None = None


def ground(context: Context, wish: Mapping[str, Any], *, fills: bool = False) -> Ground:
    """
    :param fills: whether rows are to be sent, and so whose they are
    :raises ValidationError: when a reference of the structure leads nowhere any more
    """
    table = pushing.table_of(wish["resource_id"])
    structure = keyed.structure_of(table)
    try:
        shape = lists.shape_of(structure)
    except Faulty as problem:
        raise faulty("schema", problem) from None
    return Ground(table, structure, shape, pushing.part_of(context, table, wish) if fills else None)


def faulty(name: str, problem: Faulty) -> tk.ValidationError:
    """Findings as an error of one parameter."""
    return tk.ValidationError({name: push_messages.sentences(problem.findings)})


def user_id(context: Context) -> str:
    """Who asks; empty for systems."""
    user = access.user_of(context)
    return user.id if user else ""


def outcome(at: Ground, path: Path) -> tuple[Filled, Outcome]:
    """Read and check a file.

    :raises ValidationError: when it cannot be read at all
    """
    try:
        filled = reading.read(path, at.shape)
    except Faulty as problem:
        raise faulty("upload", problem) from None
    return filled, checked(at, filled)


def checked(at: Ground, filled: Filled) -> Outcome:
    """Check what was filled."""
    fixed = dict([at.part]) if at.part and at.part[0] in filled.columns else None
    return checking.check(filled, at.shape, lists.lookup(at.structure), fixed)


def save(context: Context, wish: Mapping[str, Any], at: Ground) -> tuple[str, Path]:
    """Write the upload down.

    :raises ValidationError: when it is no file, or too large
    """
    upload = wish["upload"]
    if not hasattr(upload, "read"):
        raise tk.ValidationError({"upload": [tk._("Send the filled template as a file.")]})
    of = kept.Kept(at.table.resource_id, user_id(context), str(wish.get("agency") or ""))
    try:
        return kept.save(upload, of)
    except Faulty as problem:
        raise faulty("upload", problem) from None


def told(at: Ground, found: Outcome, notes: Mapping[str, Any], marked: str | None = None) -> dict[str, Any]:
    """The outcome as the API shows it."""
    return {
        "ok": found.ok,
        "rows": found.rows,
        "wrong_rows": found.wrong_rows,
        "count": found.count,
        "problems": [_problem(at, one) for one in found.problems[:SHOWN]],
        "cleaned": found.cleaned,
        "notes": messages.notes(dict(notes)),
        "marked": None if found.ok else marked,
    }


def _problem(at: Ground, one: Problem) -> dict[str, Any]:
    field = at.structure.field(one.field) if one.field in at.structure.names else None
    return {
        "sheet": one.sheet,
        "row": one.row,
        "column": one.column,
        "field": one.field,
        "label": label(field, wording.current()) if field else None,
        "value": one.value,
        "message": push_messages.sentence(one.finding.as_dict()),
        "suggestion": one.suggestion,
    }


def marked_workbook(at: Ground, filled: Filled, found: Outcome, language: str) -> bytes:
    """The same rows as a workbook, with what is wrong marked in its cells."""
    say = partial(wording.say, language)
    texts = [say(one.text).format_map(push_messages.Known(one.values)) for one in found.problems]
    lines = frozenset(filled.lines)
    marks = [
        workbook.Mark(one.row, one.field, text)
        for one, text in zip(found.problems, texts, strict=True)
        if one.row in lines and one.row and one.field
    ]
    told_all = [(one.row, one.field, one.value or "", text) for one, text in zip(found.problems, texts, strict=True)]
    content = workbook.Content(filled.columns, filled.lines, marks, told_all)
    return workbook.write(at.shape, language, title_of(at.table, language), say, content)


def title_of(table: KeyedTable, language: str) -> str:
    """The title of the table's data set in a language."""
    return keyed.title_in(table, language)


def listed(table: KeyedTable) -> dict[str, Any]:
    """A table in a list of them."""
    package = model.Session.get(model.Package, table.package_id)
    agency = model.Session.get(model.Group, table.agency_id)
    last = next((one for one in receipts.newest(table.resource_id, 10) if one["state"] == "done"), None)
    return {
        "resource_id": table.resource_id,
        "title": title_of(table, wording.current()),
        "dataset": package.name if package else None,
        "agency": agency.name if agency else None,
        "last_push": last["started_at"].isoformat() if last else None,
    }


def load(context: Context, wish: Mapping[str, Any], found: Outcome) -> dict[str, Any]:
    """Push right rows: COPY, one statement, one commit. The receipt."""
    rows = io.BytesIO()
    found.frame.write_csv(rows)
    rows.seek(0)
    return pushing.push(context, {**_ORDER, **_named(wish), "upload": rows})


def delete(context: Context, wish: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    """Delete rows by the keys of a grid. The receipt."""
    keys = [{name: grid.text_of(one.get(name)) for name in names} for one in wish["keys"]]
    rows = io.BytesIO()
    pl.DataFrame(keys, schema=dict.fromkeys(names, pl.String)).write_csv(rows)
    rows.seek(0)
    return pushing.push(context, {**_ORDER, **_named(wish), "mode": "delete", "upload": rows})


_ORDER = {"mode": "upsert", "dry_run": False, "accept_valid": False, "wait": 30, "format": "csv"}


def _named(wish: Mapping[str, Any]) -> dict[str, Any]:
    return {name: wish[name] for name in ("resource_id", "agency", "mode") if wish.get(name)}
