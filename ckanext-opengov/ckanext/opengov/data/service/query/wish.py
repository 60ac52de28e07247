"""What is asked for, checked against the columns of the table; all that is wrong is told at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import Faulty, Finding, listed, shortened

OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "starts", "words", "empty")
FUNCTIONS = ("count", "sum", "avg", "min", "max", "distinct", "median", "percentile")
# These need numbers.
_NUMERIC_FUNCTIONS = frozenset({"sum", "avg", "median", "percentile"})
NUMERIC = frozenset({"int2", "int4", "int8", "numeric", "float4", "float8"})
TEXTUAL = frozenset({"text", "varchar", "bpchar"})
TEMPORAL = frozenset({"date", "timestamp", "timestamptz"})
# Parts of a group's field after a colon: a span of time, or the two digits of a KATO code that name the region.
SPANS = ("year", "quarter", "month", "day")
REGION = "region"
MOST_CONDITIONS = 50
MOST_VALUES = 1000
MOST_ROWS = 10_000
# PostgreSQL's bigint, in which versions are counted.
_MOST_VERSION = 2**63 - 1
_LEGAL = ZoneInfo("Asia/Almaty")

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
    # Rows as they were after this push, or at this time.
    version: int | None = None
    as_of: dt.datetime | None = None
    # Records to leave out before the first; only the façade of the older portal counts so.
    skip: int = 0

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

    def group(self, given: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name in given if self.is_group(name)))

    def is_group(self, name: str) -> bool:
        """A field, or one with a span: ``opened:year``, ``pupils:100``, ``place:region``."""
        of, part = parted(name, self.columns)
        if not self.known("group", of):
            return False
        kind = self.columns[of]
        if not part or _fits(part, kind):
            return True
        text = N_("“{name}”: a date goes with {spans}, a number with a step such as {step}, a KATO code with region.")
        self.fault("group", text, name=shortened(name), spans=listed(SPANS), step="100")
        return False

    def moment(self, given: Any) -> dt.datetime | None:
        """A day counts to its end, in the legal time."""
        if not given:
            return None
        try:
            found = dt.datetime.fromisoformat(str(given))
            if len(str(given)) == len("2026-11-24"):
                found += dt.timedelta(days=1, microseconds=-1)
            found = found if found.tzinfo else found.replace(tzinfo=_LEGAL)
            return found.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            text = N_("“{value}” is no date. Write it as 2026-11-24 or 2026-11-24T09:30:00+05:00.")
            self.fault("as_of", text, value=shortened(given))
        return None

    def version(self, given: Any) -> int | None:
        if given in (None, ""):
            return None
        if str(given).isascii() and str(given).isdigit() and int(given) <= _MOST_VERSION:
            return int(given)
        self.fault("version", N_("A version is the number of a push, as in a receipt."))
        return None

    def conditions(self, given: Any) -> tuple[Condition, ...]:
        """Of one object, or of a list of them that all hold."""
        if isinstance(given, list) and len(given) <= MOST_CONDITIONS:
            return tuple(condition for one in given for condition in self.conditions(one))
        if not isinstance(given, Mapping) or len(given) > MOST_CONDITIONS:
            example = '{"region": "75", "pupils": {"ge": 100}}'
            self.fault("filters", N_("Give an object, for example {example}."), example=example)
            return ()
        found: list[Condition] = []
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
            return Condition(name, operator, value in (True, "true"))
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
        ``limit``, ``cursor``, ``total``, ``version``, ``as_of``
    :param columns: name → PostgreSQL's type, of what readers may see
    :raises Faulty: with everything that is wrong
    """
    reader = _Reader(columns)
    group = reader.group(asked.get("group") or [])
    aggregates = reader.aggregates(asked.get("aggregates") or {})
    grouped = [*group, *(one.name for one in aggregates)]
    if len(set(grouped)) < len(grouped):
        reader.fault("aggregates", N_("A figure must not be called like a field of the group."))
    words = str(asked.get("q") or "")
    if not is_storable(words):
        reader.fault("q", N_("The text has characters that no text can have."))
    wish = Wish(
        fields=reader.names("fields", asked.get("fields") or list(columns)),
        conditions=reader.conditions(asked.get("filters") or {}),
        words=tuple(words.split()[:10]),
        sort=reader.sort(asked.get("sort") or [], grouped if grouped else [*columns, "_id"]),
        group=group,
        aggregates=aggregates,
        limit=min(int(asked.get("limit") or 100), MOST_ROWS),
        cursor=asked.get("cursor"),
        total=bool(asked.get("total")),
        version=reader.version(asked.get("version")),
        as_of=reader.moment(asked.get("as_of")),
        skip=int(asked.get("skip") or 0),
    )
    if reader.faults:
        raise Faulty(reader.faults)
    return wish


def parted(name: str, columns: Columns) -> tuple[str, str]:
    """A group's field, and what stands after its colon; a field may have a colon in its own name."""
    if name in columns or ":" not in name:
        return name, ""
    of, _, part = name.rpartition(":")
    return of, part


def _fits(part: str, kind: str) -> bool:
    if part in SPANS:
        return kind in TEMPORAL
    if part == REGION:
        return kind in TEXTUAL or kind in NUMERIC
    return part.isascii() and part.isdigit() and 0 < int(part) < 10**12 and kind in NUMERIC


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and is_storable(str(value))


def is_storable(text: str) -> bool:
    """Whether PostgreSQL takes the text: no zero byte, no half of a character."""
    try:
        return "\0" not in text and bool(text.encode() or True)
    except UnicodeEncodeError:
        return False


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
