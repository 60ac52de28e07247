"""A registry of budgets: each package comes in whole, through the actions of open budgets."""

from __future__ import annotations

import json

import pytest
from ckan.tests import helpers

from tests.budget.ground import LINES, emptied, table
from tests.harvest.portal import harvest, open_office

pytestmark = pytest.mark.usefixtures("clean_portal")

DESCRIPTOR = {
    "resources": [{"path": "lines.csv"}],
    "mapping": {
        "measures": {"amount": {"source": "amount", "currency": "KZT", "phase": "approved"}},
        "dimensions": {
            "date": {"attributes": {"year": {"source": "year"}}},
            "for": {"classificationType": "functional", "attributes": {"group": {"source": "functional.group"}}},
        },
    },
}


def test_packages_come_in_whole_and_again_only_when_they_change(registry):
    emptied()
    registry.put("/a/lines.csv", table())
    registry.put("/a/datapackage.json", json.dumps(DESCRIPTOR))
    registry.put("/b/lines.csv", table(*LINES, "Total,,,,2025,approved,expenditure,1"))
    registry.put("/b/datapackage.json", json.dumps(DESCRIPTOR))
    packages = [
        {"name": "first", "descriptor": "/a/datapackage.json", "title": {"en": "First"}, "level": "republican"},
        {"name": "second", "descriptor": "/b/datapackage.json", "title": "Second"},
        {"name": "third", "descriptor": "/c/datapackage.json"},
    ]
    source = open_office().source(registry.put("/list.json", json.dumps(packages)), "", "opengov_budget_packages")
    run = harvest(source)
    assert run.job.status == "Finished"
    found = helpers.call_action("budget_aggregate", budget=["first"], by=["functional.group"])
    assert {one["functional.group"]["path"]: one["amount"] for one in found["cells"]} == {
        "04": "1500.5",
        "05": "700.25",
    }
    shown = {one["name"]: one["lines"] for one in helpers.call_action("budget_list")}
    assert shown == {"first": 4, "second": 0}

    registry.put("/a/lines.csv", table(*LINES[:2]))
    harvest(source)
    states = [one["state"] for one in helpers.call_action("budget_import_list", budget="first")]
    assert states == ["done", "done"]
    harvest(source)
    assert len(helpers.call_action("budget_import_list", budget="first")) == 2
