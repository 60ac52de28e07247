"""The package of a conference: the thin copy that CKAN lists, permits and indexes."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.opengov.civic import guard
from ckanext.opengov.civic.service import bulk, wording
from ckanext.opengov.dialog.model.conferences import Conference
from ckanext.opengov.dialog.service.conferences.rules import INDEX, TYPE

__all__ = ["INDEX", "index", "insert", "update"]

NOTES = 5_000


def _site_user() -> model.User:
    name = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    user = model.User.get(name)
    if user is None:
        raise RuntimeError("the portal has no user of its own; run ckan db init")
    return user


def _context() -> Any:
    return guard.service_context({"user": _site_user().name})


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
        "starts_date": _moment(conference.starts_at),
    }
    checked = bulk.validate(_context(), TYPE, [{key: value for key, value in values.items() if value != {}}])
    if checked[0].errors:
        raise tk.ValidationError(checked[0].errors)
    bulk.insert([checked[0].data], _site_user().id)


def update(conference: Conference) -> None:
    """Bring the package to what the conference has become."""
    package = model.package_table
    extras = {
        "conference_state": conference.state,
        "starts_date": _moment(conference.starts_at),
        "title_translated": json.dumps(conference.title, ensure_ascii=False),
        "notes_translated": json.dumps(conference.intro, ensure_ascii=False),
    }
    model.Session.execute(
        sa.update(package)
        .where(package.c.id == conference.id)
        .values(
            title=wording.pick(conference.title, "kk"),
            notes=wording.pick(conference.intro, "kk")[:NOTES],
            private=conference.state == "draft",
            metadata_modified=dt.datetime.now(dt.UTC).replace(tzinfo=None),
            extras=sa.cast(package.c.extras, JSONB).op("||")(sa.cast(extras, JSONB)),
        )
    )


def _moment(moment: dt.datetime) -> str:
    """As the index reads times: in UTC, with a Z."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def before_index(document: dict[str, Any]) -> dict[str, Any]:
    """CKAN writes the zone of a time as +00:00, which Solr refuses with the whole document."""
    if document.get("dataset_type") == TYPE and document.get("starts_date"):
        document["starts_date"] = document["starts_date"].replace("+00:00", "Z")
    return document


def index(message: Any) -> None:
    """Outbox handler: bring the committed package into the index."""
    table = model.package_table
    found = model.Session.execute(sa.select(table).where(table.c.id == message.payload["id"])).mappings().first()
    if found is not None:
        bulk.index(_context(), TYPE, [dict(found) | {"extras": dict(found["extras"] or {})}])
