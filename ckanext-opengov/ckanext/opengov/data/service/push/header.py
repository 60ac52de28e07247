"""The first line of a CSV, or the keys of the first objects, against the structure."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import Faulty, Finding, listed, shortened
from ckanext.opengov.data.service.structure import Difference, Field, Structure, compare

DELIMITERS = (",", ";", "\t", "|")
# More columns than a table can have are not looked at one by one.
MOST_COLUMNS = 2000


class StructureDiffers(Faulty):
    """The rows have other columns than the table; ``difference`` says which."""

    def __init__(self, difference: Difference, findings: Sequence[Finding]) -> None:
        super().__init__(findings)
        self.difference = difference


def cells(record: str, delimiter: str) -> list[str]:
    """The values of one record."""
    return next(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter), [])


def find_delimiter(record: str, known: Collection[str]) -> str:
    """The delimiter that finds the most known words in the header."""
    return max(DELIMITERS, key=lambda one: len({cell.strip() for cell in cells(record, one)} & set(known)))


def check_cells(header: Sequence[str], second: Sequence[str], structure: Structure) -> list[str]:
    """The names of a header row, each once.

    :param second: the values of the next record, to tell a second header
    :raises Faulty: when it is no header of this structure
    """
    if len(header) > MOST_COLUMNS:
        text = N_("There are {count} columns; the table has {known}. Send only its fields: {names}.")
        values = {"count": len(header), "known": len(structure.names), "names": listed(structure.names)}
        raise Faulty([Finding(text, values, line=1)])
    names = [cell.strip() for cell in header]
    if not set(names) & set(structure.names):
        raise Faulty([_no_header(names, second, structure)])
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        text = N_("These columns are there more than once: {names}. Leave each once.")
        raise Faulty([Finding(text, {"names": listed(doubled)}, line=1)])
    if _is_header(second, structure):
        text = N_("This is a second header row. Leave one, with the names of the fields, in the first line.")
        raise Faulty([Finding(text, line=2, value=shortened(", ".join(second)))])
    return names


def _no_header(names: Sequence[str], second: Sequence[str], structure: Structure) -> Finding:
    expected = {"names": listed(structure.names)}
    if set(second) & set(structure.names):
        text = N_("The names of the fields stand in line 2. Remove the line above them.")
        return Finding(text, line=1, value=shortened(", ".join(names)))
    if _is_header(names, structure):
        text = N_("The first line has the labels of the fields. Put their names there: {names}.")
        return Finding(text, expected, line=1, value=shortened(", ".join(names)))
    text = N_("The first line is not the header of this table. It must have the names of the fields: {names}.")
    return Finding(text, expected, line=1, value=shortened(", ".join(names)))


def _is_header(found: Sequence[str], structure: Structure) -> bool:
    """Whether most of the values are names or labels of fields."""
    known, filled = words(structure), [cell.strip() for cell in found if cell.strip()]
    count = sum(cell in known for cell in filled)
    # One value alone may be a name by chance.
    return count * 2 > len(filled) and count >= min(2, len(structure.names))


def words(structure: Structure) -> set[str]:
    """Names and labels of all fields."""
    return set(structure.names) | {label for one in structure.fields for label in one.labels.values()}


def agreed(
    names: Sequence[str],
    structure: Structure,
    *,
    may_extend: bool,
    only_key: bool = False,
    offered: Structure | None = None,
) -> Structure:
    """The structure for rows with these columns: the same, or with new optional fields at its end.

    :param may_extend: whether the sender has the right to add fields
    :param offered: the sender's structure, which describes new fields; without it they are texts
    :param only_key: a deletion needs no more than the key
    :raises StructureDiffers: with what is different, and what to do
    """
    wanted = structure.key if only_key else structure.names
    known = tuple(structure.field(name) for name in structure.names if name in names)
    described = {one.name: one for one in offered.fields} if offered else {}
    new = tuple(described.get(name) or Field(name) for name in names if name not in structure.names)
    came = replace(structure, fields=known + new)
    asked = replace(structure, fields=tuple(structure.field(name) for name in wanted))
    difference = compare(asked, replace(came, fields=tuple(one for one in came.fields if one.name in wanted) + new))
    if difference.breaks:
        raise StructureDiffers(difference, difference.findings())
    if new and (only_key or not may_extend):
        text = N_(
            "The table has no fields {names}. Leave them out, or send with a token that has the scope schema:extend."
        )
        raise StructureDiffers(difference, [Finding(text, {"names": listed(one.name for one in new)}, line=1)])
    if not new:
        return structure
    return _extended(structure, new, offered.descriptor["fields"] if offered else [])


def _extended(structure: Structure, new: Sequence[Field], offered: Sequence[Mapping[str, Any]]) -> Structure:
    texts = {one["name"]: one for one in offered}
    added = [texts.get(one.name) or {"name": one.name, "type": one.type} for one in new]
    described = [*structure.descriptor.get("fields", []), *added]
    fields = structure.fields + tuple(new)
    return replace(structure, fields=fields, descriptor={**structure.descriptor, "fields": described})
