"""The heads of agencies: who they are, and the figures of the appeals that were written to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.service import wording
from ckanext.opengov.dialog.model.appeals import Answer
from ckanext.opengov.dialog.service.appeals import statistics

TEXTS = ("head_name", "level", "region", "phone", "email", "website")


def listed(q: str | None, region: str | None, offset: int, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """How many agencies fit, and one page of them by name, each with the figures of its appeals.

    :param q: part of the agency's or of the head's name
    """
    found = [_shown(one) for one in model.Session.execute(_agencies())]
    words = (q or "").casefold().split()
    fitting = [
        one
        for one in found
        if (not region or one["region"] == region)
        and all(word in f"{one['title']} {one['head_name']}".casefold() for word in words)
    ]
    fitting.sort(key=lambda one: one["title"].casefold())
    page = fitting[offset : offset + limit]
    figures = {one["agency"]: one for one in statistics.compute({}, "agency")["groups"]} if page else {}
    none = statistics.nothing()
    return len(fitting), [one | {"statistics": _figures(figures.get(one["id"], none))} for one in page]


def _figures(group: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in group.items() if name not in ("agency", "title")}


def shown(agency: model.Group) -> dict[str, Any]:
    """Who heads an agency, and who signs for them if somebody does."""
    return _shown((agency.id, agency.name, agency.title, agency.extras)) | {"acting": _acting(agency.id)}


def _agencies() -> Any:
    group = model.Group
    return sa.select(group.id, group.name, group.title, group.extras).where(  # pyright: ignore
        group.is_organization, group.state == model.State.ACTIVE
    )


def _shown(row: Any) -> dict[str, Any]:
    agency_id, name, title, extras = row
    extras = extras or {}
    titles, positions = (texts(extras.get(f"{field}_translated")) for field in ("title", "head_position"))
    return {
        "id": agency_id,
        "name": name,
        "title": wording.pick(titles, wording.current()) or title or name,
        **{field: str(extras.get(field) or "") for field in TEXTS},
        "head_position": wording.pick(positions, wording.current()),
        "head_position_translated": positions,
    }


def texts(stored: Any) -> dict[str, str]:
    """A text by language as it is stored among an organization's extras."""
    # CKAN keeps what it does not know as text, the JSON of a text included.
    for _ in range(2):
        stored = json.loads(stored) if isinstance(stored, str) and stored else stored
    return stored if isinstance(stored, dict) else {}


def _acting(agency_id: str) -> dict[str, Any] | None:
    """Who signed the agency's latest answer, when that was not the head."""
    query = sa.select(Answer.signed_as, Answer.signer_name, Answer.at).where(Answer.agency_id == agency_id)
    last = model.Session.execute(query.order_by(Answer.at.desc()).limit(1)).first()
    if last is None or last.signed_as != "acting":
        return None
    return {"name": last.signer_name or "", "at": last.at.isoformat()}
