"""What the tests of budgets share: an agency with a budget, and files in the shapes that come."""

from __future__ import annotations

import io
from typing import Any

import pytest
from ckan.plugins import toolkit as tk
from ckan.tests import helpers
from ckanext.opengov import factories
from ckanext.opengov.budget.service.lines import database

TITLES = {"kk": "Республикалық бюджет", "ru": "Республиканский бюджет", "en": "Republican budget"}
HEAD = "functional.group,functional.subgroup,functional.administrator,functional.programme,year,phase,direction,amount"
LINES = (
    "04,1,225,001,2025,approved,expenditure,1000.50",
    "04,1,225,002,2025,approved,expenditure,200",
    "04,2,225,003,2025,approved,expenditure,300",
    "05,1,226,001,2025,approved,expenditure,700.25",
)


def emptied() -> None:
    """No budgets: their tables are in the other database, which the reset of a test leaves alone."""
    with database.transaction() as cursor:
        database.forget_all(cursor)


def table(*lines: str, head: str = HEAD) -> str:
    return "\n".join([head, *(lines or LINES)]) + "\n"


def budget(name: str = "republican", **more: Any) -> dict[str, Any]:
    """A budget of an agency."""
    agency = more.pop("owner_org", None) or factories.Agency()["id"]
    values = {"name": name, "title_translated": TITLES, "owner_org": agency, "level": "republican", **more}
    return helpers.call_action("budget_create", **values)


def send(action: str, content: str | bytes, budget: str = "republican", **more: Any) -> dict[str, Any]:
    upload = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return helpers.call_action(action, budget=budget, upload=upload, file_name="budget.csv", **more)


def load(content: str | bytes, budget: str = "republican", **more: Any) -> dict[str, Any]:
    return send("budget_import", content, budget, **more)


def refusal(content: str | bytes, **more: Any) -> dict[str, Any]:
    with pytest.raises(tk.ValidationError) as raised:
        load(content, **more)
    return raised.value.error_dict


def sums(by: list[str], **more: Any) -> dict[Any, str]:
    """Cells of an aggregate by their first part: its path, or itself."""
    found = helpers.call_action("budget_aggregate", **{"budget": ["republican"], "by": by, **more})

    def key(value: Any) -> Any:
        return value["path"] if isinstance(value, dict) else value

    return {key(cell[by[0]]): cell["amount"] for cell in found["cells"]}
