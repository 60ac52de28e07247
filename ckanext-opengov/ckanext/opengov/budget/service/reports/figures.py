"""The figures of a report: rows with what was planned and what became of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ckanext.opengov.budget.service import amounts
from ckanext.opengov.budget.service.programmes.passport import SCALES, texts
from ckanext.opengov.budget.service.refused import Findings
from ckanext.opengov.civic.service.refusal import N_

MOST_ROWS = 500
DIRECTIONS: Mapping[str, str] = {"revenue": N_("Revenue"), "expenditure": N_("Expenditure")}
NUMBERS = ("planned", "actual")


def check(raw: Any) -> dict[str, Any]:
    """Figures in the form in which they are kept.

    :param raw: ``scale``, ``rows``: each ``title`` (language → text), ``code``, ``direction``, ``planned``, ``actual``,
        ``note`` (language → text)

    :raises Refused: with all that is wrong
    """
    found = Findings()
    given: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
    scale = next((one for one in SCALES if str(given.get("scale") or 1_000) == str(one)), None)
    if scale is None:
        found.add("figures", N_("Amounts are in tenge (1), thousands (1000) or millions (1000000)."))
    rows = given.get("rows") or []
    if not isinstance(rows, list) or len(rows) > MOST_ROWS:
        found.add("figures", N_("Give a list of at most {most} rows."), most=MOST_ROWS)
        rows = []
    made = [_row(place, row, found) for place, row in enumerate(rows, 1)]
    found.check()
    return {"scale": scale, "currency": "KZT", "rows": made}


def _row(place: int, raw: Any, found: Findings) -> dict[str, Any]:
    row: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
    title, direction = texts(row.get("title"), 300), str(row.get("direction") or "expenditure")
    if not title:
        found.add("figures", N_("Row {number} has no title."), number=place)
    if direction not in DIRECTIONS:
        found.add("figures", N_("Row {number}: choose one of: {known}."), number=place, known=", ".join(DIRECTIONS))
    kept = {"title": title, "code": str(row.get("code") or "")[:40], "direction": direction}
    return {
        **kept,
        **{name: _number(place, row.get(name), found) for name in NUMBERS},
        "note": texts(row.get("note"), 1_000),
    }


def _number(place: int, value: Any, found: Findings) -> str | None:
    if value in (None, ""):
        return None
    number = amounts.parse(value)
    if number is None:
        found.add("figures", N_("Row {number}: “{given}” is not an amount."), number=place, given=str(value)[:40])
        return None
    return amounts.plain(number)


def totals(figures: Mapping[str, Any]) -> dict[str, dict[str, str | None]]:
    """Direction → sums of what was planned and what became of it, and the share in percent."""
    found: dict[str, dict[str, str | None]] = {}
    for direction in DIRECTIONS:
        rows = [row for row in figures.get("rows", ()) if row["direction"] == direction]
        if rows:
            given = {name: [row[name] for row in rows if row[name] is not None] for name in NUMBERS}
            sums = {name: amounts.total(texts_of) for name, texts_of in given.items()}
            # Nothing told is not zero: a plan without an execution has no share.
            shown = {name: amounts.plain(sums[name]) if given[name] else None for name in NUMBERS}
            found[direction] = {**shown, "share": share(**sums) if all(given.values()) else None}
    return found


def share(planned: Decimal, actual: Decimal) -> str | None:
    """How much of the plan was reached, in percent with one place; None without a plan."""
    return amounts.plain((actual * 100 / planned).quantize(Decimal("0.1"))) if planned else None


def bars(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows with the length of a bar each, in percent of the longest of their direction."""
    made = []
    for row in figures.get("rows", ()):
        mine = [one for one in figures["rows"] if one["direction"] == row["direction"]]
        longest = max((abs(Decimal(one[name])) for one in mine for name in NUMBERS if one[name]), default=Decimal(0))
        widths = {
            f"{name}_width": f"{abs(Decimal(row[name])) * 100 / longest:.1f}" if row[name] and longest else "0"
            for name in NUMBERS
        }
        known = row["planned"] is not None and row["actual"] is not None
        done = share(Decimal(row["planned"]), Decimal(row["actual"])) if known else None
        made.append({**row, **widths, "share": done})
    return made
