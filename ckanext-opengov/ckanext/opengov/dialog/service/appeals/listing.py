"""Lists of appeals, page by page from the database; searching in texts is the index' work."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.interfaces import Link, MyItem
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import officers
from ckanext.opengov.dialog.model.appeals import PUBLIC, RUNNING, Appeal
from ckanext.opengov.dialog.service.appeals import notices
from ckanext.opengov.dialog.service.appeals.people import COMPONENT, READERS
from ckanext.opengov.dialog.service.appeals.states import STATES

SCOPES = ("public", "mine", "work")
# What a list goes by, newest first → the column. What has no answer is in no list by answers.
SORTS = {"registered": Appeal.registered_at, "answered": Appeal.answered_at}
EQUAL = ("agency_id", "topic", "region", "state", "kind", "language", "assignee_id", "visibility")


def condition(scope: str, user_id: str | None, is_admin: bool) -> sa.ColumnElement[bool]:
    """Which appeals a scope shows to a person: the public ones, their own, or those of the agencies they work for."""
    if scope == "public":
        return PUBLIC  # pyright: ignore[reportReturnType]
    if scope == "mine":
        return Appeal.author_id == (user_id or "")
    if is_admin or (user_id and officers.holds(user_id, {"supervisor"}, component=COMPONENT, agency_id=None)):  # pyright: ignore
        return sa.true()
    return Appeal.agency_id.in_(officers.agencies_of(user_id, READERS, COMPONENT) if user_id else [])


def page(shown: sa.ColumnElement[bool], filters: Mapping[str, Any], limit: int) -> tuple[list[Appeal], str | None]:
    """A page, newest first, and the cursor of the next one."""
    sort = filters.get("sort") or "registered"
    column = SORTS[sort]
    query = sa.select(Appeal).where(shown, column.is_not(None))
    for name in EQUAL:
        if filters.get(name):
            query = query.where(getattr(Appeal, name) == filters[name])
    if filters.get("overdue"):
        query = query.where(RUNNING, Appeal.due_at < utc_now())
    if filters.get("answered") is not None:
        is_answered = Appeal.answered_at.is_not(None)
        query = query.where(is_answered if filters["answered"] else sa.not_(is_answered))
    if filters.get("cursor"):
        query = query.where(sa.tuple_(column, Appeal.id) < position(filters["cursor"]))
    query = query.order_by(column.desc(), Appeal.id.desc()).limit(limit + 1)
    found = list(model.Session.scalars(query))
    return found[:limit], cursor_of(found[limit - 1], sort) if len(found) > limit else None


def cursor_of(appeal: Appeal, sort: str = "registered") -> str:
    """The place of an appeal in a list."""
    moment = appeal.registered_at if sort == "registered" else appeal.answered_at
    text = json.dumps([moment.isoformat() if moment else "", appeal.id])
    return base64.urlsafe_b64encode(text.encode()).decode()


def position(cursor: str) -> sa.Tuple:
    """The place that a cursor stands for.

    :raises ValidationError: for a cursor that no page gave
    """
    try:
        moment, number = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return sa.tuple_(sa.literal(dt.datetime.fromisoformat(moment)), sa.literal(str(number)))
    except (ValueError, TypeError) as error:
        raise tk.ValidationError({"cursor": [tk._("This is not a cursor of a page before.")]}) from error


def my_items(user_id: str, before: dt.datetime | None, limit: int) -> Iterable[MyItem]:
    """What a person wrote to agencies, for the list of everything that they wrote."""
    query = sa.select(Appeal).where(Appeal.author_id == user_id)
    if before:
        query = query.where(Appeal.registered_at < before)
    for one in model.Session.scalars(query.order_by(Appeal.registered_at.desc()).limit(limit)):
        page_of = notices.page(one)
        became = (Link(tk._("Answer"), f"{page_of}#answers"),) if one.answered_at else ()
        state = tk._(STATES[one.state])
        is_public = one.visibility == "public"
        yield MyItem(f"{one.number}: {one.subject_public}", page_of, state, one.registered_at, is_public, became)
