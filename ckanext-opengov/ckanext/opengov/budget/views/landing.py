"""The first page of open budgets: the budgets, and the ways into programmes, reports and audits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.opengov.budget import budget_display as display
from ckanext.opengov.budget.views.choice import act

blueprint = Blueprint("opengov_budget", __name__, url_prefix="/budget")


@blueprint.get("", strict_slashes=False)
def index() -> str:
    """Open budgets as a whole."""
    found = [one for one in act("budget_list", {}) if one["lines"]]
    central = [_card(one) for one in found if not one["region"]]
    local = [one for one in found if one["region"]]
    shown = {"central": central, "local": local, "words": display.titles()}
    return tk.render("opengov_budget/landing.html", shown)


def _card(budget: dict[str, Any]) -> dict[str, Any]:
    """A budget with what it spends in its last planned year."""
    periods = act("budget_show", {"id": budget["name"]})["periods"]
    year = max(one["year"] for one in periods)
    phase = display.best_phase(one["phase"] for one in periods if one["year"] == year)
    last = [one for one in periods if (one["year"], one["phase"]) == (year, phase)][-1]
    amount = display.money(Decimal(last["expenditure"]), last["currency"])
    return {**budget, "year": year, "phase": phase, "amount": amount}
