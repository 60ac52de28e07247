"""The parameter ``source`` as a question: pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import Faulty, fault, listed, shortened
from ckanext.opengov.data.service.query.wish import MOST_ROWS, TEXTUAL, Columns

KEYS = ("from", "size", "query", "sort", "_source", "search_after")
CLAUSES = ("match_all", "term", "terms", "range", "match", "exists", "bool")
_RANGE: Mapping[str, str] = {"gte": "ge", "gt": "gt", "lte": "le", "lt": "lt", "from": "ge", "to": "le"}
_ROW = "_id"
SIZE = 100
# Deeper pages would be counted off one by one; ``search_after`` finds them by an index.
DEEPEST = 1_000_000
_MOST_NESTED = 5

Filters = list[dict[str, Any]]


@dataclass(frozen=True)
class Asked:
    """``question`` is what ``query.read`` takes. ``after`` are the values of the last record's sort."""

    question: dict[str, Any] = field(default_factory=dict)
    start: int = 0
    size: int = SIZE
    after: tuple[str | None, ...] | None = None


def compiled(text: str | None, columns: Columns) -> Asked:
    """Read a source.

    :param columns: of the table that is asked: what ``match`` means depends on the type of its field
    :raises Faulty: saying what is not understood
    """
    source = _loaded(text)
    unknown = [name for name in source if name not in KEYS]
    if unknown:
        raise fault(N_("“source” has no “{name}”. It knows: {known}."), name=shortened(unknown[0]), known=listed(KEYS))
    question: dict[str, Any] = {
        "filters": _Clauses(columns).read(source.get("query"), 0),
        "sort": _sort(source.get("sort")),
        "fields": _fields(source.get("_source"), columns),
    }
    return Asked(
        question=question,
        start=_number("from", source.get("from", 0), DEEPEST),
        size=_number("size", source.get("size", SIZE), MOST_ROWS),
        after=_after(source.get("search_after")),
    )


def _loaded(text: str | None) -> Mapping[str, Any]:
    try:
        source = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        source = None
    if not isinstance(source, Mapping):
        raise fault(N_("“source” is no object of JSON. For example: {example}"), example='{"size": 10}')
    return source


def _number(name: str, given: Any, most: int) -> int:
    if type(given) is str and given.isascii() and given.isdigit():
        given = int(given[:20])
    if type(given) is not int or given < 0:
        raise fault(N_("“{name}” is a whole number, not “{value}”."), name=name, value=shortened(given))
    if given > most:
        text = N_("“{name}” may be {most} at most. Go on with “search_after”: it loses no row, however deep.")
        raise fault(text, name=name, most=most)
    return given


def _sort(given: Any) -> list[str]:
    items = given if isinstance(given, list) else [] if given is None else [given]
    return [name for one in items for name in _order(one) if name.lstrip("-") != "_score"]


def _order(item: Any) -> list[str]:
    if isinstance(item, str):
        name, _, way = item.partition(":")
        return [f"-{name}" if way == "desc" else name]
    if not isinstance(item, Mapping):
        raise fault(N_("“sort” is not understood: “{value}”."), value=shortened(item))
    found = []
    for name, way in item.items():
        order = way.get("order") if isinstance(way, Mapping) else way
        found.append(f"-{name}" if str(order).lower() == "desc" else str(name))
    return found


def _fields(given: Any, columns: Columns) -> list[str]:
    if isinstance(given, Mapping):
        given = given.get("includes") or given.get("include") or []
    if given in (None, True, "*", ["*"]):
        return []
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list):
        raise fault(N_("“_source” is a list of fields, not “{value}”."), value=shortened(given))
    parts = [part.strip() for name in names for part in ([name] if name in columns else str(name).split(","))]
    return [name for name in parts if name]


def _after(given: Any) -> tuple[str | None, ...] | None:
    if given is None:
        return None
    if not isinstance(given, list) or not all(one is None or isinstance(one, str | int | float) for one in given):
        raise fault(N_("“search_after” is a list of values, not “{value}”."), value=shortened(given))
    return tuple(None if one is None else _text(one) for one in given)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class _Clauses:
    """The parts of ``query``."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._readers: Mapping[str, Callable[[Any, int], Filters]] = {
            "match_all": lambda _body, _depth: [],
            "term": lambda body, _depth: [{name: _value(given)} for name, given in _named("term", body)],
            "terms": lambda body, _depth: [{name: {"in": given}} for name, given in _named("terms", body)],
            "range": lambda body, _depth: [_range(name, given) for name, given in _named("range", body)],
            "match": lambda body, _depth: [one for pair in _named("match", body) for one in self._match(*pair)],
            "exists": lambda body, _depth: [{str(given): {"empty": False}} for _, given in _named("exists", body)],
            "bool": self._bool,
        }

    def read(self, query: Any, depth: int) -> Filters:
        """All conditions of a query; they all hold."""
        if query in (None, {}):
            return []
        if not isinstance(query, Mapping) or len(query) != 1 or depth > _MOST_NESTED:
            raise fault(N_("“query” holds one clause: {known}."), known=listed(CLAUSES))
        ((name, body),) = query.items()
        if name not in self._readers:
            text = N_("There is no clause “{name}”. Clauses: {known}.")
            raise fault(text, name=shortened(name), known=listed(CLAUSES))
        return self._readers[name](body, depth)

    def _bool(self, body: Any, depth: int) -> Filters:
        if not isinstance(body, Mapping) or not set(body) <= {"must", "filter"}:
            raise fault(N_("Of “bool” there are “must” and “filter”: lists of clauses that all hold."))
        found: Filters = []
        for given in body.values():
            for one in given if isinstance(given, list) else [given]:
                found += self.read(one, depth + 1)
        return found

    def _match(self, name: str, given: Any) -> Filters:
        """Of texts one of the words, or all of them with the operator "and"; of other fields the value."""
        wanted = given.get("query") if isinstance(given, Mapping) else given
        if self._columns.get(name, "text") not in TEXTUAL:
            return [{name: wanted}]
        if isinstance(given, Mapping) and str(given.get("operator")).lower() == "and":
            return [{name: {"words": word}} for word in str(wanted).split()[:20]]
        return [{name: {"words": str(wanted)}}]


def _named(clause: str, body: Any) -> Sequence[tuple[str, Any]]:
    if not isinstance(body, Mapping) or not body:
        text = N_("“{name}” names a field and a value, for example {example}.")
        raise fault(text, name=clause, example=json.dumps({clause: {"name": "…"}}, ensure_ascii=False))
    return [(str(name), given) for name, given in body.items()]


def _value(given: Any) -> Any:
    return given.get("value") if isinstance(given, Mapping) else given


def _range(name: str, given: Any) -> dict[str, Any]:
    bounds = given if isinstance(given, Mapping) else {}
    known = {_RANGE[key]: value for key, value in bounds.items() if key in _RANGE and value is not None}
    if not known or any(key not in _RANGE and key not in ("format", "boost") for key in bounds):
        text = N_("A “range” has bounds: {known}.")
        raise fault(text, known=listed(_RANGE))
    return {name: known}


def is_place(after: Sequence[str | None], length: int) -> None:
    """Check that the values say where a walk stands: those of the sort, and the row's number at the end.

    :raises Faulty: else, because rows with the same values would be lost
    """
    if len(after) != length:
        text = N_(
            "“search_after” has {found} values and the sort {length}, the number of the row (“_id”) included. Take"
            " them from the header X-Search-After of the answer before."
        )
        raise Faulty(fault(text, found=len(after), length=length).findings)
