"""Is this clear to you? Counted for each place of a budget."""

from __future__ import annotations

from collections.abc import Iterable

import ckan.model as model
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov.budget.model.clarity import Clarity


def add(budget_id: str, place: str, *, clear: bool) -> dict[str, int]:
    """Count one more answer; commits."""
    values = {"budget_id": budget_id, "place": place, "clear": int(clear), "unclear": int(not clear)}
    statement = insert(Clarity).values(values)
    counted = {name: getattr(Clarity, name) + statement.excluded[name] for name in ("clear", "unclear")}
    statement = statement.on_conflict_do_update(index_elements=["budget_id", "place"], set_=counted)
    row = model.Session.execute(statement.returning(Clarity.clear, Clarity.unclear)).one()
    model.Session.commit()
    return {"clear": row[0], "unclear": row[1]}


def answers(budget_id: str, places: Iterable[str]) -> dict[str, dict[str, int]]:
    """What was answered, by place."""
    query = sa.select(Clarity).where(Clarity.budget_id == budget_id, Clarity.place.in_(list(places)))
    return {one.place: {"clear": one.clear, "unclear": one.unclear} for one in model.Session.scalars(query)}
