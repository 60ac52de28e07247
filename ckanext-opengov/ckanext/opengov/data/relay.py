"""Receipts of pushes become entries of the journal.

Rows and receipts are in another database than the journal, so the entry cannot be in the rows' transaction. Instead
every push, and the clock, copies what the journal lacks: once, however often this runs and wherever it is stopped.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov.civic.guard import service_context
from ckanext.opengov.civic.service import journal
from ckanext.opengov.data.display import today
from ckanext.opengov.data.model.keyed import KeyedTable, RelayedReceipt
from ckanext.opengov.data.service import keyed
from ckanext.opengov.data.service.push import receipts
from ckanext.opengov.data.service.quality import keeping as quality
from ckanext.opengov.data.service.reference import broken

log = logging.getLogger(__name__)

PUSHED = "data.pushed"
_TOLD = ("mode", "rows", "added", "changed", "same", "deleted", "rejected", "digest", "number")


def run(resource_id: str | None = None) -> int:
    """Relay what waits; commits.

    :param resource_id: of one table only
    :returns: how many receipts
    """
    waiting = receipts.waiting(resource_id)
    for receipt in waiting:
        _relay(receipt)
        receipts.relayed(receipt["id"])
    return len(waiting)


def tidy() -> int:
    """The clock's work: relay what waits, find pushes that were killed, drop tables whose resources are gone."""
    return run() + receipts.bury_killed() + keyed.forget_purged()


def _relay(receipt: dict[str, Any]) -> None:
    table = keyed.get(receipt["resource_id"])
    if table is None:
        return
    if _is_first(receipt["id"]):
        if receipt["structure"]:
            keyed.renew(table, receipt["structure"], receipt["id"])
        public = {name: receipt[name] for name in _TOLD} | {"receipt": receipt["id"]}
        internal = {"token": receipt["token_id"]}
        at = receipt["finished_at"]
        journal.record(
            keyed.ENTITY, table.package_id, PUSHED, actor=receipt["user_id"], public=public, internal=internal, at=at
        )
        if _changed_rows(receipt):
            _note_moment(table, at)
            broken.tell(table, receipt)
    model.Session.commit()
    if _changed_rows(receipt):
        _note_day(table)


def _changed_rows(receipt: dict[str, Any]) -> bool:
    return bool(receipt["added"] or receipt["changed"] or receipt["deleted"])


def _note_moment(table: KeyedTable, at: dt.datetime) -> None:
    """Freshness, in the quality score and in the approved list, is that of the rows."""
    # CKAN's own column has no zone and is in UTC.
    moment = at.astimezone(dt.UTC).replace(tzinfo=None)
    resource, package = model.Resource, model.Package
    model.Session.execute(sa.update(resource).where(resource.id == table.resource_id).values(last_modified=moment))
    # CKAN takes a package from the index while both know the same moment.
    model.Session.execute(sa.update(package).where(package.id == table.package_id).values(metadata_modified=moment))
    quality.ask(table.package_id)


def _is_first(receipt_id: str) -> bool:
    values = {"receipt_id": receipt_id, "at": sa.func.now()}
    statement = insert(RelayedReceipt).values(values).on_conflict_do_nothing()
    return model.Session.execute(statement).rowcount > 0


def _note_day(table: KeyedTable) -> None:
    """The passport says when the data were last updated."""
    package = model.Session.get(model.Package, table.package_id)
    day = today().isoformat()
    if package is None or package.state != model.State.ACTIVE or package.extras.get("modified") == day:
        return
    try:
        change = {"id": table.package_id, "modified": day}
        tk.get_action("package_patch")(service_context({"user": ""}), change)
    except tk.ValidationError as problem:
        # A passport that is not right any more must not keep the journal from going on.
        model.Session.rollback()
        log.warning("The passport of %s was not dated: %s", table.package_id, problem.error_summary)
