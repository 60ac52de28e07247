"""The mapping of a registry whose rows are the rows of one table: reference data, whole at each run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ckanext.opengov.harvest.messages import N_
from ckanext.opengov.harvest.registry.document import Document, MappingError
from ckanext.opengov.harvest.registry.mapping import Parser, Rows, Vocabulary

LANGUAGES = ("kk", "ru", "en")
TYPES = ("string", "integer", "number", "boolean", "date", "datetime", "year", "geopoint")
_TOP = ("table", "title", "key", "fields", "types", "references", "rows")


@dataclass(frozen=True)
class TableMapping:
    """``table`` is what the agency calls it; ``fields`` lead from the table's fields to the source's columns."""

    table: str
    title: dict[str, str]
    key: tuple[str, ...]
    fields: dict[str, str]
    types: dict[str, str] = field(default_factory=dict)
    # Field → table and its field, as ``streets.rka``.
    references: dict[str, str] = field(default_factory=dict)
    rows: Rows = field(default_factory=Rows)

    def schema(self) -> dict[str, Any]:
        """The Table Schema of the table."""
        found: dict[str, Any] = {
            "fields": [{"name": name, "type": self.types.get(name, "string")} for name in self.fields],
            "primaryKey": list(self.key),
        }
        if self.references:
            found["foreignKeys"] = [
                {"fields": name, "reference": dict(zip(("resource", "fields"), target.rsplit(".", 1), strict=True))}
                for name, target in self.references.items()
            ]
        return found


def is_meant(text: str) -> bool:
    """Whether a mapping names a table."""
    try:
        value = Document(text).value
    except MappingError:
        return False
    return isinstance(value, dict) and "table" in value


def parse(text: str) -> TableMapping:
    """Read and check such a mapping.

    :raises MappingError: with everything that is wrong, by line and field
    """
    return _TableParser(Document(text), Vocabulary({})).table()


class _TableParser(Parser):
    def table(self) -> TableMapping:
        top = self._table(self.document.value, (), _TOP)
        fields = self._pairs(top.get("fields"), ("fields",))
        if not fields:
            self._wrong(("fields",), N_("Say which column goes into which field, for example title: name"))
        mapping = TableMapping(
            table=self._text(top.get("table"), ("table",)) or "",
            title=self._title(top.get("title")),
            key=self._columns(top.get("key"), ("key",)),
            fields=fields,
            types=self._pairs(top.get("types"), ("types",)),
            references=self._pairs(top.get("references"), ("references",)),
            rows=self._rows(top.get("rows")),
        )
        self._check(mapping)
        if self.errors:
            raise MappingError(self.errors)
        return mapping

    def _pairs(self, value: Any, path: tuple[str, ...]) -> dict[str, str]:
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(isinstance(one, str) and one for one in value.values()):
            self._wrong(path, N_("Lines of the form “field: column” are expected here."))
            return {}
        return value

    def _title(self, value: Any) -> dict[str, str]:
        found = self._pairs(value, ("title",))
        for language in found:
            if language not in LANGUAGES:
                self._unknown(("title", language), language, LANGUAGES)
        if not found:
            self._wrong(("title",), N_("Name the table in at least one language, for example {example}"), example="kk:")
        return found

    def _check(self, mapping: TableMapping) -> None:
        named = {"key": mapping.key, "types": tuple(mapping.types), "references": tuple(mapping.references)}
        for place, names in named.items():
            for name in names:
                if name not in mapping.fields:
                    self._unknown((place, name), name, mapping.fields)
        for name, kind in mapping.types.items():
            self._choice(kind, ("types", name), TYPES)
        for name, target in mapping.references.items():
            if "." not in target.strip("."):
                message = N_("Write the other table and its field, for example {example}")
                self._wrong(("references", name), message, example="streets.rka")
