"""Loading many packages: ``civic.service.bulk`` beside stock ``package_create``, with the cost of each part.

Runs in the test twin's databases: ``./opengov bench packages [--number 20000]``.
"""

from __future__ import annotations

import argparse
import uuid
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context
from ckanext.opengov.civic.service import bulk

from bench.report import Compared, Result, report, seconds
from bench.twin import twin

BATCH = 500
STOCK = 100


def generated(number: int, organization: str) -> dict[str, Any]:
    """A package with a passport, as a register would bring it."""
    return {
        "name": f"generated-{number}-{uuid.uuid4().hex[:8]}",
        "title_translated": {"kk": f"Жасалған жиынтық {number}", "ru": f"Созданный набор {number}"},
        "notes_translated": {"kk": "Өлшеу үшін жасалған", "ru": "Создан для измерения"},
        "owner_org": organization,
        "category": "GOVE",
        "frequency": "MONTHLY",
        "license_id": "cc-by",
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=20_000)
    number = parser.parse_args().number
    with twin() as context:
        organization = tk.get_action("organization_create")(
            tk.fresh_context(context), {"name": f"bench-{uuid.uuid4().hex[:8]}", "title": "Bench"}
        )["id"]
        parts = load(context, organization, number)
        stock = seconds(lambda: create_by_stock(context, organization)) / STOCK
    whole = sum(parts.values())
    detail = {f"{name}_ms": round(value / number * 1000, 3) for name, value in parts.items()}
    speed = Result("packages", round(number / whole, 1), "packages/s", Compared("package_create", round(1 / stock, 1)))
    speed.detail = detail | {"number": number, "seconds": round(whole, 1)}
    report("packages", [speed])


def load(context: Context, organization: str, number: int) -> dict[str, float]:
    """Seconds spent in validation, SQL and Solr."""
    parts = {"validation": 0.0, "sql": 0.0, "solr": 0.0}
    creator_id = model.User.by_name(context["user"]).id
    for start in range(0, number, BATCH):
        packages = [generated(n, organization) for n in range(start, min(start + BATCH, number))]
        checked: list[bulk.Checked] = []
        rows: list[dict[str, Any]] = []
        parts["validation"] += seconds(lambda: checked.extend(bulk.validate(context, "dataset", packages)))  # noqa: B023
        valid = bulk.require_valid(checked)

        def write() -> None:
            rows.extend(bulk.insert(valid, creator_id))  # noqa: B023
            model.Session.commit()

        parts["sql"] += seconds(write)
        parts["solr"] += seconds(lambda: bulk.index(context, "dataset", rows))  # noqa: B023
    return parts


def create_by_stock(context: Context, organization: str) -> None:
    """The peer: one package after the other."""
    for number in range(STOCK):
        tk.get_action("package_create")(tk.fresh_context(context), generated(number, organization))


if __name__ == "__main__":
    main()
