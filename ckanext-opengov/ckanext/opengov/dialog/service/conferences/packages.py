"""The package of a conference: the thin copy that CKAN lists, permits and indexes."""

from __future__ import annotations

import json
from typing import Any

from ckanext.opengov.civic.service import thin, wording
from ckanext.opengov.dialog.model.conferences import Conference
from ckanext.opengov.dialog.service.conferences.rules import INDEX, TYPE

__all__ = ["INDEX", "index", "insert", "update"]

NOTES = 5_000


def insert(conference: Conference, name: str) -> None:
    """Make the package in the session's open transaction.

    :raises ValidationError: when the schema of conferences refuses it, such as for a name that is taken
    """
    values = {
        "id": conference.id,
        "name": name,
        "owner_org": conference.agency_id,
        "private": True,
        "title_translated": conference.title,
        "notes_translated": conference.intro,
        "conference_state": conference.state,
        "starts_date": thin.moment(conference.starts_at),
    }
    thin.insert(TYPE, [values])


def update(conference: Conference) -> None:
    """Bring the package to what the conference has become."""
    extras = {
        "conference_state": conference.state,
        "starts_date": thin.moment(conference.starts_at),
        "title_translated": json.dumps(conference.title, ensure_ascii=False),
        "notes_translated": json.dumps(conference.intro, ensure_ascii=False),
    }
    thin.update(
        conference.id,
        extras,
        title=wording.pick(conference.title, "kk"),
        notes=wording.pick(conference.intro, "kk")[:NOTES],
        private=conference.state == "draft",
    )


def before_index(document: dict[str, Any]) -> dict[str, Any]:
    """CKAN writes the zone of a time as +00:00, which Solr refuses with the whole document."""
    if document.get("dataset_type") == TYPE and document.get("starts_date"):
        document["starts_date"] = document["starts_date"].replace("+00:00", "Z")
    return document


def index(message: Any) -> None:
    """Outbox handler: bring the committed package into the index."""
    thin.index(TYPE, [message.payload["id"]])
