"""A structure as the rows of a form, and back. What is wrong with it is found by the structure's own reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ckanext.opengov.data.service.structure import Structure

LANGUAGES = ("kk", "ru", "en")
# Of the form; a machine may send more.
MOST_FIELDS = 100
EQUALS = "="
FieldRow = dict[str, Any]
# The agency's own column, of a table that many fill.
PART_FIELD = "agency"
PART_LABELS = {"kk": "Орган", "ru": "Орган", "en": "Agency"}


def blank() -> FieldRow:
    """A field that nobody has described yet."""
    texts = ("name", "title_kk", "title_ru", "title_en", "unit", "values", "pattern", "minimum", "maximum")
    return {**dict.fromkeys(texts, ""), "type": "string", "key": False, "required": False, "reference": ""}


def descriptor(
    rows: Sequence[Mapping[str, Any]], *, shared: bool = False, homoglyphs: bool = True, agencies: Sequence[str] = ()
) -> dict[str, Any]:
    """A Table Schema from the rows of a form; rows without a name and labels are left out.

    :param shared: whether many agencies fill the table, each its part
    :param agencies: the names of those that do; none for all
    """
    meant = [row for row in rows if any(str(row.get(name) or "").strip() for name in ("name", "title_kk", "title_ru"))]
    fields = [_field(row) for row in meant]
    key = [one["name"] for one, row in zip(fields, meant, strict=True) if row.get("key")]
    links = [
        {"fields": one["name"], "reference": _target(str(row["reference"]))}
        for one, row in zip(fields, meant, strict=True)
        if str(row.get("reference") or "").strip()
    ]
    found: dict[str, Any] = {"fields": fields, "primaryKey": key, "cleanHomoglyphs": homoglyphs}
    if links:
        found["foreignKeys"] = links
    if shared:
        found["fields"] = [{"name": PART_FIELD, "type": "string", "title_translated": PART_LABELS}, *fields]
        found["primaryKey"] = [PART_FIELD, *key]
        found["filledBy"] = {"field": PART_FIELD, "agencies": list(agencies)}
    return found


def _field(row: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(row.get("type") or "string")
    one: dict[str, Any] = {"name": str(row.get("name") or "").strip(), "type": kind}
    titles = {code: text for code in LANGUAGES if (text := str(row.get(f"title_{code}") or "").strip())}
    if titles:
        one["title_translated"] = titles
    if str(row.get("unit") or "").strip():
        one["unit"] = str(row["unit"]).strip()
    limits: dict[str, Any] = {"required": True} if row.get("required") else {}
    for name in ("pattern", "minimum", "maximum"):
        text = str(row.get(name) or "").strip()
        if text:
            limits[name] = text
    values, meanings = _values(str(row.get("values") or ""))
    if meanings:
        one["categories"] = [{"value": value, "label": meanings.get(value, value)} for value in values]
    elif values:
        limits["enum"] = values
    if limits:
        one["constraints"] = limits
    return one


def _values(text: str) -> tuple[list[str], dict[str, str]]:
    """One allowed value a line; what stands after a ``=`` says what it means."""
    values, meanings = [], {}
    for line in text.splitlines():
        value, mark, meaning = line.partition(EQUALS)
        value = value.strip()
        if value and value not in values:
            values.append(value)
            if mark and meaning.strip():
                meanings[value] = meaning.strip()
    return values, meanings


def _target(reference: str) -> dict[str, str]:
    """``table`` or ``table.field``; the field is called ``code`` when nobody says otherwise."""
    resource, mark, field = reference.strip().rpartition(".")
    return {"resource": resource, "fields": field} if mark else {"resource": field, "fields": "code"}


def rows_of(structure: Structure) -> list[FieldRow]:
    """The rows of the form for a structure that stands."""
    part = structure.parts.field if structure.parts else None
    rows = []
    for one in structure.fields:
        if one.name == part:
            continue
        meanings = {value: next(iter(texts.values()), "") for value, texts in one.meanings.items()}
        values = [f"{value} {EQUALS} {meanings[value]}" if meanings.get(value) else value for value in one.enum]
        rows.append(
            {
                **blank(),
                "name": one.name,
                "type": one.type,
                "key": one.name in structure.key,
                "required": one.required,
                "unit": one.unit or "",
                "values": "\n".join(values),
                "pattern": one.pattern or "",
                "minimum": one.minimum or "",
                "maximum": one.maximum or "",
                "reference": f"{one.reference.resource}.{one.reference.field}" if one.reference else "",
                **{f"title_{code}": one.labels.get(code, "") for code in LANGUAGES},
            }
        )
    return rows


def merged(standing: Mapping[str, Any], formed: Mapping[str, Any]) -> dict[str, Any]:
    """The structure of a form over the one that stands: what a form cannot say stays as it was."""
    before = {one["name"]: one for one in standing.get("fields", [])}
    fields = []
    for one in formed["fields"]:
        old = before.get(one["name"], {})
        kept = {name: value for name, value in old.items() if name not in _FORMED}
        limits = {
            name: value for name, value in old.get("constraints", {}).items() if name in ("minLength", "maxLength")
        }
        limits |= one.get("constraints", {})
        fields.append({**kept, **one, **({"constraints": limits} if limits else {})})
    names = ("missingValues", "filledBy")
    return {**{name: standing[name] for name in names if name in standing}, **formed, "fields": fields}


_FORMED = frozenset({"name", "type", "title_translated", "title", "unit", "constraints", "categories"})
