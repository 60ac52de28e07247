"""Thin packages: what CKAN lists, permits and indexes of a thing with tables of its own. They are written here only.

Changes are part of the session's open transaction; the index follows the commit, through the component's outbox topic.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.opengov.civic import guard
from ckanext.opengov.civic.service import bulk

# Place of PostgreSQL's advisory locks, and how many there are.
_LOCK, _KEYS = 0x494E4458, 64
_EMPTY: tuple[Any, ...] = ("", None, {})


def site_user() -> model.User:
    """The portal's own account, in whose name it writes: who wrote a thing is in the thing's own table."""
    name = tk.config["ckan.site_id"]
    user = model.User.get(name) or model.User.get(tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"])
    if user is None:
        raise RuntimeError("the portal has no user of its own; run ckan db init")
    return user


def context() -> Any:
    """The context in which the portal writes and indexes."""
    return guard.service_context({"user": site_user().name})


def insert(kind: str, packages: Sequence[Mapping[str, Any]]) -> None:
    """Make packages of a type; empty fields are left out.

    :raises ValidationError: when the type's schema refuses one, such as for a name that is taken; of several,
        ``{"3": {field: [what is wrong]}}``
    """
    given = [{name: value for name, value in one.items() if value not in _EMPTY} for one in packages]
    checked = bulk.validate(context(), kind, given)
    if len(checked) == 1 and checked[0].errors:
        raise tk.ValidationError(checked[0].errors)
    bulk.insert(bulk.require_valid(checked), site_user().id)


def update(package_id: str, extras: Mapping[str, Any], **columns: Any) -> None:
    """Bring a package to what its thing has become: columns of CKAN's table, and extras over those that are there."""
    package = model.package_table
    statement = sa.update(package).where(package.c.id == package_id)
    model.Session.execute(
        statement.values(
            metadata_modified=dt.datetime.now(dt.UTC).replace(tzinfo=None),
            extras=sa.cast(package.c.extras, JSONB).op("||")(sa.cast(dict(extras), JSONB)),
            **columns,
        )
    )


def belong(package_id: str, agency_id: str | None) -> None:
    """Say in the second place, too, where CKAN keeps whose a package is."""
    member: Any = model.Member.__table__
    of_package = (
        member.c.table_id == package_id,
        member.c.table_name == "package",
        member.c.capacity == "organization",
    )
    values = {"group_id": agency_id, "capacity": "organization", "state": "active"}
    if agency_id and not model.Session.execute(sa.update(member).where(*of_package).values(values)).rowcount:
        row = {"id": str(uuid4()), "table_id": package_id, "table_name": "package", **values}
        model.Session.execute(sa.insert(member).values(row))


def index(kind: str, ids: Sequence[str]) -> None:
    """Bring committed packages into the index, with one commit of the index for all."""
    turn(ids)
    table = model.package_table
    found = model.Session.execute(sa.select(table).where(table.c.id.in_(ids))).mappings()
    rows = [dict(row) | {"extras": dict(row["extras"] or {})} for row in found]
    for row in rows:
        row.pop("plugin_data", None)
    if rows:
        bulk.index(context(), kind, rows)


def turn(ids: Sequence[str]) -> None:
    """Wait for others who bring the same packages into the index, until the transaction ends.

    What is read from here on is not older than what they have written: of two workers the slower one had otherwise the
    last word with the older state.
    """
    given = sa.func.unnest(sa.bindparam("ids", list(ids), sa.ARRAY(sa.Text))).column_valued("id")
    # Few keys, as locks are held in a table of fixed size; in one order, so that nobody waits in a circle.
    key = (sa.func.hashtext(given).op("&")(_KEYS - 1)).label("key")
    keys = sa.select(key).distinct().order_by(key).subquery()
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK, keys.c.key)))


def moment(when: dt.datetime | None) -> str:
    """A time as the index reads it: in UTC, with a Z; empty for none."""
    return when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if when else ""
