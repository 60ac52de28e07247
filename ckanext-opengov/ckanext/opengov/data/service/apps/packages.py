"""The package of an app: the thin, masked copy that CKAN lists, permits and indexes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.opengov.civic import guard
from ckanext.opengov.civic.service import bulk, outbox, privacy
from ckanext.opengov.data.model.apps import App
from ckanext.opengov.data.service.apps.rules import TYPE, State

INDEX = "data.app_index"
LANGUAGES = ("kk", "ru", "en")


def _site_user() -> model.User:
    name = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    user = model.User.get(name)
    if user is None:
        raise RuntimeError("the portal has no user of its own; run ckan db init")
    return user


def _context() -> Any:
    return guard.service_context({"user": _site_user().name})


def insert(app: App) -> None:
    """Make the package in the session's open transaction.

    :raises ValidationError: when the schema of apps refuses it
    """
    values = {
        "id": app.id,
        "name": f"app-{app.id[:13]}",
        "title": app.title,
        "notes": app.notes,
        "private": True,
        "app_state": str(app.state),
    }
    checked = bulk.validate(_context(), TYPE, [values])
    bulk.insert(bulk.require_valid(checked), _site_user().id)
    outbox.add(INDEX, {"id": app.id})


def update(app: App) -> None:
    """Bring the package to what the app has become."""
    package = model.package_table
    model.Session.execute(
        sa.update(package)
        .where(package.c.id == app.id)
        .values(
            title=app.title,
            notes=app.notes,
            private=app.state != State.PUBLISHED,
            metadata_modified=dt.datetime.now(dt.UTC).replace(tzinfo=None),
            extras=sa.cast(package.c.extras, JSONB).op("||")(sa.cast({"app_state": str(app.state)}, JSONB)),
        )
    )
    outbox.add(INDEX, {"id": app.id})


def index(message: Any) -> None:
    """Outbox handler: bring the committed package into the index."""
    table = model.package_table
    found = model.Session.execute(sa.select(table).where(table.c.id == message.payload["id"])).mappings().first()
    if found is not None:
        bulk.index(_context(), TYPE, [dict(found) | {"extras": dict(found["extras"] or {})}])


def before_index(document: dict[str, Any]) -> dict[str, Any]:
    """Put the texts where the analyzers of their language find them."""
    if document.get("type") != TYPE:
        return document
    texts = [text for text in (document.get("title"), document.get("notes")) if text]
    language = privacy.language_of(" ".join(texts))
    document |= {f"text_{code}": texts if code == language else [] for code in LANGUAGES}
    document["text"] = texts
    return document
