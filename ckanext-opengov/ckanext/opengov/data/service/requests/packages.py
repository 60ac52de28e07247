"""The package of a request: the thin, masked copy that CKAN lists, permits and indexes."""

from __future__ import annotations

from typing import Any

import ckan.model as model

from ckanext.opengov.civic.service import outbox, thin
from ckanext.opengov.data.model.requests import DataRequest
from ckanext.opengov.data.service.requests.states import TYPE

INDEX = "data.request_index"
LANGUAGES = ("kk", "ru", "en")


def _title(request: DataRequest) -> str:
    """What nobody has looked at yet does not stand in the package, which a whole agency reads."""
    return request.title if request.visibility == "public" else request.number


def _extras(request: DataRequest) -> dict[str, str]:
    return {
        "language": request.language,
        "request_state": request.state,
        "received_date": thin.moment(request.received_at),
        "due_date": thin.moment(request.due_at),
        "answered_date": thin.moment(request.answered_at),
    }


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
    thin.insert(TYPE, [values])


def update(request: DataRequest) -> None:
    """Bring the package to what the request has become."""
    thin.update(
        request.id,
        _extras(request),
        title=_title(request),
        owner_org=request.agency_id,
        private=request.visibility != "public",
    )
    thin.belong(request.id, request.agency_id)


def index_later(request_id: str) -> None:
    """Let the worker bring a request into the search index, after the caller's commit."""
    outbox.add(INDEX, {"id": request_id})


def index(message: Any) -> None:
    """Outbox handler: bring the committed package into the index."""
    thin.index(TYPE, [message.payload["id"]])


def before_index(document: dict[str, Any]) -> dict[str, Any]:
    """Put the public texts where the analyzers of their languages find them."""
    if document.get("type") != TYPE:
        return document
    request = model.Session.get(DataRequest, document["id"])
    for name in ("received_date", "due_date", "answered_date"):
        # CKAN writes them in a form that the index does not take.
        document.pop(name, None)
        moment = thin.moment(getattr(request, name.replace("_date", "_at"), None))
        if moment:
            document[name] = moment
    texts: dict[str, list[str]] = {code: [] for code in LANGUAGES}
    if request is not None and request.visibility == "public":
        texts[request.language] += [request.title, request.wanted, request.why]
        texts[request.answer_language or request.language].append(request.answer)
    document |= {f"text_{code}": [text for text in texts[code] if text] for code in LANGUAGES}
    document["text"] = [text for code in LANGUAGES for text in document[f"text_{code}"]]
    return document
