"""What the columns of a file stand for, as a document that a person confirms. Pure."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from ckanext.opengov.budget.service.lines import codelists
from ckanext.opengov.budget.service.lines.amounts import FIRST_YEAR, LAST_YEAR
from ckanext.opengov.budget.service.lines.axes import ANY, AXES, DIRECTIONS, LANGUAGES, PHASES
from ckanext.opengov.budget.service.lines.finding import Faulty, Finding, shortened
from ckanext.opengov.civic.service.refusal import N_

TOTALS = ("none", "words", "levels")
FACTORS = ("1", "1000", "1000000", "1000000000")
MOST_AMOUNTS = 200


@dataclass(frozen=True)
class Step:
    """One step of an axis: the columns of its codes and of its names by language."""

    code: str | None
    names: Map[str, str]


@dataclass(frozen=True)
class Given:
    """A year, month, phase or direction: of a column, or the same for all lines."""

    column: str | None = None
    value: Any = None
    # Text of the column → what it means.
    values: Map[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Amount:
    """A column of amounts; in the wide form each says for itself of which year and phase it is."""

    column: str
    factor: Decimal = Decimal(1)
    year: int | None = None
    month: int | None = None
    phase: str | None = None
    direction: str | None = None


@dataclass(frozen=True)
class Mapping:
    """A whole mapping. ``axes`` has a place for each level; None where the file has nothing for it."""

    axes: Map[str, tuple[Step | None, ...]]
    amounts: tuple[Amount, ...]
    year: Given = Given()
    month: Given = Given(value=0)
    phase: Given = Given(value="approved")
    direction: Given = Given(value="expenditure")
    currency: str = "KZT"
    decimal: str = "."
    excel_dates: bool = False
    totals: str = "words"
    widths: Map[str, int] = field(default_factory=dict)
    lists: Map[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    # Texts that stand where an amount is not given.
    missing: tuple[str, ...] = ()
    document: Map[str, Any] = field(default_factory=dict)

    def columns(self) -> set[str]:
        """The columns that the mapping reads."""
        steps = [step for axis in self.axes.values() for step in axis if step]
        names = {name for step in steps for name in (step.code, *step.names.values()) if name}
        names |= {one.column for one in (self.year, self.month, self.phase, self.direction) if one.column}
        return names | {one.column for one in self.amounts} | set(self.keep)


def parse(document: Any, columns: Sequence[str] | None = None) -> Mapping:
    """The mapping of a document.

    :param columns: those of the file, which every part must name
    :raises Faulty: with all that is wrong
    """
    reader = _Reader(document)
    mapping = reader.mapping()
    if columns is not None:
        known = set(columns)
        for name in sorted(mapping.columns() - known):
            text = N_("The file has no column “{column}”. Its columns: {known}.")
            reader.wrong(text, column=shortened(name), known=", ".join(list(columns)[:30]))
    if reader.findings:
        raise Faulty(reader.findings)
    return mapping


class _Reader:
    """Reads a document and remembers what is wrong with it."""

    def __init__(self, document: Any) -> None:
        self.findings: list[Finding] = []
        if not isinstance(document, dict):
            self.wrong(N_("The mapping is a JSON object."))
        self.document: dict[str, Any] = document if isinstance(document, dict) else {}

    def wrong(self, text: str, **values: Any) -> None:
        self.findings.append(Finding("mapping", text, values))

    def mapping(self) -> Mapping:
        known = {"axes", "amounts", "year", "month", "phase", "direction", "currency", "decimal", "excel_dates"}
        known |= {"totals", "widths", "lists", "keep", "missing"}
        for name in sorted(set(self.document) - known):
            self.wrong(N_("The mapping has an unknown part “{name}”. Known: {known}."), name=name, known=sorted(known))
        amounts = self._amounts()
        year = self._given("year", None)
        if year.column is None and year.value is None and any(one.year is None for one in amounts):
            self.wrong(N_("Say of which year the amounts are: by a column, or for each column of amounts."))
        return Mapping(
            self._axes(),
            amounts,
            year,
            self._given("month", 0),
            self._given("phase", "approved", PHASES),
            self._given("direction", "expenditure", DIRECTIONS),
            self._choice("currency", "KZT", None),
            self._choice("decimal", ".", (".", ",")),
            bool(self.document.get("excel_dates")),
            self._choice("totals", "words", TOTALS),
            self._widths(),
            self._lists(),
            tuple(str(one) for one in self._list("keep")),
            tuple(str(one) for one in self._list("missing")),
            self.document,
        )

    def _list(self, name: str) -> list[Any]:
        value = self.document.get(name, [])
        if not isinstance(value, list):
            self.wrong(N_("The part “{name}” of the mapping is a list."), name=name)
            return []
        return value

    def _object(self, name: str) -> dict[str, Any]:
        value = self.document.get(name, {})
        if not isinstance(value, dict):
            self.wrong(N_("The part “{name}” of the mapping is an object."), name=name)
            return {}
        return value

    def _choice(self, name: str, default: str, possible: Sequence[str] | None) -> str:
        value = self.document.get(name, default)
        wrong_currency = possible is None and not (isinstance(value, str) and len(value) == 3 and value.isupper())
        if wrong_currency or (possible and value not in possible):
            text = N_("“{value}” is not possible for “{name}” of the mapping. Possible: {known}.")
            self.wrong(text, value=shortened(value), name=name, known=", ".join(possible or ["KZT", "EUR", "…"]))
            return default
        return value

    def _axes(self) -> dict[str, tuple[Step | None, ...]]:
        axes: dict[str, tuple[Step | None, ...]] = {}
        for key, steps in self._object("axes").items():
            axis = AXES.get(key)
            if axis is None or not isinstance(steps, dict):
                self.wrong(N_("There is no axis “{name}”. Known: {known}."), name=key, known=", ".join(AXES))
                continue
            levels = {level.key for level in axis.levels}
            for name in sorted(set(steps) - levels):
                text = N_("The axis “{axis}” has no step “{name}”. Its steps: {known}.")
                self.wrong(text, axis=key, name=name, known=", ".join(one.key for one in axis.levels))
            axes[key] = tuple(self._step(steps.get(level.key)) for level in axis.levels)
        return {key: steps for key, steps in axes.items() if any(steps)}

    def _step(self, step: Any) -> Step | None:
        if not step:
            return None
        if not isinstance(step, dict):
            self.wrong(N_("A step of an axis is an object with “code” and “name”."))
            return None
        names = step.get("name") or {}
        names = {ANY: names} if isinstance(names, str) else names
        if not isinstance(names, dict) or not set(names) <= {ANY, *LANGUAGES}:
            self.wrong(N_("The names of a step are one column, or one for each of kk, ru, en."))
            names = {}
        if not step.get("code") and not names:
            return None
        return Step(step.get("code") or None, {key: str(value) for key, value in names.items() if value})

    def _given(self, name: str, default: Any, possible: Map[str, str] | None = None) -> Given:
        value = self.document.get(name)
        if value is None:
            return Given(value=default)
        if not isinstance(value, dict):
            return Given(value=self._value(name, value, possible))
        if value.get("column"):
            values = value.get("values") or {}
            if not isinstance(values, dict) or (possible and not set(values.values()) <= set(possible)):
                self.wrong(N_("“values” of “{name}” says what each text of the column means."), name=name)
                values = {}
            return Given(column=str(value["column"]), values=values)
        return Given(value=self._value(name, value.get("value", default), possible))

    def _value(self, name: str, value: Any, possible: Map[str, str] | None) -> Any:
        if possible is not None:
            if value not in possible:
                text = N_("“{value}” is not possible for “{name}” of the mapping. Possible: {known}.")
                self.wrong(text, value=shortened(value), name=name, known=", ".join(possible))
            return value
        low, high = (0, 12) if name == "month" else (FIRST_YEAR, LAST_YEAR)
        number = int(value) if str(value).isdigit() else -1
        if value is not None and not low <= number <= high:
            text = N_("“{value}” is not possible for “{name}” of the mapping. Possible: {known}.")
            self.wrong(text, value=shortened(value), name=name, known=f"{low}–{high}")
        return None if value is None else number

    def _amounts(self) -> tuple[Amount, ...]:
        amounts = []
        for one in self._list("amounts")[:MOST_AMOUNTS]:
            if not isinstance(one, dict) or not one.get("column"):
                self.wrong(N_("Each of the amounts names its column."))
                continue
            amounts.append(self._amount(one))
        if not amounts:
            self.wrong(N_("Say which column has the amounts."))
        return tuple(amounts)

    def _amount(self, one: Map[str, Any]) -> Amount:
        try:
            factor = Decimal(str(one.get("factor", "1")))
        except InvalidOperation:
            factor = Decimal(0)
        if not factor.is_finite() or not 0 < factor <= Decimal(10**12):
            text = N_("“{value}” is no factor. Write 1, 1000 or 1000000.")
            self.wrong(text, value=shortened(one.get("factor")))
            factor = Decimal(1)
        return Amount(
            str(one["column"]),
            factor,
            self._optional("year", one),
            self._optional("month", one),
            self._optional("phase", one, PHASES),
            self._optional("direction", one, DIRECTIONS),
        )

    def _optional(self, name: str, one: Map[str, Any], possible: Map[str, str] | None = None) -> Any:
        return None if one.get(name) in (None, "") else self._value(name, one[name], possible)

    def _widths(self) -> dict[str, int]:
        widths = {}
        for key, width in self._object("widths").items():
            axis, _, level = key.partition(".")
            known = axis in AXES and level in {one.key for one in AXES[axis].levels}
            if not known or not str(width).isdigit() or not 1 <= int(width) <= 20:
                self.wrong(N_("“widths” says of “axis.step” how many digits its codes have; not “{name}”."), name=key)
                continue
            widths[key] = int(width)
        return widths

    def _lists(self) -> dict[str, str]:
        lists = {}
        for axis, name in self._object("lists").items():
            if axis not in AXES or name not in codelists.names(axis):
                text = N_("There is no list “{name}” for the axis “{axis}”. Known: {known}.")
                known = ", ".join(codelists.names(axis)) or "–"
                self.wrong(text, name=shortened(name), axis=axis, known=known)
                continue
            lists[axis] = name
        return lists
