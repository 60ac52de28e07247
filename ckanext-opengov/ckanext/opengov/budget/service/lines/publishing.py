"""Each budget is also an open data set: the CSV of its lines and a Fiscal Data Package descriptor."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opengov.budget.service.lines import budgets, database, exporting
from ckanext.opengov.civic import guard
from ckanext.opengov.civic.service import officers, wording
from ckanext.opengov.civic.service.refusal import N_

LANGUAGES = ("kk", "ru", "en")
NOTES = N_("All lines of the budget with their codes, as the agency imported them, in every phase and year.")
TAGS = N_("budget")
FILES = {"lines": ("CSV", "lines.csv", N_("Lines")), "descriptor": ("JSON", "datapackage.json", N_("Descriptor"))}


def package_id(budget_id: str) -> str:
    """The id of a budget's data set, now and always."""
    return str(uuid.uuid5(uuid.UUID(budget_id), "dataset"))


def package_name(name: str) -> str:
    """The name of a budget's data set."""
    return f"budget-{name}"[:100]


def publish(budget: Mapping[str, Any]) -> None:
    """Make the data set of a budget, or date it anew; safe to repeat. Commits by CKAN's actions."""
    wanted = package_id(budget["id"])
    package = model.Package.get(wanted)
    if package is not None and package.state != model.State.ACTIVE:
        # Somebody took it off the portal; an import does not bring it back.
        return
    today = officers.today().isoformat()
    if package is None:
        _act("package_create", id=wanted, issued=today, modified=today, **_fields(budget))
    else:
        _act("package_patch", id=wanted, modified=today, title_translated=dict(budget["title"]))


def _fields(budget: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "dataset",
        "name": package_name(budget["name"]),
        "title_translated": dict(budget["title"]),
        "notes_translated": {code: wording.say(code, NOTES) for code in LANGUAGES},
        "tags_translated": {code: [wording.say(code, TAGS)] for code in LANGUAGES},
        "owner_org": budget["agency_id"],
        "category": "GOVE",
        "frequency": "AS_NEEDED",
        "license_id": "cc-by",
        "free_of_charge": True,
        "resources": [
            {
                "id": str(uuid.uuid5(uuid.UUID(budget["id"]), key)),
                "url": address(budget["name"], file),
                "format": kind,
                "name": wording.say("kk", title),
                "name_translated": {code: wording.say(code, title) for code in LANGUAGES},
            }
            for key, (kind, file, title) in FILES.items()
        ],
    }


def address(name: str, file: str) -> str:
    """Where a file of a budget is read."""
    return f"{tk.config['ckan.site_url'].rstrip('/')}/budget/{name}/{file}"


def descriptor(budget: Mapping[str, Any]) -> dict[str, Any]:
    """The Fiscal Data Package of a budget."""
    periods = budgets.periods([budget["id"]])
    levels = exporting.all_levels(list(levels_of({one.number for one in periods}).values()))
    currency = periods[0].currency if periods else "KZT"
    where = address(budget["name"], FILES["lines"][1])
    years = [one.year for one in periods]
    return exporting.descriptor(budget["name"], budget["title"], levels, currency, where, years)


def levels_of(numbers: set[int]) -> dict[int, dict[str, list[str]]]:
    """Number of an import → axis → its steps."""
    found = database.rows(
        "SELECT number, levels FROM opengov_data.budget_import WHERE number = ANY(%s)", [list(numbers)]
    )
    return {one["number"]: one["levels"] for one in found}


def _act(action: str, **data: Any) -> Any:
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    return tk.get_action(action)(guard.service_context({"user": site["name"]}), data)
