"""Lists of programmes: for everybody, for the officers of an agency, for the members of its council."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.budget.model.programmes import Programme

# What asks for people comes first.
_ORDER = ("discussion", "answering", "council", "replying", "approving", "approved", "reported", "draft", "withdrawn")


@dataclass(frozen=True)
class Wanted:
    """Which programmes. ``hidden``: agencies whose drafts are shown too; None for all."""

    state: str | None = None
    agency_id: str | None = None
    year: int | None = None
    code: str | None = None
    agencies: Collection[str] | None = None
    hidden: Collection[str] | None = None
    offset: int = 0
    limit: int = 20


def page(wanted: Wanted) -> tuple[int, list[Programme]]:
    """How many there are, and some of them."""
    conditions = list(_conditions(wanted))
    counted = sa.select(sa.func.count()).select_from(Programme).where(*conditions)
    rank = sa.case(*((Programme.state == state, place) for place, state in enumerate(_ORDER)), else_=len(_ORDER))
    order = (rank, Programme.due_at.asc().nulls_last(), Programme.created_at.desc(), Programme.id)
    query = sa.select(Programme).where(*conditions).order_by(*order)
    found = model.Session.scalars(query.offset(wanted.offset).limit(wanted.limit))
    return model.Session.scalar(counted) or 0, list(found)


def _conditions(wanted: Wanted) -> Collection[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.state:
        found.append(Programme.state == wanted.state)
    if wanted.agency_id:
        found.append(Programme.agency_id == wanted.agency_id)
    if wanted.agencies is not None:
        found.append(Programme.agency_id.in_(list(wanted.agencies)))
    if wanted.code:
        found.append(Programme.code == wanted.code)
    if wanted.year:
        found.append(Programme.passport["years"].contains([wanted.year]))
    if wanted.hidden is not None:
        shown = sa.or_(Programme.moments.has_key("discussion"), Programme.moments.has_key("approved"))
        found.append(sa.or_(shown, Programme.agency_id.in_(list(wanted.hidden))))
    return found


def counts() -> dict[str, int]:
    """State → how many public programmes stand in it."""
    shown = sa.or_(Programme.moments.has_key("discussion"), Programme.moments.has_key("approved"))
    query = sa.select(Programme.state, sa.func.count()).where(shown).group_by(Programme.state)
    return dict(model.Session.execute(query).tuples().all())
