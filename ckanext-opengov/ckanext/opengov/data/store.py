"""A clean CSV becomes a table of the DataStore.

The loading itself (COPY, full text) is ckanext-xloader's; reading files, types and status are ours, because xloader
fetches each file over HTTP from the portal itself, knows no JSON and tells its errors in the words of the database.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.datastore.backend.postgres import get_write_engine
from ckanext.opengov.civic.guard import service_context
from ckanext.opengov.data.service.tables import Table
from ckanext.xloader import loader

log = logging.getLogger(__name__)


def replace(resource_id: str, table: Table, rows: Path) -> None:
    """Put the rows in the place of what the resource's table held. What the data dictionary says is kept."""
    context = service_context({"user": ""})
    known = dictionary(resource_id)
    fields = [_field(column, known) for column in table.columns]
    drop(resource_id)
    order = {"resource_id": resource_id, "fields": fields, "records": None, "force": True}
    tk.get_action("datastore_create")(tk.fresh_context(context), order)
    try:
        _fill(resource_id, fields, rows)
    except Exception:
        drop(resource_id)
        raise
    add_views(resource_id)


def _field(column: Any, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    info = dict(known.get(column.name) or {})
    if column.label != column.name:
        info.setdefault("label", column.label)
    # An officer may have fixed the type in the data dictionary, as xloader allows.
    kind = info.get("type_override") or column.type
    return {"id": column.name, "type": kind, **({"info": info} if info else {})}


def dictionary(resource_id: str) -> dict[str, dict[str, Any]]:
    """Column → what the data dictionary says about it; empty when there is no table yet."""
    try:
        answer = tk.get_action("datastore_info")(service_context({"user": ""}), {"id": resource_id})
    except tk.ObjectNotFound:
        return {}
    return {field["id"]: field.get("info") or {} for field in answer["fields"]}


def drop(resource_id: str) -> None:
    """Take the resource's table away, if there is one."""
    try:
        tk.get_action("datastore_delete")(service_context({"user": ""}), {"resource_id": resource_id, "force": True})
    except tk.ObjectNotFound:
        log.debug("Resource %s has no table", resource_id)


def _fill(resource_id: str, fields: list[dict[str, Any]], rows: Path) -> None:
    engine = get_write_engine()
    with engine.begin() as connection:
        loader._disable_fulltext_trigger(connection, resource_id)
    names = [field["id"] for field in fields]
    loader.copy_file(str(rows), engine, log, resource_id, names, ",")
    with engine.begin() as connection:
        loader._populate_fulltext(connection, resource_id, fields=fields, logger=log)
        loader._enable_fulltext_trigger(connection, resource_id)
    with engine.begin() as connection:
        # Estimated counts of the DataStore come from the statistics.
        connection.execute(sa.text(f"ANALYZE {loader.identifier(resource_id)}"))


def add_views(resource_id: str) -> None:
    """Show the table on the page of its resource."""
    context = service_context({"user": ""})
    resource = tk.get_action("resource_show")(tk.fresh_context(context), {"id": resource_id})
    package = tk.get_action("package_show")(tk.fresh_context(context), {"id": resource["package_id"]})
    order = {"resource": resource, "package": package, "create_datastore_views": True}
    tk.get_action("resource_create_default_resource_views")(context, order)
