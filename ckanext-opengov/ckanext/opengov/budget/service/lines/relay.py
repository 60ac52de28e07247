"""Imports become entries of the journal and data sets.

Lines are in another database than the journal, so the entry cannot be in the lines' transaction. Instead every import,
and the clock, copies what the journal lacks: once, however often this runs and wherever it is stopped.
"""

from __future__ import annotations

from typing import Any

import ckan.model as model
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov.budget.model.clarity import RelayedImport
from ckanext.opengov.budget.service.lines import budgets, columns_store, database, importing, publishing, uploads
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.service import journal, outbox

IMPORTED = "budget.imported"
PUBLISH = "budget.publish"
ENTITY = "dataset"


def run() -> int:
    """Relay what waits; commits.

    :returns: how many imports
    """
    waiting = database.rows(
        "SELECT * FROM opengov_data.budget_import WHERE state = 'done' AND relayed_at IS NULL ORDER BY number"
    )
    for one in waiting:
        _relay(one)
        with database.transaction() as cursor:
            cursor.execute(
                "UPDATE opengov_data.budget_import SET relayed_at = now() WHERE number = %s", [one["number"]]
            )
    return len(waiting)


def tidy() -> int:
    """The clock's work: relay what waits, find imports that were killed, throw away what nobody imported."""
    return run() + importing.bury_killed() + uploads.forget_old() + columns_store.forget_unfinished()


def _relay(one: dict[str, Any]) -> None:
    budget_id, import_id = str(one["budget_id"]), str(one["id"])
    first = insert(RelayedImport).values(import_id=import_id).on_conflict_do_nothing()
    if not model.Session.execute(first).rowcount:
        model.Session.rollback()
        return
    public = {"lines": one["lines"], "periods": len(one["difference"] or []), "import": import_id}
    journal.record(
        ENTITY,
        publishing.package_id(budget_id),
        IMPORTED,
        actor=one["user_id"],
        public=public | ({"accepted": one["accepted"]} if one["accepted"] else {}),
        at=one["finished_at"],
    )
    outbox.add(PUBLISH, {"budget": budget_id})
    model.Session.commit()


def publish(message: OutboxMessage) -> None:
    """Outbox handler: bring the budget's data set to what the budget is now."""
    budget = budgets.find(message.payload["budget"])
    if budget is not None:
        publishing.publish(budget)
