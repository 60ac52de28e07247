"""Pages of budget programmes for everybody: the list, a programme, a place in it, what changed in it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, request

from ckanext.opengov.budget.programme_display import money_line, threads_of
from ckanext.opengov.budget.service.amounts import plain
from ckanext.opengov.budget.service.lines.axes import PHASES
from ckanext.opengov.budget.service.people import WRITERS
from ckanext.opengov.budget.service.programmes import listing, money
from ckanext.opengov.budget.service.programmes.states import OF_OFFICERS, STATES
from ckanext.opengov.budget.views.shared import act, all_agencies, chosen, listed, own_agencies
from ckanext.opengov.civic.service import wording

blueprint = Blueprint("opengov_budget_programmes", __name__, url_prefix="/budget_programme")

FOLDER = "opengov_budget/programmes"


@blueprint.get("/", strict_slashes=False)
def index() -> str:
    """All programmes, those that ask for people first."""
    shown = listed("budget_programme_list", chosen("state", "agency", "year"))
    more = {"states": STATES, "agencies": all_agencies(), "counts": listing.counts(), "may_make": own_agencies(WRITERS)}
    return tk.render(f"{FOLDER}/index.html", {**shown, **more})


@blueprint.get("/<reference>")
def show(reference: str) -> str:
    """One programme, from the draft to the audited tenge."""
    found = act("budget_programme_show", {"id": reference})
    is_officer = current_user.is_authenticated and bool(found["events"])
    page = {"programme": found, "line": money_line(found), "is_officer": is_officer, "deeds": OF_OFFICERS}
    return tk.render(f"{FOLDER}/show.html", {**page, "budgets": _budgets(found), "phases": PHASES})


def _budgets(found: dict[str, Any]) -> list[dict[str, Any]]:
    """What published budgets plan and spend for the programme, by year and phase; amounts in the programme's unit."""
    shown = []
    for place in money.places(found["code"]):
        asked = {"budget": [place["budget"]], "by": ["year", "phase"], "cut": {"functional": place["path"]}}
        cells = act("budget_aggregate", {**asked, "direction": "expenditure"})["cells"]
        sums = {(one["year"], one["phase"]): plain(Decimal(one["amount"]) / found["scale"]) for one in cells}
        phases = [phase for phase in PHASES if any(key[1] == phase for key in sums)]
        title = wording.pick(place["title"], wording.current()) or place["budget"]
        years = sorted({year for year, _ in sums})
        shown.append({**place, "title": title, "sums": sums, "years": years, "phases": phases})
    return shown


@blueprint.get("/<reference>/discussion/<anchor>")
def place(reference: str, anchor: str) -> str:
    """The discussion of one indicator or line."""
    found = act("budget_programme_show", {"id": reference})
    row = next(
        (one for one in (*found["indicators"], *found["lines"], *found["gone"]) if one["anchor"] == anchor), None
    )
    if row is None:
        tk.abort(404, tk._("The programme has no such place. Go back to it and choose another."))
    return tk.render(f"{FOLDER}/place.html", {"programme": found, "row": row, "places": threads_of(found)})


@blueprint.get("/<reference>/compare")
def compare(reference: str) -> str:
    """What changed in the text, and because of whom."""
    found = act("budget_programme_show", {"id": reference})
    numbers = {name: request.args[name] for name in ("before", "after") if request.args.get(name, "").isdecimal()}
    data: dict[str, Any] = {"id": found["id"], **numbers}
    return tk.render(f"{FOLDER}/compare.html", {"programme": found, "compared": act("budget_programme_compare", data)})
