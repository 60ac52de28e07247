"""The tables that the portal makes of uploaded files: handing in, and waiting with an end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stack.demonstration.portal import Portal, PortalError, wait_until

WAIT = 150


@dataclass(frozen=True)
class Table:
    """``fresh`` when its file was sent in this run, so that older rows do not count."""

    name: str
    resource_id: str
    rows: int
    fresh: bool


def wait_for(portal: Portal, tables: Sequence[Table], seconds: float = WAIT) -> list[str]:
    """Wait until every file is a table with all its rows.

    :returns: one line for each that is not, with the reason
    """
    there = _names(portal)
    waiting = [table for table in tables if table.fresh or table.resource_id not in there]
    try:
        _hand_in(portal, waiting)
    except PortalError as error:
        return [f"{len(waiting)} files are not loaded into tables: {error}"]
    _wait(portal, waiting, seconds)
    portal.say(f"{len(tables) - len(waiting)} of {len(tables)} files are tables")
    return [_why_not(portal, table, seconds) for table in waiting]


def _hand_in(portal: Portal, tables: Sequence[Table]) -> None:
    """The portal takes a new file by itself; one that it lost or failed to load earlier is handed in again."""
    for table in tables:
        if not table.fresh or portal.find("xloader_status", table.resource_id) is None:
            portal.call("xloader_submit", {"resource_id": table.resource_id})


def _wait(portal: Portal, waiting: list[Table], seconds: float) -> None:
    """Take out of ``waiting`` what is loaded, until nothing is left or the time is over."""
    total = len(waiting)

    def all_there() -> bool:
        before = len(waiting)
        try:
            there = _names(portal)
        except PortalError:
            # A web server that reloads is no reason to give up.
            return False
        waiting[:] = [one for one in waiting if one.resource_id not in there or _count(portal, one) != one.rows]
        if len(waiting) < before:
            portal.say(f"{total - len(waiting)} of {total} tables")
        return not waiting

    wait_until(all_there, seconds)


def _names(portal: Portal) -> set[str]:
    answer = portal.call("datastore_search", {"resource_id": "_table_metadata", "fields": "name", "limit": 10_000})
    return {record["name"] for record in answer["records"]}


def _count(portal: Portal, table: Table) -> int | None:
    try:
        return portal.call("datastore_search", {"resource_id": table.resource_id, "limit": 0})["total"]
    except PortalError:
        # A table is there some moments before the portal lets it be read.
        return None


def _why_not(portal: Portal, table: Table, seconds: float) -> str:
    status = portal.find("xloader_status", table.resource_id) or {}
    reason = (status.get("task_info") or {}).get("error") or status.get("error") or status.get("status")
    rows = _count(portal, table)
    return f"table of {table.name}: {rows or 'no'} rows instead of {table.rows} after {seconds:.0f} s ({reason})"
