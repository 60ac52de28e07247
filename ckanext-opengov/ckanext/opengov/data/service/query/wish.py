"""What is asked for, checked against the columns of the table; all that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import Faulty, Finding, listed, shortened

OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "starts", "empty")
FUNCTIONS = ("count", "sum", "avg", "min", "max", "distinct", "median", "percentile")
# These need numbers.
_NUMERIC_FUNCTIONS = frozenset({"sum", "avg", "median", "percentile"})
NUMERIC = frozenset({"int2", "int4", "int8", "numeric", "float4", "float8"})
TEXTUAL = frozenset({"text", "varchar", "bpchar"})
MOST_CONDITIONS = 50
MOST_VALUES = 1000
MOST_ROWS = 10_000

Columns = Mapping[str, str]


@dataclass(frozen=True)
class Condition:
    """One field, one comparison. ``value`` is text, a list of texts for ``in``, a truth value for ``empty``."""

    field: str
    operator: str
    value: Any


@dataclass(frozen=True)
class Aggregate:
    """A figure of each group."""

    name: str
    function: str
    field: str | None = None
    fraction: float | None = None


@dataclass(frozen=True)
class Wish:
    """A whole question. ``sort`` are names, each with whether it goes down."""

    fields: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    words: tuple[str, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    group: tuple[str, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()
    limit: int = 100
    cursor: str | None = None
    total: bool = False

    @property
    def is_grouped(self) -> bool:
        """Whether groups are asked for, not rows."""
        return bool(self.group or self.aggregates)


@dataclass
class _Reader:
    columns: Columns
    faults: list[Finding] = field(default_factory=list)

    def fault(self, place: str, text: str, **values: Any) -> None:
        self.faults.append(Finding(text, values, place=place))

    def known(self, place: str, name: Any, names: Sequence[str] | None = None) -> bool:
        offered = list(self.columns) if names is None else list(names)
        if isinstance(name, str) and name in offered:
            return True
        text = N_("There is no field “{name}”. Fields: {known}.")
        self.fault(place, text, name=shortened(name), known=listed(offered, 20))
        return False

    def names(self, place: str, given: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name in given if self.known(place, name)))

    def conditions(self, given: Any) -> tuple[Condition, ...]:
        if not isinstance(given, Mapping) or len(given) > MOST_CONDITIONS:
            example = '{"region": "75", "pupils": {"ge": 100}}'
            self.fault("filters", N_("Give an object, for example {example}."), example=example)
            return ()
        found = []
        for name, wanted in given.items():
            if self.known("filters", name):
                found += self.comparisons(name, wanted)
        return tuple(found)

    def comparisons(self, name: str, wanted: Any) -> list[Condition]:
        if isinstance(wanted, list):
            wanted = {"in": wanted}
        elif not isinstance(wanted, Mapping):
            wanted = {"empty": True} if wanted is None else {"eq": wanted}
        return [one for operator, value in wanted.items() if (one := self.comparison(name, operator, value))]

    def comparison(self, name: str, operator: Any, value: Any) -> Condition | None:
        place = f"filters.{name}"
        if operator not in OPERATORS:
            text = N_("There is no comparison “{name}”. Comparisons: {known}.")
            self.fault(place, text, name=shortened(operator), known=listed(OPERATORS, 20))
            return None
        if operator == "empty":
            return Condition(name, operator, value is True)
        values = value if operator == "in" else [value]
        if not isinstance(values, list) or len(values) > MOST_VALUES or not all(_is_plain(one) for one in values):
            self.fault(place, N_("Give one value, and for “in” a list of at most {limit}."), limit=MOST_VALUES)
            return None
        texts = [_written(one) for one in values]
        return Condition(name, operator, texts if operator == "in" else texts[0])

    def aggregates(self, given: Any) -> tuple[Aggregate, ...]:
        if not isinstance(given, Mapping) or len(given) > MOST_CONDITIONS:
            example = '{"pupils": {"function": "sum", "field": "pupils"}}'
            self.fault("aggregates", N_("Give an object, for example {example}."), example=example)
            return ()
        return tuple(one for name, wanted in given.items() if (one := self.aggregate(str(name), wanted)))

    def aggregate(self, name: str, wanted: Any) -> Aggregate | None:
        place = f"aggregates.{name[:60]}"
        asked = wanted if isinstance(wanted, Mapping) else {"function": wanted}
        function, of = asked.get("function"), asked.get("field")
        if not name.isidentifier() or len(name) > 60 or name.startswith("_"):
            self.fault(place, N_("The name of a figure begins with a letter and has letters, digits or _."))
            return None
        if function not in FUNCTIONS:
            text = N_("There is no function “{name}”. Functions: {known}.")
            self.fault(place, text, name=shortened(function), known=listed(FUNCTIONS, 20))
            return None
        if (of is not None or function != "count") and not self.known(place, of):
            return None
        if function in _NUMERIC_FUNCTIONS and self.columns[str(of)] not in NUMERIC:
            self.fault(place, N_("“{function}” needs a field of numbers."), function=function)
            return None
        return Aggregate(name, function, of, self.fraction(place, function, asked.get("fraction")))

    def fraction(self, place: str, function: str, given: Any) -> float | None:
        if function != "percentile":
            return 0.5 if function == "median" else None
        if isinstance(given, int | float) and 0 <= given <= 1:
            return float(given)
        self.fault(place, N_("A percentile needs a “fraction” from 0 to 1, for example {example}."), example="0.9")
        return None

    def sort(self, given: Sequence[str], names: Sequence[str] | None) -> tuple[tuple[str, bool], ...]:
        found = [(name.removeprefix("-"), name.startswith("-")) for name in given]
        return tuple((name, down) for name, down in found if self.known("sort", name, names))


def read(asked: Mapping[str, Any], columns: Columns) -> Wish:
    """Check a question.

    :param asked: the action's parameters: ``fields``, ``filters``, ``q``, ``sort``, ``group``, ``aggregates``,
        ``limit``, ``cursor``, ``total``
    :param columns: name → PostgreSQL's type, of what readers may see
    :raises Faulty: with everything that is wrong
    """
    reader = _Reader(columns)
    group = reader.names("group", asked.get("group") or [])
    aggregates = reader.aggregates(asked.get("aggregates") or {})
    grouped = [*group, *(one.name for one in aggregates)]
    if len(set(grouped)) < len(grouped):
        reader.fault("aggregates", N_("A figure must not be called like a field of the group."))
    wish = Wish(
        fields=reader.names("fields", asked.get("fields") or list(columns)),
        conditions=reader.conditions(asked.get("filters") or {}),
        words=tuple(str(asked.get("q") or "").split()[:10]),
        sort=reader.sort(asked.get("sort") or [], grouped if grouped else [*columns, "_id"]),
        group=group,
        aggregates=aggregates,
        limit=min(int(asked.get("limit") or 100), MOST_ROWS),
        cursor=asked.get("cursor"),
        total=bool(asked.get("total")),
    )
    if reader.faults:
        raise Faulty(reader.faults)
    return wish


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and "\0" not in str(value)


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
