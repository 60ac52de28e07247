"""Requests as readers get them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import wording
from ckanext.opengov.data.model.requests import DataRequest
from ckanext.opengov.data.service import agencies
from ckanext.opengov.data.service.requests import clock, moving, supporting
from ckanext.opengov.data.service.requests.people import READERS, Person
from ckanext.opengov.data.service.requests.states import OPEN, STATES
from ckanext.opengov.data.service.requests.steps import legal_reasons
from ckanext.opengov.data.service.translated import choose


def short(requests: Sequence[DataRequest], reader: str | None) -> list[dict[str, Any]]:
    """Requests as lists show them."""
    names = _agencies({one.agency_id for one in requests if one.agency_id})
    given = supporting.given(reader, [one.id for one in requests])
    now = utc_now()
    return [
        {
            "id": one.id,
            "number": one.number,
            "title": one.title,
            "language": one.language,
            "agency": names.get(one.agency_id or ""),
            "state": one.state,
            "state_title": tk._(STATES[one.state]),
            "visibility": one.visibility,
            "support": one.support,
            "supported": one.id in given,
            "is_author": bool(reader) and one.author_id == reader,
            "received_at": one.received_at.isoformat(),
            "due_at": one.due_at.isoformat() if one.due_at else None,
            "overdue": clock.is_overdue(one, now),
            "answered_at": one.answered_at.isoformat() if one.answered_at else None,
            "in_time": one.in_time,
        }
        for one in requests
    ]


def full(request: DataRequest, person: Person) -> dict[str, Any]:
    """One request with its answer; the originals for its author and officers."""
    shown = short([request], person.user_id)[0]
    return {
        **shown,
        "wanted": request.wanted,
        "why": request.why,
        "data_languages": request.data_languages,
        "hidden_reason": request.hidden_reason,
        "answer": request.answer,
        "answer_language": request.answer_language,
        "legal_reason": _legal_reason(request),
        "datasets": _datasets(request),
        "joined_with": _joined(request),
        "deadline": clock.current().explain(request) if request.state in OPEN else None,
        **_originals(request, person),
        "is_officer": not person.kinds(request).isdisjoint(READERS),
        "events": moving.possible(request, person),
    }


def _originals(request: DataRequest, person: Person) -> dict[str, Any]:
    if not person.reads_all(request):
        return {}
    return {"original": request.original, "findings": request.findings}


def _legal_reason(request: DataRequest) -> dict[str, str] | None:
    found = legal_reasons().get(request.legal_reason or "")
    if found is None:
        return None
    language = wording.current()
    return {"key": request.legal_reason or "", **{part: wording.pick(found[part], language) for part in found}}


def _datasets(request: DataRequest) -> list[dict[str, str]]:
    if not request.datasets:
        return []
    query = sa.select(model.Package).where(model.Package.id.in_(request.datasets), model.Package.state == "active")
    language = wording.current()
    shown = []
    for package in model.Session.scalars(query):
        texts = agencies.loaded((package.extras or {}).get("title_translated"))
        title = choose(texts, language)[0] if texts else package.title
        shown.append({"id": package.id, "name": package.name, "title": title or package.name})
    return shown


def _joined(request: DataRequest) -> dict[str, str] | None:
    found = model.Session.get(DataRequest, request.joined_with) if request.joined_with else None
    return {"number": found.number, "title": found.title, "state": found.state} if found else None


def _agencies(ids: set[str]) -> dict[str, dict[str, str]]:
    query = sa.select(model.Group.id, model.Group.name, model.Group.title).where(model.Group.id.in_(ids))
    texts, language = agencies.titles(ids), wording.current()
    return {
        id_: {"id": id_, "name": name, "title": wording.pick(texts.get(id_, {}), language) or title or name}
        for id_, name, title in model.Session.execute(query)
    }
