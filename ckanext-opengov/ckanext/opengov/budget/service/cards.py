"""The thin packages of programmes, reports and audits: what CKAN lists, permits and indexes of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.opengov.civic import guard
from ckanext.opengov.civic.service import agencies, bulk, outbox, wording

INDEX = "budget.card_index"
LANGUAGES = ("kk", "ru", "en")


def _site_user() -> model.User:
    name = tk.get_action("get_site_user")({"ignore_auth": True, "defer_commit": True}, {})["name"]
    user = model.User.get(name)
    if user is None:
        raise RuntimeError("the portal has no user of its own; run ckan db init")
    return user


def _context() -> Any:
    return guard.service_context({"user": _site_user().name})


def insert(package_type: str, values: Mapping[str, Any]) -> None:
    """Make a package in the session's open transaction.

    :raises ValidationError: when the type's schema refuses it, such as for a name that is taken
    """
    given = {name: value for name, value in values.items() if value not in (None, "", {})}
    (checked,) = bulk.validate(_context(), package_type, [given])
    if checked.errors:
        raise tk.ValidationError(checked.errors)
    bulk.insert([checked.data], _site_user().id)
    index_later(values["id"])


def update(
    package_id: str, *, title: Mapping[str, str], notes: Mapping[str, str], private: bool, **extras: Any
) -> None:
    """Bring a package to what its entity has become."""
    package = model.package_table
    given = {
        "title_translated": json.dumps(dict(title), ensure_ascii=False),
        "notes_translated": json.dumps(dict(notes), ensure_ascii=False),
        **{name: str(value) for name, value in extras.items() if value is not None},
    }
    model.Session.execute(
        sa.update(package)
        .where(package.c.id == package_id)
        .values(
            title=wording.pick(title, "kk"),
            notes=wording.pick(notes, "kk"),
            private=private,
            metadata_modified=dt.datetime.now(dt.UTC).replace(tzinfo=None),
            extras=sa.cast(package.c.extras, JSONB).op("||")(sa.cast(given, JSONB)),
        )
    )
    index_later(package_id)


def index_later(package_id: str) -> None:
    """Let the worker bring the package into the search index, after the caller's commit."""
    outbox.add(INDEX, {"id": package_id})


def index(message: Any) -> None:
    """Outbox handler: bring the committed package into the index."""
    table = model.package_table
    found = model.Session.execute(sa.select(table).where(table.c.id == message.payload["id"])).mappings().first()
    if found is not None:
        bulk.index(_context(), found["type"], [dict(found) | {"extras": dict(found["extras"] or {})}])


def in_languages(document: dict[str, Any], texts: list[Mapping[str, str]]) -> dict[str, Any]:
    """Put texts where the analyzers of their languages find them."""
    for name in ("title_translated", "notes_translated"):
        document.pop(name, None)
    for code in LANGUAGES:
        document[f"text_{code}"] = [text[code] for text in texts if text.get(code)]
    document["text"] = [text for code in LANGUAGES for text in document[f"text_{code}"]]
    return document


def find(reference: Any, package_type: str) -> model.Package | None:
    """The package of an entity by its id or name."""
    found = model.Package.get(reference) if isinstance(reference, str) and reference.isprintable() else None
    return found if found is not None and found.type == package_type and found.state == model.State.ACTIVE else None


def slug(package_type: str, package_id: str) -> str:
    """An address for what was given none."""
    return f"{package_type.replace('_', '-')}-{package_id[:8]}"


Agency = dict[str, str]


def agency(agency_id: str) -> Agency:
    """Id, address and title of an agency, in the reader's language."""
    return agencies_of({agency_id})[agency_id]


def agencies_of(ids: Collection[str]) -> dict[str, Agency]:
    """The same of many agencies, read at once."""
    columns = (model.Group.id, model.Group.name, model.Group.title, agencies.TITLES)
    query = sa.select(*columns).where(model.Group.id.in_(list(ids)))
    found = {one: {"id": one, "name": one, "title": one} for one in ids}
    for agency_id, name, *titles in model.Session.execute(query):
        found[agency_id] = {"id": agency_id, "name": name, "title": agencies.shown_title(name, *titles)}
    return found


def names(ids: Collection[str]) -> dict[str, str]:
    """Package → the name in its address."""
    query = sa.select(model.Package.id, model.Package.name).where(model.Package.id.in_(list(ids)))
    return {**{one: one for one in ids}, **dict(model.Session.execute(query).tuples().all())}
