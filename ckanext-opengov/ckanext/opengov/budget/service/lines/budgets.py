"""Budgets and their versions, as they stand in the database."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ckan.plugins.toolkit as tk
from psycopg2.extras import Json

from ckanext.opengov.budget.service.lines import database
from ckanext.opengov.budget.service.lines.axes import PHASES

Budget = dict[str, Any]


@dataclass(frozen=True)
class PeriodVersion:
    """A period of a budget in one import: where its lines are."""

    budget_id: str
    number: int
    import_id: str
    place: int
    year: int
    month: int
    phase: str
    lines: int
    revenue: Decimal
    expenditure: Decimal
    currency: str

    @property
    def key(self) -> tuple[int, int, str]:
        return self.year, self.month, self.phase


def create(values: Mapping[str, Any]) -> Budget:
    """A new budget without periods; commits.

    :raises ValidationError: when the name is taken
    """
    made = {"id": str(uuid.uuid4()), "region": None, "parts": [], **values}
    with database.transaction() as cursor:
        cursor.execute(
            "INSERT INTO opengov_data.budget (id, name, agency_id, level, region, title, parts)"
            " VALUES (%(id)s, %(name)s, %(agency_id)s, %(level)s, %(region)s, %(title)s, %(parts)s)"
            " ON CONFLICT (name) DO NOTHING",
            {**made, "title": Json(made["title"]), "parts": Json(made["parts"])},
        )
        if not cursor.rowcount:
            raise tk.ValidationError({"name": [tk._("There is a budget of this name already. Choose another one.")]})
    return get(made["id"])


def find(reference: Any) -> Budget | None:
    """A budget by its id or name."""
    if not isinstance(reference, str) or not reference:
        return None
    found = database.rows("SELECT * FROM opengov_data.budget WHERE name = %s OR id::text = %s", [reference, reference])
    return {**found[0], "id": str(found[0]["id"])} if found else None


def get(reference: Any) -> Budget:
    """
    :raises ObjectNotFound: when there is no such budget
    """
    found = find(reference)
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such budget."))
    return found


def listed(level: str | None = None, agency_id: str | None = None, region: str | None = None) -> list[Budget]:
    """Budgets by level and name, with how far they go."""
    found = database.rows(
        "SELECT budget.*, min(period.year) AS first_year, max(period.year) AS last_year,"
        " coalesce(sum(period.lines), 0)::bigint AS lines, count(period.year) AS periods"
        " FROM opengov_data.budget LEFT JOIN opengov_data.budget_period AS period"
        " ON period.budget_id = budget.id AND period.is_current"
        " WHERE (%(level)s IS NULL OR level = %(level)s) AND (%(agency)s IS NULL OR agency_id = %(agency)s)"
        " AND (%(region)s IS NULL OR region = %(region)s)"
        " GROUP BY budget.id"
        " ORDER BY array_position(ARRAY['state', 'republican', 'consolidated', 'local'], level), region, name",
        {"level": level, "agency": agency_id, "region": region},
    )
    return [{**one, "id": str(one["id"])} for one in found]


def periods(budget_ids: Iterable[str]) -> list[PeriodVersion]:
    """The current periods of budgets, oldest first."""
    found = database.rows(
        "SELECT period.*, import.currency, import.id AS import_id FROM opengov_data.budget_period AS period"
        " JOIN opengov_data.budget_import AS import ON import.number = period.import"
        " WHERE period.is_current AND period.budget_id = ANY(%s::uuid[])"
        " ORDER BY year, array_position(%s, phase), month",
        [list(budget_ids), list(PHASES)],
    )
    return [_period(one) for one in found]


def periods_of_import(number: int) -> list[PeriodVersion]:
    """The periods that an import brought."""
    found = database.rows(
        "SELECT period.*, import.currency, import.id AS import_id FROM opengov_data.budget_period AS period"
        " JOIN opengov_data.budget_import AS import ON import.number = period.import"
        " WHERE period.import = %s ORDER BY place",
        [number],
    )
    return [_period(one) for one in found]


def _period(one: Mapping[str, Any]) -> PeriodVersion:
    names = ("place", "year", "month", "phase", "lines", "revenue", "expenditure", "currency")
    return PeriodVersion(
        str(one["budget_id"]), one["import"], str(one["import_id"]), **{name: one[name] for name in names}
    )


def imports(budget_id: str, limit: int = 50) -> list[dict[str, Any]]:
    """The imports of a budget, newest first."""
    found = database.rows(
        "SELECT * FROM opengov_data.budget_import WHERE budget_id = %s ORDER BY number DESC LIMIT %s",
        [budget_id, limit],
    )
    return [{**one, "id": str(one["id"]), "budget_id": str(one["budget_id"])} for one in found]


def an_import(reference: str) -> dict[str, Any]:
    """
    :raises ObjectNotFound: when there is no such import
    """
    found = database.rows("SELECT * FROM opengov_data.budget_import WHERE id::text = %s", [reference])
    if not found:
        raise tk.ObjectNotFound(tk._("There is no such import."))
    return {**found[0], "id": str(found[0]["id"]), "budget_id": str(found[0]["budget_id"])}


def same_file(budget_id: str, digest: str) -> dict[str, Any] | None:
    """The newest import of a budget, if it is done and was of the same file with the same mapping."""
    found = database.rows(
        "SELECT * FROM opengov_data.budget_import WHERE budget_id = %s AND state = 'done' ORDER BY number DESC LIMIT 1",
        [budget_id],
    )
    if not found or found[0]["digest"] != digest:
        return None
    return {**found[0], "id": str(found[0]["id"]), "budget_id": str(found[0]["budget_id"])}
