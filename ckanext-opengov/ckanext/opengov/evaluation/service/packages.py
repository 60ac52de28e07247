"""The packages of evaluations and public services: thin, public when they are published, indexed by the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.opengov.civic import guard
from ckanext.opengov.civic.service import bulk, officers, outbox
from ckanext.opengov.evaluation.service.people import COMPONENT, OFFICIALS, STAFF

EVALUATION = "evaluation"
SERVICE = "public_service"
INDEX = "evaluation.index"
AT_ONCE = 200
_OFFICER = "evaluation-officer-"
_ACROSS = "evaluation-across"


def context() -> Any:
    """The context in which the portal writes and indexes."""
    return guard.service_context({"user": _site_user().name})


def _site_user() -> model.User:
    name = tk.config["ckan.site_id"]
    user = model.User.get(name) or model.User.get(tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"])
    if user is None:
        raise RuntimeError("the portal has no user of its own; run ckan db init")
    return user


def insert(kind: str, values: Sequence[dict[str, Any]]) -> None:
    """Make packages in the session's open transaction.

    :raises ValidationError: when the schema refuses one
    """
    checked = bulk.validate(context(), kind, list(values))
    bulk.insert(bulk.require_valid(checked), _site_user().id)
    index_later(kind, [one["id"] for one in values])


def update(kind: str, package_id: str, extras: dict[str, str], **columns: Any) -> None:
    """Bring a package to what it became, in the session's open transaction."""
    package = model.package_table
    values: dict[str, Any] = columns | {"metadata_modified": dt.datetime.now(dt.UTC).replace(tzinfo=None)}
    if extras:
        values["extras"] = sa.cast(package.c.extras, JSONB).op("||")(sa.cast(extras, JSONB))
    model.Session.execute(sa.update(package).where(package.c.id == package_id).values(**values))
    index_later(kind, [package_id])


def package_labels(package: Any) -> list[str]:
    """Who reads what is not published: the agency's officers for evaluation, and those who judge."""
    return [f"{_OFFICER}{package.owner_org}", _ACROSS]


def user_labels(user: Any) -> list[str]:
    """What an officer of evaluation reads."""
    if not getattr(user, "id", None):
        return []
    held = [f"{_OFFICER}{one}" for one in officers.agencies_of(user.id, STAFF, COMPONENT)]
    is_across = officers.holds(user.id, OFFICIALS, component=COMPONENT, agency_id=None)
    return [*held, _ACROSS] if is_across else held


def index_later(kind: str, ids: Iterable[str]) -> None:
    """Let the worker bring packages into the index, after the caller's commit."""
    wanted = list(ids)
    for start in range(0, len(wanted), AT_ONCE):
        outbox.add(INDEX, {"type": kind, "ids": wanted[start : start + AT_ONCE]})


def index(message: Any) -> None:
    """Outbox handler: one batch, with one commit of the index."""
    table = model.package_table
    ids = message.payload["ids"]
    found = model.Session.execute(sa.select(table).where(table.c.id.in_(ids), table.c.state == "active")).mappings()
    rows = [dict(row) | {"extras": dict(row["extras"] or {})} for row in found]
    for row in rows:
        row.pop("plugin_data", None)
    bulk.index(context(), message.payload["type"], rows)
