"""Comparing agencies within a budget and regions among local budgets, and what one's own tax pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, request

from ckanext.opengov.budget import budget_display as display
from ckanext.opengov.budget.service import reference
from ckanext.opengov.budget.service.pictures import colours
from ckanext.opengov.budget.service.pictures.text import shortened
from ckanext.opengov.budget.views.choice import act, choice
from ckanext.opengov.civic.regions import region
from ckanext.opengov.civic.service import wording

blueprint = Blueprint("opengov_budget_compare", __name__, url_prefix="/budget")

FOLDER = "opengov_budget/compare"
MOST = 40
RATE, BUDGET = "opengov.budget.tax_rate", "opengov.budget.tax_budget"
MONTHS = 12


@blueprint.get("/compare")
def index() -> str:
    """Agencies of a budget, or the regions."""
    everything = [one for one in act("budget_list", {}) if one["lines"]]
    central = [one for one in everything if not one["region"]]
    local = [one for one in everything if one["region"]]
    by = request.args.get("by", "agency")
    by = by if by in {"agency", "region"} else "agency"
    variables: dict[str, Any] = {"by": by, "central": central, "local": local, "words": display.titles(), "rows": []}
    name = request.args.get("budget") or (central[0]["name"] if central else None)
    known = {one["name"] for one in everything}
    if by == "agency" and name in known:
        variables |= _agencies(str(name))
    elif by == "region" and local:
        variables |= _regions(local)
    variables |= {"money": display.money, "percent": display.percent, "colours": colours, "shortened": shortened}
    return tk.render(f"{FOLDER}/index.html", variables)


def _agencies(name: str) -> dict[str, Any]:
    chosen = choice(name, request.args)
    if chosen is None:
        return {}
    step = next((one for one in _steps(chosen.budget, chosen.year) if one.startswith("administrative.")), None)
    if step is None:
        return {"choice": chosen, "years": _years([chosen.budget])}
    cells = act("budget_aggregate", chosen.asked(by=[step], year=[chosen.year], phase=[chosen.phase]) | {"cut": {}})[
        "cells"
    ]
    rows = [
        {
            "name": cell[step]["name"] if cell[step] else tk._("Without a further code"),
            "amount": Decimal(cell["amount"]),
            "people": None,
            "url": chosen.url(axis="administrative", path=cell[step]["path"]) if cell[step] else None,
        }
        for cell in cells
    ]
    return {"choice": chosen, "years": _years([chosen.budget]), **_bars(rows, "amount", chosen.currency)}


def _steps(budget: Mapping[str, Any], year: int) -> list[str]:
    return [step for one in budget["periods"] if one["year"] == year for step in one["steps"]]


def _years(budgets: Sequence[Mapping[str, Any]]) -> list[int]:
    return sorted({one["year"] for budget in budgets for one in budget["periods"]}, reverse=True)


def _regions(local: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    shown = [act("budget_show", {"id": one["name"]}) for one in local]
    years = _years(shown)
    year = int(request.args["year"]) if request.args.get("year", "").isdigit() else years[0]
    year = year if year in years else years[0]
    phases = {one["phase"] for budget in shown for one in budget["periods"] if one["year"] == year}
    phase = request.args.get("phase", "")
    phase = phase if phase in phases else str(display.best_phase(phases))
    group = request.args.get("group", "")
    order = {"budget": [one["name"] for one in local], "year": [year], "phase": [phase], "direction": "expenditure"}
    cells = act("budget_aggregate", {**order, "by": ["budget"], "cut": {"functional": group} if group else {}})
    groups = act("budget_aggregate", {**order, "by": ["functional.group"]})["cells"]
    of = {one["name"]: one for one in local}
    rows = []
    for cell in cells["cells"]:
        budget = of[cell["budget"]]
        place, people = region(budget["region"]), reference.people(budget["region"], year)
        amount = Decimal(cell["amount"])
        rows.append(
            {
                "name": place.title(wording.current()) if place else budget["title"],
                "amount": amount,
                "people": amount / people if people else None,
                "url": tk.h.url_for("opengov_budget_looking.show", name=budget["name"], year=year, phase=phase),
            }
        )
    options = sorted(
        (one["functional.group"]["path"], one["functional.group"]["name"]) for one in groups if one["functional.group"]
    )
    by_people = all(row["people"] is not None for row in rows)
    drawn = _bars(rows, "people" if by_people else "amount", cells["currency"] or "KZT")
    return {
        "year": year,
        "phase": phase,
        "years": years,
        "phases": [one for one in display.PHASES if one in phases],
        "group": group,
        "groups": options,
        "source": wording.pick(reference.source("population"), wording.current()),
        **drawn,
    }


def _bars(rows: list[dict[str, Any]], key: str, currency: str) -> dict[str, Any]:
    rows.sort(key=lambda row: -(row[key] or Decimal(0)))
    most = max((row[key] or Decimal(0) for row in rows), default=Decimal(0)) or Decimal(1)
    for row in rows:
        row["share"] = max(0.0, round(float((row[key] or Decimal(0)) / most * 100), 2))
    return {"rows": rows[:MOST], "left": max(0, len(rows) - MOST), "measured": key, "currency": currency}


@blueprint.get("/tax")
def tax() -> str:
    """What the income tax of a person pays for."""
    name = request.args.get("budget") or tk.config[BUDGET]
    known = {one["name"]: one for one in act("budget_list", {}) if one["lines"]}
    variables: dict[str, Any] = {
        "words": display.titles(),
        "salary": request.args.get("salary", ""),
        "rate": request.args.get("rate", tk.config[RATE]),
        "rows": [],
        "error": "",
        "money": display.money,
        "exact": display.exact,
        "percent": display.percent,
        "colours": colours,
    }
    if name not in known:
        return tk.render(f"{FOLDER}/tax.html", variables | {"budget": None})
    variables["budget"] = known[name]
    if variables["salary"]:
        salary, rate = _number(variables["salary"]), _number(variables["rate"])
        if salary is None or rate is None or rate > 100:
            variables["error"] = tk._("Write the salary and the rate as numbers, for example 350000 and 10.")
        else:
            variables |= _paid(name, salary * rate / 100 * MONTHS)
    return tk.render(f"{FOLDER}/tax.html", variables)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal("".join(text.split()).replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number <= 10**12 else None


def _paid(name: str, paid: Decimal) -> dict[str, Any]:
    chosen = choice(name, {})
    if chosen is None:
        return {}
    step = chosen.steps[0]
    order = chosen.asked(by=[step], year=[chosen.year], phase=[chosen.phase]) | {"cut": {}, "direction": "expenditure"}
    cells = [cell for cell in act("budget_aggregate", order)["cells"] if Decimal(cell["amount"]) > 0]
    whole = sum((Decimal(cell["amount"]) for cell in cells), Decimal(0))
    rows = []
    for place, cell in enumerate(cells):
        share = Decimal(cell["amount"]) / whole
        rows.append(
            {
                "name": cell[step]["name"] if cell[step] else tk._("Without a further code"),
                "part": share,
                "amount": (paid * share).quantize(Decimal(1)),
                "url": chosen.url(path=cell[step]["path"]) if cell[step] else None,
                "width": round(float(share) * 100, 2),
                "colour": colours.of(place),
            }
        )
    return {"rows": rows, "paid": paid, "choice": chosen, "currency": chosen.currency}
