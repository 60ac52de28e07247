"""From a Table Schema, as somebody wrote it, to a structure; or to everything that is wrong with it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import Faulty, Finding, listed, shortened
from ckanext.opengov.data.service.structure.model import (
    COLUMN_TYPES,
    KEY_TYPES,
    NO,
    YES,
    Field,
    Parts,
    Reference,
    Structure,
)

LANGUAGES = ("kk", "ru", "en")
# PostgreSQL has room for 1600 columns, fewer when they are wide.
MOST_FIELDS = 1000
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
_PROPERTIES = frozenset(
    {
        "name", "type", "title", "title_translated", "description", "description_translated", "unit", "constraints",
        "format", "decimalChar", "trueValues", "falseValues", "example", "rdfType", "categories",
    }
)  # fmt: skip
_CONSTRAINTS = frozenset({"required", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength"})
_LIMITED = frozenset({"integer", "number", "date", "datetime", "year"})


def parse(descriptor: Any) -> Structure:
    """Read a Table Schema (``fields``, ``primaryKey``, ``foreignKeys``, ``missingValues``).

    Beyond the standard: ``title_translated`` (kk, ru, en) and ``unit`` of a field; ``label_translated`` of a category;
    ``cleanHomoglyphs`` of the whole, which turns Latin letters inside Cyrillic words into the Cyrillic ones that look
    the same; and ``filledBy`` (``field``, and ``agencies`` by name), for a table of which each agency fills its part.

    :raises Faulty: with every fault and its place
    """
    return _Reader(descriptor).structure()


class _Reader:
    """Gathers faults on the way instead of stopping at the first."""

    def __init__(self, descriptor: Any) -> None:
        self.descriptor = descriptor
        self.faults: list[Finding] = []

    def fault(self, place: str, text: str, **values: Any) -> None:
        self.faults.append(Finding(text, values, place=place))

    def structure(self) -> Structure:
        listed_fields = self.descriptor.get("fields") if isinstance(self.descriptor, Mapping) else None
        if not isinstance(listed_fields, list) or not listed_fields:
            example = '{"fields": [{"name": "code", "type": "string"}], "primaryKey": "code"}'
            self.fault("fields", N_("A structure is a Table Schema with a list “fields”: {example}."), example=example)
            raise Faulty(self.faults)
        if len(listed_fields) > MOST_FIELDS:
            text = N_("There are {count} fields; at most {limit} are possible. Turn columns into rows.")
            self.fault("fields", text, count=len(listed_fields), limit=MOST_FIELDS)
            raise Faulty(self.faults)
        references = self.references()
        fields = [self.field(number, one, references) for number, one in enumerate(listed_fields)]
        known = [one for one in fields if one is not None]
        self.check_names(known)
        key = self.key(known)
        structure = Structure(
            fields=tuple(known),
            key=key,
            missing=self.texts(self.descriptor.get("missingValues", [""]), "missingValues"),
            clean_homoglyphs=self.descriptor.get("cleanHomoglyphs") is True,
            parts=self.parts(known, key),
            descriptor=dict(self.descriptor),
        )
        if self.faults:
            raise Faulty(self.faults)
        return structure

    def check_names(self, fields: list[Field]) -> None:
        taken: set[str] = set()
        for one in fields:
            if one.name.lower() in taken:
                text = N_("The name “{name}” is there twice; each field needs its own.")
                self.fault(f"fields.{one.name}", text, name=one.name)
            taken.add(one.name.lower())

    def field(self, number: int, given: Any, references: Mapping[str, Reference]) -> Field | None:
        name = given.get("name") if isinstance(given, Mapping) else None
        place = f"fields[{number}]"
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            text = N_(
                "“{value}” is no name of a field: begin with a Latin letter, then letters, digits or _, at most 63."
            )
            self.fault(f"{place}.name", text, value=shortened(name))
            return None
        place = f"fields.{name}"
        kind = given.get("type", "string")
        if kind not in COLUMN_TYPES:
            text = N_("There is no type “{value}”. Types: {known}.")
            self.fault(f"{place}.type", text, value=shortened(kind), known=listed(COLUMN_TYPES, 20))
            return None
        self.check_known(place, given, _PROPERTIES)
        limits = self.constraints(place, kind, given.get("constraints", {}))
        meanings = self.meanings(place, given.get("categories", []))
        limits["enum"] = limits.get("enum") or tuple(meanings)
        return Field(
            name=name,
            type=kind,
            labels=self.labels(place, given),
            unit=given.get("unit"),
            format=self.format(place, kind, given.get("format")),
            decimal_mark=self.mark(place, given.get("decimalChar", ".")),
            yes=self.texts(given.get("trueValues", list(YES)), f"{place}.trueValues"),
            no=self.texts(given.get("falseValues", list(NO)), f"{place}.falseValues"),
            reference=references.get(name),
            meanings=meanings,
            **limits,
        )

    def check_known(self, place: str, given: Mapping[str, Any], known: frozenset[str]) -> None:
        for name in sorted(str(key) for key in given if key not in known):
            text = N_("“{name}” is not known here. Known: {known}.")
            self.fault(f"{place}.{shortened(name)}", text, name=shortened(name), known=listed(sorted(known), 20))

    def labels(self, place: str, given: Mapping[str, Any]) -> dict[str, str]:
        labels = given.get("title_translated")
        if labels is None:
            return {"en": str(given["title"])} if given.get("title") else {}
        if not isinstance(labels, Mapping) or not all(
            code in LANGUAGES and isinstance(text, str) for code, text in labels.items()
        ):
            text = N_("Give the labels by language: {example}.")
            self.fault(f"{place}.title_translated", text, example='{"kk": "…", "ru": "…", "en": "…"}')
            return {}
        return dict(labels)

    def meanings(self, place: str, given: Any) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for one in given if isinstance(given, list) else [None]:
            value = one.get("value") if isinstance(one, Mapping) else one
            if not isinstance(value, str | int) or not str(value).strip():
                example = '[{"value": "75", "label": "Алматы"}]'
                text = N_("Categories are a list of values with labels: {example}.")
                self.fault(f"{place}.categories", text, example=example)
                return {}
            found[str(value)] = self.meaning(place, one) if isinstance(one, Mapping) else {}
        return found

    def meaning(self, place: str, given: Mapping[str, Any]) -> dict[str, str]:
        if "label_translated" in given:
            return self.labels(f"{place}.categories", {"title_translated": given["label_translated"]})
        return dict.fromkeys(LANGUAGES, str(given["label"])) if given.get("label") else {}

    def parts(self, fields: list[Field], key: tuple[str, ...]) -> Parts | None:
        given = self.descriptor.get("filledBy")
        if given is None:
            return None
        name = given.get("field") if isinstance(given, Mapping) else None
        kinds = {one.name: one.type for one in fields}
        if name not in key or kinds.get(str(name)) != "string" or len(key) < 2:
            text = N_("“filledBy” names a field of type string that is a part of the primary key, beside another one.")
            self.fault("filledBy.field", text)
            return None
        return Parts(str(name), self.texts(given.get("agencies", []), "filledBy.agencies"))

    def format(self, place: str, kind: str, given: Any) -> str | None:
        if given in (None, "default", "any"):
            return None
        if kind in {"date", "datetime", "time"} and isinstance(given, str) and "%" in given:
            return given
        self.fault(
            f"{place}.format", N_("A format is for dates and times and looks like {example}."), example="%d.%m.%Y"
        )
        return None

    def mark(self, place: str, given: Any) -> str:
        if given not in {".", ","}:
            self.fault(f"{place}.decimalChar", N_("The decimal mark is a point or a comma."))
        return str(given)

    def texts(self, given: Any, place: str) -> tuple[str, ...]:
        if isinstance(given, list) and all(isinstance(one, str) for one in given):
            return tuple(given)
        self.fault(place, N_("Give a list of texts."))
        return ()

    def constraints(self, place: str, kind: str, given: Any) -> dict[str, Any]:
        if not isinstance(given, Mapping):
            self.fault(
                f"{place}.constraints", N_("Give an object, for example {example}."), example='{"required": true}'
            )
            return {}
        if given.get("unique"):
            text = N_("A field alone is unique when it is the primary key; name it in “primaryKey”.")
            self.fault(f"{place}.constraints.unique", text)
        self.check_known(f"{place}.constraints", given, _CONSTRAINTS | {"unique"})
        limits = {
            "required": given.get("required") is True,
            "pattern": self.pattern(place, kind, given.get("pattern")),
            "enum": tuple(_written(one) for one in self.enum(place, given.get("enum", []))),
        }
        for theirs, ours in (("minimum", "minimum"), ("maximum", "maximum")):
            limits[ours] = self.limit(f"{place}.constraints.{theirs}", kind, given.get(theirs))
        for theirs, ours in (("minLength", "min_length"), ("maxLength", "max_length")):
            limits[ours] = self.length(f"{place}.constraints.{theirs}", kind, given.get(theirs))
        return limits

    def enum(self, place: str, given: Any) -> list[Any]:
        if isinstance(given, list) and all(isinstance(one, str | int | float) for one in given):
            return given
        self.fault(f"{place}.constraints.enum", N_("Give a list of values."))
        return []

    def pattern(self, place: str, kind: str, given: Any) -> str | None:
        if given is None:
            return None
        place = f"{place}.constraints.pattern"
        if kind != "string" or not isinstance(given, str):
            self.fault(place, N_("A pattern is a regular expression of a field of type string."))
            return None
        try:
            # The same engine as at a push: one without backtracking, so no pattern can make a push hang.
            pl.Series([""]).str.contains(f"^(?:{given})$")
        except pl.exceptions.ComputeError:
            text = N_("“{value}” is no regular expression that can be used here: no look-around, no back-references.")
            self.fault(place, text, value=shortened(given))
            return None
        return given

    def limit(self, place: str, kind: str, given: Any) -> str | None:
        if given is None:
            return None
        text = _written(given)
        if kind not in _LIMITED or not _is_like(kind, text):
            self.fault(place, N_("“{value}” cannot limit a field of type {type}."), value=shortened(given), type=kind)
            return None
        return text

    def length(self, place: str, kind: str, given: Any) -> int | None:
        if given is None or (kind == "string" and type(given) is int and given >= 0):
            return given
        self.fault(place, N_("A length is a whole number, and only fields of type string have one."))
        return None

    def key(self, fields: list[Field]) -> tuple[str, ...]:
        given = self.descriptor.get("primaryKey")
        key = [given] if isinstance(given, str) else given
        if not isinstance(key, list) or not key:
            self.fault("primaryKey", N_("Name the field or the fields that tell one row from all others."))
            return ()
        kinds = {one.name: one.type for one in fields}
        for name in key:
            if name not in kinds:
                text = N_("There is no field “{name}”. Fields: {known}.")
                self.fault("primaryKey", text, name=shortened(name), known=listed(kinds))
            elif kinds[name] not in KEY_TYPES:
                text = N_(
                    "“{name}” is of type {type}, which can be written in several ways and is no key. "
                    "Types of keys: {known}."
                )
                self.fault("primaryKey", text, name=name, type=kinds[name], known=listed(sorted(KEY_TYPES)))
        return tuple(dict.fromkeys(str(name) for name in key))

    def references(self) -> dict[str, Reference]:
        given = self.descriptor.get("foreignKeys", [])
        found: dict[str, Reference] = {}
        for number, one in enumerate(given if isinstance(given, list) else [given]):
            read = _reference(one)
            if read is None:
                example = '{"fields": "region", "reference": {"resource": "…", "fields": "code"}}'
                text = N_("A reference names one field here and one of another table: {example}.")
                self.fault(f"foreignKeys[{number}]", text, example=example)
            else:
                found[read[0]] = read[1]
        return found


def _reference(given: Any) -> tuple[str, Reference] | None:
    target = given.get("reference") if isinstance(given, Mapping) else None
    if not isinstance(target, Mapping):
        return None
    names = [_single(given.get("fields")), _single(target.get("fields")), target.get("resource")]
    if not all(isinstance(name, str) and name for name in names):
        return None
    return names[0], Reference(names[2], names[1])


def _single(given: Any) -> Any:
    return given[0] if isinstance(given, list) and len(given) == 1 else given


def _written(value: Any) -> str:
    """A value as it would stand in a CSV."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_like(kind: str, text: str) -> bool:
    patterns = {
        "integer": r"-?\d{1,18}",
        "number": r"-?\d+(\.\d+)?",
        "year": r"\d{1,4}",
        "date": r"\d{4}-\d{2}-\d{2}",
        "datetime": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})",
    }
    return re.fullmatch(patterns[kind], text) is not None
