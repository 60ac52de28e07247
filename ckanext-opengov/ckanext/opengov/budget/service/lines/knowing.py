"""What the portal knows of a budget when a new file comes: its years, its plan, its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ckanext.opengov.budget.service.lines import aggregating, budgets, columns_store
from ckanext.opengov.budget.service.lines.budgets import PeriodVersion
from ckanext.opengov.budget.service.lines.checking import Known, Part, transfer_codes
from ckanext.opengov.budget.service.lines.titles import title_of


def known(budget: Mapping[str, Any]) -> Known:
    """For the rules; see :class:`Known`."""
    current = budgets.periods([budget["id"]])
    years: dict[str, set[int]] = {}
    for one in current:
        years.setdefault(one.phase, set()).add(one.year)
    return Known(
        budget["level"],
        {phase: frozenset(found) for phase, found in years.items()},
        lambda year, axis, depth: _plan(current, year, axis, depth),
        lambda year, month, phase: _parts(budget, (year, month, phase)),
    )


def _plan(current: Sequence[PeriodVersion], year: int, axis: str, depth: int) -> Mapping[str, Decimal] | None:
    adjusted = [one for one in current if one.year == year and one.phase == "adjusted"]
    if not adjusted:
        return None
    period = max(adjusted, key=lambda one: one.month or 13)
    version = columns_store.version(period.number, period.import_id)
    if axis not in version.nodes:
        return None
    sums = aggregating.sums(period, aggregating.Query((aggregating.By(axis, depth),), direction="expenditure"))
    return {row[0]: row[-2] for row in sums.iter_rows() if row[0] is not None}


def _parts(budget: Mapping[str, Any], key: tuple[int, int, str]) -> Sequence[Part] | None:
    parts = []
    for reference in budget["parts"]:
        part = budgets.find(reference)
        period = next((one for one in budgets.periods([part["id"]]) if one.key == key), None) if part else None
        if part is None or period is None:
            return None
        parts.append(Part(title_of(part), period.expenditure, _transfers(period)))
    return parts


def _transfers(period: PeriodVersion) -> Decimal:
    """Spending of a part that goes on to another budget."""
    total = Decimal(0)
    for axis, paths in transfer_codes()["expenditure"].items():
        for path in paths:
            query = aggregating.Query((), cuts=((axis, path),), direction="expenditure")
            total += sum((row[-2] for row in aggregating.sums(period, query).iter_rows()), Decimal(0))
    return total
