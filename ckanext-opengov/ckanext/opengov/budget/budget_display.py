"""How budgets are shown: amounts in words, measures, rows of tables and parts of pictures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import ckan.plugins.toolkit as tk
from babel.dates import format_datetime
from babel.numbers import format_decimal

from ckanext.opengov.budget.service import reference
from ckanext.opengov.budget.service.lines.axes import AXES, DIRECTIONS, LEVELS, PHASES
from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.calendar import ALMATY
from ckanext.opengov.civic.service.refusal import N_

SIGNS = {"KZT": "₸", "EUR": "€", "USD": "$", "RUB": "₽"}
_UNITS = ((12, N_("{number} tn")), (9, N_("{number} bn")), (6, N_("{number} m")))
MEASURES: Mapping[str, str] = {
    "nominal": N_("As it stands in the budget"),
    "real": N_("In the prices of a year"),
    "per_head": N_("For one person"),
}
MONTHS = N_("January to month {number}")
NONE = "–"


def written(amount: Decimal, places: int = 2) -> str:
    """A number in the reader's language."""
    pattern = "#,##0." + "#" * places if places else "#,##0"
    return format_decimal(amount, pattern, locale=wording.current())


def money(amount: Decimal | None, currency: str) -> str:
    """An amount as people say it: 1.2 tn ₸."""
    if amount is None:
        return NONE
    sign = SIGNS.get(currency, currency)
    for power, text in _UNITS:
        if abs(amount) >= Decimal(10) ** power:
            number = written(amount / Decimal(10) ** power, 1)
            return f"{tk._(text).format(number=number)} {sign}"
    return f"{written(amount, 0 if abs(amount) >= 100 else 2)} {sign}"


def exact(amount: Decimal | str, currency: str) -> str:
    """An amount to its last digit."""
    return f"{written(Decimal(amount), 6)} {SIGNS.get(currency, currency)}"


def moment(text: str) -> str:
    """When something was, on the country's clocks."""
    when = dt.datetime.fromisoformat(text).astimezone(ALMATY)
    return format_datetime(when, "d MMMM y, HH:mm", locale=wording.current())


def percent(part: Decimal, whole: Decimal) -> str:
    """A share; a dash where there is no whole."""
    if not whole:
        return NONE
    return format_decimal(part / whole, "0.#%", locale=wording.current())


def titles() -> dict[str, dict[str, str]]:
    """Words for everything that is chosen, in the reader's language."""
    return {
        "axes": {key: tk._(axis.title) for key, axis in AXES.items()},
        "steps": {f"{axis.key}.{one.key}": tk._(one.title) for axis in AXES.values() for one in axis.levels},
        "phases": {key: tk._(title) for key, title in PHASES.items()},
        "levels": {key: tk._(title) for key, title in LEVELS.items()},
        "directions": {key: tk._(title) for key, title in DIRECTIONS.items()},
        "measures": {key: tk._(title) for key, title in MEASURES.items()},
    }


class Measure:
    """What an amount is turned into: nothing, prices of a base year, or the share of one person."""

    def __init__(self, kind: str, base: int | None, region: str | None) -> None:
        self.kind = kind if kind in MEASURES else "nominal"
        known = reference.price_years()
        self.base = base if base in known else known[-1]
        self.region = region

    def of(self, amount: Decimal, year: int) -> Decimal | None:
        """The amount of a year in this measure; None when the figure it needs is not known."""
        if self.kind == "real":
            by = reference.deflator(year, self.base)
            return amount * by if by else None
        if self.kind == "per_head":
            people = reference.people(self.region, year)
            return amount / people if people else None
        return amount

    def told(self) -> str:
        """What the reader has to know about it."""
        language = wording.current()
        if self.kind == "real":
            source = wording.pick(reference.source("prices"), language)
            return tk._("In prices of {year}. {source}").format(year=self.base, source=source)
        if self.kind == "per_head":
            return tk._("For one person. {source}").format(
                source=wording.pick(reference.source("population"), language)
            )
        return ""


def best_phase(phases: Iterable[str]) -> str | None:
    """The phase that says most of what is planned now."""
    found = set(phases)
    return next((one for one in ("adjusted", "approved", "executed", "proposed") if one in found), None)


def children(cells: Sequence[Mapping[str, Any]], step: str, phase: str) -> list[dict[str, Any]]:
    """Cells by a step and phase as rows, each with the amount of every phase; largest of the phase first."""
    rows: dict[str | None, dict[str, Any]] = {}
    for cell in cells:
        node = cell[step]
        key = node["path"] if node else None
        row = rows.setdefault(key, {"path": key, "node": node, "phases": {}, "lines": 0})
        row["phases"][cell["phase"]] = Decimal(cell["amount"])
        row["lines"] += cell["lines"] if cell["phase"] == phase else 0
    return sorted(rows.values(), key=lambda row: -abs(row["phases"].get(phase, Decimal(0))))


def plan_of(phases: Mapping[str, Decimal]) -> Decimal | None:
    """What execution is held against: the adjusted budget, else the approved one."""
    return phases.get("adjusted", phases.get("approved"))
