"""The tables that the portal makes of uploaded files: asking again where need be, and waiting with an end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from stack.demonstration.portal import Fields, Portal

# One table takes the job worker some seconds; a minute without any means that it does not work.
PATIENCE = 60
PAUSE = 1
LOOK_AHEAD = 3
UNDER_WAY = ("waiting", "loading")


@dataclass(frozen=True)
class Table:
    name: str
    resource_id: str
    rows: int


def wait_for(portal: Portal, tables: Sequence[Table], patience: float = PATIENCE) -> list[str]:
    """Wait until every file is a table with all its rows, or nothing has moved for ``patience`` seconds.

    :returns: one line for each that is not, with the reason
    """
    waiting = [table for table in tables if not _is_loaded(table, _state_asked_again(portal, table))]
    _wait(portal, waiting, patience)
    problems = [why for table in waiting if (why := _why_not(portal, table))]
    portal.say(f"{len(tables) - len(problems)} of {len(tables)} files are tables")
    return problems


def _state(portal: Portal, table: Table) -> Fields:
    return portal.call("opengov_table_show", {"resource_id": table.resource_id})


def _state_asked_again(portal: Portal, table: Table) -> Fields:
    """What an earlier run left as failed is asked for again; what is under way is not."""
    state = _state(portal, table)
    if state["state"] in UNDER_WAY or _is_loaded(table, state):
        return state
    return portal.call("opengov_table_load", {"resource_id": table.resource_id})


def _is_loaded(table: Table, state: Fields) -> bool:
    return state["state"] == "ready" and state["rows"] == table.rows


def _wait(portal: Portal, tables: Sequence[Table], patience: float) -> None:
    """Return when no table is under way any more, or nothing has moved for so long."""
    waiting = list(tables)
    last = time.monotonic()
    while waiting and time.monotonic() - last < patience:
        before = len(waiting)
        _drop_ended(portal, waiting)
        if len(waiting) < before:
            portal.say(f"{len(tables) - len(waiting)} of {len(tables)} tables")
            last = time.monotonic()
        if waiting:
            time.sleep(PAUSE)


def _drop_ended(portal: Portal, waiting: list[Table]) -> None:
    """Files are read in the order in which they came: asking for all of them would keep the portal busy."""
    under_way = 0
    for table in list(waiting):
        if _is_under_way(portal, table):
            under_way += 1
        else:
            waiting.remove(table)
        if under_way == LOOK_AHEAD:
            return


def _is_under_way(portal: Portal, table: Table) -> bool:
    return _state(portal, table)["state"] in UNDER_WAY


def _why_not(portal: Portal, table: Table) -> str | None:
    state = _state(portal, table)
    if _is_loaded(table, state):
        return None
    reason = state["message"] or state["state"]
    return f"table of {table.name}: {state['rows'] or 'no'} rows instead of {table.rows} ({reason})"
