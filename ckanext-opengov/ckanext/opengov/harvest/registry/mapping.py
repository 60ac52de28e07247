"""The mapping of a registry: which column of the source becomes which field of the portal."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.opengov.harvest.messages import N_, Message
from ckanext.opengov.harvest.registry.document import Document, MappingError, MappingFault, Path

FORMATS = ("json", "ndjson", "csv", "xlsx")
VANISHED = ("withdraw", "keep")
# What the harvester itself decides.
RESERVED = frozenset(
    (
        *("id", "type", "state", "private", "owner_org", "organization", "resources", "groups", "extras"),
        *("creator_user_id", "metadata_created", "metadata_modified", "isopen", "num_resources", "num_tags"),
    )
)

# Target field → its parts (languages, for instance), or an empty set for a field without parts.
Targets = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Rows:
    """Where and how the rows stand in the file. What is None is found out."""

    path: str | None = None
    format: str | None = None
    sheet: str | None = None
    header: int = 1
    delimiter: str | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class FieldRule:
    """How the value of one target field is made."""

    target: str
    columns: tuple[str, ...] = ()
    constant: str | None = None
    default: str | None = None
    values: Mapping[str, str] | None = None
    date: str | None = None
    split: str | None = None
    joined_with: str | None = None
    template: str | None = None


@dataclass(frozen=True)
class RegistryMapping:
    """A mapping that has been checked."""

    key: tuple[str, ...]
    fields: tuple[FieldRule, ...]
    type: str = "dataset"
    # None: the agency of the source.
    agency: FieldRule | None = None
    resources: tuple[tuple[FieldRule, ...], ...] = ()
    rows: Rows = field(default_factory=Rows)
    vanished: str = "withdraw"
    shape: tuple[str, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """Every column of the source that the mapping reads."""
        rules = [*self.fields, *(rule for resource in self.resources for rule in resource)]
        if self.agency:
            rules.append(self.agency)
        return frozenset(self.key) | {column for rule in rules for column in rule.columns}


@dataclass(frozen=True)
class Vocabulary:
    """What a mapping may name: the types that can be written, and each type's fields."""

    types: Mapping[str, Targets]
    resource_fields: Mapping[str, Targets] = field(default_factory=dict)


def parse(text: str, vocabulary: Vocabulary) -> RegistryMapping:
    """Read and check a mapping.

    :raises MappingError: with the line, the field and what would be right, for everything that is wrong
    """
    return Parser(Document(text), vocabulary).parse()


class Parser:
    """Goes through a document and collects what is wrong, so that a person need not mend it error by error."""

    def __init__(self, document: Document, vocabulary: Vocabulary) -> None:
        self.document = document
        self.vocabulary = vocabulary
        self.errors: list[MappingFault] = []

    def parse(self) -> RegistryMapping:
        top = self._table(self.document.value, (), _TOP)
        kind = self._choice(top.get("type") or "dataset", ("type",), sorted(self.vocabulary.types))
        mapping = RegistryMapping(
            type=kind,
            key=self._columns(top.get("key"), ("key",)),
            agency=self._agency(top.get("agency")),
            fields=self._fields(top.get("fields"), ("fields",), self.vocabulary.types.get(kind, {})),
            resources=self._resources(top.get("resource"), kind),
            rows=self._rows(top.get("rows")),
            vanished=self._choice(top.get("vanished") or "withdraw", ("vanished",), VANISHED),
            shape=self._names(top.get("shape"), ("shape",)),
        )
        if not mapping.fields:
            self._wrong(("fields",), N_("Say which column goes into which field, for example title: name"))
        if self.errors:
            raise MappingError(self.errors)
        return mapping

    def _wrong(self, path: Path, msgid: str, **params: Any) -> None:
        error = MappingFault(self.document.line(path), ".".join(path), Message(msgid, params))
        if error not in self.errors:
            self.errors.append(error)

    def _unknown(self, path: Path, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        if close:
            self._wrong(path, N_("“{name}” is not known here. Did you mean “{close}”?"), name=name, close=close[0])
        else:
            message = N_("“{name}” is not known here. Possible: {known}.")
            self._wrong(path, message, name=name, known=", ".join(known))

    def _table(self, value: Any, path: Path, known: Iterable[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._wrong(path, N_("Lines of the form “name: value” are expected here."))
            return {}
        for name in value:
            if name not in known:
                self._unknown((*path, name), name, known)
        return value

    def _choice(self, value: Any, path: Path, known: Iterable[str]) -> str:
        if not isinstance(value, str) or value not in known:
            self._unknown(path, str(value), known)
        return str(value)

    def _text(self, value: Any, path: Path) -> str | None:
        if value is None or (isinstance(value, str) and value):
            return value
        self._wrong(path, N_("One value is expected here."))
        return None

    def _names(self, value: Any, path: Path) -> tuple[str, ...]:
        names = [value] if isinstance(value, str) else value or []
        if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
            self._wrong(path, N_("The name of a column, or a list of names in square brackets, is expected here."))
            return ()
        return tuple(names)

    def _columns(self, value: Any, path: Path) -> tuple[str, ...]:
        names = self._names(value, path)
        if not names:
            self._wrong(
                path, N_("Name the column that tells one row from another, for example {example}"), example="key: code"
            )
        return names

    def _rows(self, value: Any) -> Rows:
        if value is None:
            return Rows()
        if isinstance(value, str):
            return Rows(path=value)
        table = self._table(value, ("rows",), _ROWS)
        texts = {name: self._text(table.get(name), ("rows", name)) for name in _ROWS if name != "header"}
        if texts["format"]:
            self._choice(texts["format"], ("rows", "format"), FORMATS)
        delimiter = {"\\t": "\t", "tab": "\t"}.get(texts["delimiter"] or "", texts["delimiter"])
        if delimiter and len(delimiter) != 1:
            self._wrong(("rows", "delimiter"), N_("One character is expected here, for example “;”, or the word tab."))
            delimiter = None
        return Rows(**{**texts, "delimiter": delimiter, "header": self._header(table.get("header"))})

    def _header(self, value: Any) -> int:
        if value is None:
            return 1
        if isinstance(value, str) and value.isdecimal() and 1 <= int(value) <= 1000:
            return int(value)
        self._wrong(("rows", "header"), N_("The number of the row with the names of the columns is expected here."))
        return 1

    def _agency(self, value: Any) -> FieldRule | None:
        if value is None:
            return None
        if isinstance(value, str):
            return FieldRule("agency", constant=value)
        return self._rule("agency", value, ("agency",), ("from", "values", "default"))

    def _fields(self, value: Any, path: Path, targets: Targets) -> tuple[FieldRule, ...]:
        if value is None:
            return ()
        if not isinstance(value, dict):
            self._wrong(path, N_("Lines of the form “field: column” are expected here."))
            return ()
        rules = []
        for target, what in value.items():
            self._check_target((*path, target), target, targets)
            rules.append(self._rule(target, what, (*path, target), _FIELD))
        return tuple(rules)

    def _check_target(self, path: Path, target: str, targets: Targets) -> None:
        name, _, part = target.partition(".")
        if name in RESERVED:
            self._wrong(path, N_("The field “{name}” is set by the portal itself. Leave this line out."), name=name)
        elif name not in targets:
            self._unknown(path, name, set(targets) - RESERVED)
        elif targets[name] and not part:
            example = ", ".join(f"{name}.{known}" for known in targets[name])
            self._wrong(path, N_("This field has parts. Write one of: {example}."), example=example)
        elif part and part not in targets[name]:
            self._unknown(path, target, [f"{name}.{known}" for known in targets[name]] or [name])

    def _resources(self, value: Any, kind: str) -> tuple[tuple[FieldRule, ...], ...]:
        if value is None:
            return ()
        targets = self.vocabulary.resource_fields.get(kind, {})
        if not targets:
            self._wrong(("resource",), N_("Entries of type “{type}” have no files."), type=kind)
            return ()
        listed = isinstance(value, list)
        found = []
        for number, item in enumerate(value if listed else [value]):
            path = ("resource", str(number)) if listed else ("resource",)
            rules = self._fields(item, path, targets)
            if not any(rule.target == "url" for rule in rules):
                self._wrong(path, N_("A file needs its address: url: column"))
            found.append(rules)
        return tuple(found)

    def _rule(self, target: str, value: Any, path: Path, known: Collection[str]) -> FieldRule:
        if isinstance(value, str):
            return FieldRule(target, columns=(value,))
        table = self._table(value, path, known)
        if not isinstance(value, dict):
            return FieldRule(target)
        rule = FieldRule(
            target,
            columns=self._names(table.get("from"), (*path, "from")),
            constant=self._text(table.get("constant"), (*path, "constant")),
            default=self._text(table.get("default"), (*path, "default")),
            values=self._values(table.get("values"), (*path, "values")),
            date=self._text(table.get("date"), (*path, "date")),
            split=self._text(table.get("split"), (*path, "split")),
            joined_with=self._text(table.get("join"), (*path, "join")),
            template=self._text(table.get("template"), (*path, "template")),
        )
        return self._check_rule(rule, path)

    def _check_rule(self, rule: FieldRule, path: Path) -> FieldRule:
        given = [name for name, value in _origins(rule) if value]
        if len(given) != 1:
            self._wrong(path, N_("Say where the value comes from, by exactly one of: from, constant, template."))
        if len(rule.columns) > 1 and rule.joined_with is None:
            self._wrong((*path, "from"), N_("Several columns need join: the text that is put between them."))
        if rule.date and "%" not in rule.date:
            message = N_("Write how the source writes a date, for example {example} for 31.12.2026")
            self._wrong((*path, "date"), message, example="%d.%m.%Y")
        if rule.template is None:
            return rule
        return self._template(rule, path)

    def _template(self, rule: FieldRule, path: Path) -> FieldRule:
        columns = template_columns(rule.template or "")
        if columns is None:
            self._wrong(
                (*path, "template"), N_("Put the names of columns in braces: {example}"), example="{name} ({year})"
            )
        return FieldRule(**{**vars(rule), "columns": tuple(columns or ())})

    def _values(self, value: Any, path: Path) -> dict[str, str] | None:
        if value is None:
            return None
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            self._wrong(path, N_("Lines of the form “value of the source: value of the portal” are expected here."))
            return None
        return value


def _origins(rule: FieldRule) -> list[tuple[str, Any]]:
    return [("from", rule.columns), ("constant", rule.constant is not None), ("template", rule.template)]


def template_columns(template: str) -> list[str] | None:
    """The columns that a template names in braces; None when the braces do not pair up."""
    columns = []
    rest = template
    while "{" in rest or "}" in rest:
        before, opened, rest = rest.partition("{")
        name, closed, rest = rest.partition("}")
        if "}" in before or not opened or not closed or not name or "{" in name:
            return None
        columns.append(name)
    return columns or None


_TOP = ("type", "key", "agency", "fields", "resource", "rows", "vanished", "shape")
_ROWS = ("path", "format", "sheet", "header", "delimiter", "encoding")
_FIELD = ("from", "constant", "template", "default", "values", "date", "split", "join")
