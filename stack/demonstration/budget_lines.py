"""The lines of the demonstration's budgets: worked out from a few figures, always the same, sums that fit together."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from ckanext.opengov.budget.service import reference
from ckanext.opengov.civic.regions import regions

from stack.demonstration.catalogue import read_yaml

BILLION = 10**9
STEPS = ("functional.group", "functional.subgroup", "functional.administrator", "functional.programme")
COLUMNS = (
    *("year", "month", "phase", "direction", *STEPS, "functional.specific"),
    *("functional.subgroup.name.kk", "functional.subgroup.name.ru"),
    *("functional.administrator.name.kk", "functional.administrator.name.ru"),
    *("functional.programme.name.kk", "functional.programme.name.ru"),
    *("functional.specific.name.kk", "functional.specific.name.ru"),
    *("economic.category", "economic.category.name.kk", "economic.category.name.ru"),
    *("economic.class", "economic.class.name.kk", "economic.class.name.ru"),
    *("administrative.agency", "administrative.agency.name.kk", "administrative.agency.name.ru", "region.region"),
    "amount",
)
Row = dict[str, Any]
# How much of the adjusted budget is executed, in per mille, by year.
DONE = {2024: 987, 2025: 979, 2026: 742}
MONTH = {2026: 9}
TRANSFERS = "15"


@cache
def figures() -> dict[str, Any]:
    """The few figures."""
    return read_yaml("budget/lines.yaml")


def _sway(*parts: object) -> int:
    """Per mille by which something differs, always the same."""
    return zlib.crc32("/".join(map(str, parts)).encode()) % 160 - 80


def _amounts(base: int, year: int, *key: object) -> Iterator[tuple[str, int, int]]:
    """Phase, month and amount of a line in a year; base is that of the first year in tenge."""
    known = figures()
    grown = base
    for _ in range(year - known["years"][0]):
        grown = grown * (100 + known["growth"]) // 100
    approved = grown * (1000 + _sway(year, *key)) // 1000
    adjusted = approved * (1020 + _sway("adjusted", year, *key) // 2) // 1000
    executed = adjusted * (DONE[year] - abs(_sway("executed", year, *key)) // 4) // 1000
    yield "approved", 0, approved
    yield "adjusted", 0, adjusted
    yield "executed", MONTH.get(year, 0), executed


def _spending(programme: Sequence[Any], base: int, names: dict[str, list[str]], region: str) -> Iterator[Row]:
    known = figures()
    group, subgroup, administrator, code, kk, ru = programme[:6]
    agency = names.get(administrator, ["", ""])
    parts = {"331": ["Субвенциялар", "Субвенции", "40", 100]} if group == TRANSFERS else known["specifics"]
    for specific, (name_kk, name_ru, category, share) in parts.items():
        for year in known["years"]:
            for phase, month, amount in _amounts(base * share // 100, year, region, administrator, code, specific):
                yield {
                    "year": year,
                    "month": month or "",
                    "phase": phase,
                    "direction": "expenditure",
                    **dict(zip(STEPS, (group, subgroup, administrator, code), strict=True)),
                    "functional.specific": specific,
                    **_named("functional.subgroup", *known["subgroups"][f"{group}/{subgroup}"]),
                    **_named("functional.administrator", *agency),
                    **_named("functional.programme", kk, ru),
                    **_named("functional.specific", name_kk, name_ru),
                    "economic.category": category,
                    **_named("economic.category", *known["categories"][category]),
                    "administrative.agency": administrator,
                    **_named("administrative.agency", *agency),
                    "region.region": region,
                    "amount": amount,
                }


def _named(step: str, kk: str, ru: str) -> Row:
    return {f"{step}.name.kk": kk, f"{step}.name.ru": ru}


def _revenue(rows: Sequence[Sequence[Any]], unit: int, region: str) -> Iterator[Row]:
    for category, group, category_kk, category_ru, kk, ru, base in rows:
        for year in figures()["years"]:
            for phase, month, amount in _amounts(base * unit, year, region, category, group):
                yield {
                    "year": year,
                    "month": month or "",
                    "phase": phase,
                    "direction": "revenue",
                    "economic.category": category,
                    **_named("economic.category", category_kk, category_ru),
                    "economic.class": group,
                    **_named("economic.class", kk, ru),
                    "region.region": region,
                    "amount": amount,
                }


def republican() -> list[Row]:
    """The republican budget."""
    known = figures()
    spending = [
        row for one in known["programmes"] for row in _spending(one, one[6] * BILLION, known["administrators"], "")
    ]
    return [*spending, *_revenue(known["revenue"], BILLION, "")]


def local(region: str) -> list[Row]:
    """The budget of a region."""
    known = figures()
    people = reference.people(region, known["years"][0]) or 0
    # Regions differ: some are richer.
    people = people * (1000 + 3 * _sway(region)) // 1000
    spending = [
        row for one in known["local"] for row in _spending(one, one[6] * people, known["local_administrators"], region)
    ]
    own = sum(one[6] for one in known["local"]) * people
    revenue = [
        [
            "1",
            "01",
            "Салық түсімдері",
            "Налоговые поступления",
            "Жеке табыс салығы",
            "Индивидуальный подоходный налог",
            55,
        ],
        ["4", "01", "Трансферттер түсімі", "Поступления трансфертов", "Субвенция", "Субвенция", 41],
    ]
    return [*spending, *_revenue(revenue, own // 100, region)]


def places() -> list[str]:
    """The regions that have a budget."""
    return [one.kato for one in regions()]


def state() -> list[Row]:
    """The republican and all local budgets without what goes from one to the other."""
    rows = [*republican(), *(row for place in places() for row in local(place))]
    return [row for row in rows if not _is_transfer(row)]


def consolidated() -> list[Row]:
    """The state budget and the fund beside it."""
    fund = figures()["fund"]
    return [*state(), *_spending(fund, fund[6] * BILLION, {"218": ["Қор", "Фонд"]}, "")]


def _is_transfer(row: Row) -> bool:
    if row["direction"] == "revenue":
        return row["economic.category"] == "4"
    return row["functional.group"] == TRANSFERS


def written(rows: Sequence[Row]) -> bytes:
    """Rows as the CSV that is imported."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
