"""The apps that a person sent, for their own list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.interfaces import MyItem
from ckanext.opengov.data.model.apps import App
from ckanext.opengov.data.service.apps.rules import STATES, State


def my_items(user_id: str, before: dt.datetime | None, limit: int) -> Iterable[MyItem]:
    """Newest first; an app that is not public is seen by its maker all the same."""
    query = sa.select(App).where(App.author_id == user_id)
    if before:
        query = query.where(App.created_at < before)
    for one in model.Session.scalars(query.order_by(App.created_at.desc()).limit(limit)):
        yield MyItem(
            title=one.title,
            url=f"/app/{one.id}",
            state=tk._(STATES[State(one.state)]),
            at=one.created_at,
            public=one.state == State.PUBLISHED,
        )
