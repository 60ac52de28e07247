"""The package of an app: the thin, masked copy that CKAN lists, permits and indexes."""

from __future__ import annotations

from typing import Any

from ckanext.opengov.civic.service import outbox, privacy, thin
from ckanext.opengov.data.model.apps import App
from ckanext.opengov.data.service.apps.rules import TYPE, State

INDEX = "data.app_index"
LANGUAGES = ("kk", "ru", "en")


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
    thin.insert(TYPE, [values])
    outbox.add(INDEX, {"id": app.id})


def update(app: App) -> None:
    """Bring the package to what the app has become."""
    thin.update(
        app.id,
        {"app_state": str(app.state)},
        title=app.title,
        notes=app.notes,
        private=app.state != State.PUBLISHED,
    )
    outbox.add(INDEX, {"id": app.id})


def index(message: Any) -> None:
    """Outbox handler: bring the committed package into the index."""
    thin.index(TYPE, [message.payload["id"]])


def before_index(document: dict[str, Any]) -> dict[str, Any]:
    """Put the texts where the analyzers of their language find them."""
    if document.get("type") != TYPE:
        return document
    texts = [text for text in (document.get("title"), document.get("notes")) if text]
    language = privacy.language_of(" ".join(texts))
    document |= {f"text_{code}": texts if code == language else [] for code in LANGUAGES}
    document["text"] = texts
    return document
