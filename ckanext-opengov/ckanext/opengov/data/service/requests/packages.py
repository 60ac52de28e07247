"""The package of a request: the thin, masked copy that CKAN lists, permits and indexes."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.opengov.civic import guard
from ckanext.opengov.civic.service import bulk, outbox
from ckanext.opengov.data.model.requests import DataRequest
from ckanext.opengov.data.service.requests.states import TYPE

INDEX = "data.request_index"
LANGUAGES = ("kk", "ru", "en")


def _site_user() -> model.User:
    name = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    user = model.User.get(name)
    if user is None:
        raise RuntimeError("the portal has no user of its own; run ckan db init")
    return user


def _context() -> Any:
    return guard.service_context({"user": _site_user().name})


def _title(request: DataRequest) -> str:
    """What nobody has looked at yet does not stand in the package, which a whole agency reads."""
    return request.title if request.visibility == "public" else request.number


def _extras(request: DataRequest) -> dict[str, str]:
    return {
        "language": request.language,
        "request_state": request.state,
        "received_date": _moment(request.received_at),
        "due_date": _moment(request.due_at),
        "answered_date": _moment(request.answered_at),
    }


def _moment(moment: dt.datetime | None) -> str:
    """As the index reads times: in UTC, with a Z."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def insert(request: DataRequest) -> None:
    """Make the package in the session's open transaction.

    :raises ValidationError: when the schema of requests refuses it
    """
    values = {
        "id": request.id,
        "name": request.number,
        "title": _title(request),
        "owner_org": request.agency_id,
        "private": request.visibility != "public",
        **_extras(request),
    }
    checked = bulk.validate(
        _context(), TYPE, [{key: value for key, value in values.items() if value not in ("", None)}]
    )
    bulk.insert(bulk.require_valid(checked), _site_user().id)


def update(request: DataRequest) -> None:
    """Bring the package to what the request has become."""
    package = model.package_table
    model.Session.execute(
        sa.update(package)
        .where(package.c.id == request.id)
        .values(
            title=_title(request),
            owner_org=request.agency_id,
            private=request.visibility != "public",
            metadata_modified=dt.datetime.now(dt.UTC).replace(tzinfo=None),
            extras=sa.cast(package.c.extras, JSONB).op("||")(sa.cast(_extras(request), JSONB)),
        )
    )
    _belongs(request)


def _belongs(request: DataRequest) -> None:
    """CKAN keeps the agency of a package in a second place too."""
    member: Any = model.Member.__table__
    of_package = (member.c.table_id == request.id, member.c.table_name == "package")
    values = {"group_id": request.agency_id, "capacity": "organization", "state": "active"}
    if request.agency_id and not model.Session.execute(sa.update(member).where(*of_package).values(values)).rowcount:
        row = {"id": str(uuid4()), "table_id": request.id, "table_name": "package", **values}
        model.Session.execute(sa.insert(member).values(row))


def index_later(request_id: str) -> None:
    """Let the worker bring a request into the search index, after the caller's commit."""
    outbox.add(INDEX, {"id": request_id})


def index(message: Any) -> None:
    """Outbox handler: bring the committed package into the index."""
    table = model.package_table
    found = model.Session.execute(sa.select(table).where(table.c.id == message.payload["id"])).mappings().first()
    if found is not None:
        bulk.index(_context(), TYPE, [dict(found) | {"extras": dict(found["extras"] or {})}])


def before_index(document: dict[str, Any]) -> dict[str, Any]:
    """Put the public texts where the analyzers of their languages find them."""
    if document.get("type") != TYPE:
        return document
    request = model.Session.get(DataRequest, document["id"])
    for name in ("received_date", "due_date", "answered_date"):
        # CKAN writes them in a form that the index does not take.
        document.pop(name, None)
        moment = _moment(getattr(request, name.replace("_date", "_at"), None))
        if moment:
            document[name] = moment
    texts: dict[str, list[str]] = {code: [] for code in LANGUAGES}
    if request is not None and request.visibility == "public":
        texts[request.language] += [request.title, request.wanted, request.why]
        texts[request.answer_language or request.language].append(request.answer)
    document |= {f"text_{code}": [text for text in texts[code] if text] for code in LANGUAGES}
    document["text"] = [text for code in LANGUAGES for text in document[f"text_{code}"]]
    return document
