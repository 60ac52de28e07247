"""The parts of the statement that finds what waits in open data: each has the same columns."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

Places = frozenset[str] | None


def inside(column: Any, places: Places) -> sa.ColumnElement[bool]:
    """Condition: the agency is one of these; None for all."""
    return sa.true() if places is None else column.in_(places)


def row(kind: str, number: Any, agency: Any, title: Any, entity: tuple[Any, str], **more: Any) -> sa.Select[Any]:
    """One kind of task.

    :param number: what the id of the task ends with
    :param entity: its id and type
    :param more: ``due_at``, ``count`` and ``reference``, by which the page of the work is found
    """
    return sa.select(
        (sa.literal(f"{kind}:") + sa.cast(number, sa.Text)).label("id"),
        sa.literal(kind).label("kind"),
        sa.cast(more.get("due_at", sa.null()), sa.DateTime(timezone=True)).label("due_at"),
        sa.cast(agency, sa.Text).label("agency_id"),
        sa.cast(sa.null(), sa.Text).label("assignee"),
        sa.cast(title, sa.Text).label("title"),
        sa.cast(more.get("count", sa.literal(1)), sa.Integer).label("count"),
        sa.literal(entity[1]).label("entity_type"),
        sa.cast(entity[0], sa.Text).label("entity_id"),
        sa.cast(more.get("reference", entity[0]), sa.Text).label("reference"),
    )
