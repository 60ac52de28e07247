"""Lists of officers, with the names of users and agencies in one statement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.officers import Officer
from ckanext.opengov.civic.roles import TITLES, Role
from ckanext.opengov.civic.service import agencies
from ckanext.opengov.civic.service.officers import today

OPEN, LATER, ENDED, ALL = "open", "later", "ended", "all"


@dataclass(frozen=True)
class Filters:
    """What is wanted; empty filters let everything through. Users and agencies by name or id."""

    agency: str = ""
    component: str = ""
    role: str = ""
    user: str = ""
    q: str = ""
    state: str = OPEN
    limit: int = 100
    offset: int = 0


def _query() -> sa.Select[Any]:
    return (
        sa.select(
            Officer,
            model.User.name.label("user"),
            model.User.fullname,
            model.Group.name.label("agency"),
            model.Group.title.label("agency_title"),
            agencies.TITLES.label("agency_titles"),
        )
        .join(model.User, model.User.id == Officer.user_id)
        .join(model.Group, model.Group.id == Officer.agency_id)
    )


def listed(filters: Filters, scope: Collection[str] | None) -> tuple[int, list[dict[str, Any]]]:
    """The officers that the filters let through.

    :param scope: ids of the agencies whose officers may be shown; None for all
    :returns: how many there are, and the wanted page
    """
    query = _query().where(*_conditions(filters))
    if scope is not None:
        query = query.where(Officer.agency_id == sa.any_(sa.bindparam("scope", list(scope), sa.ARRAY(sa.Text))))
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    order = (model.Group.title, model.User.fullname, model.User.name, Officer.component, Officer.role, Officer.id)
    page = query.order_by(*order).limit(filters.limit).offset(filters.offset)
    return count, [_dictized(row) for row in model.Session.execute(page)]


def one(number: int) -> dict[str, Any]:
    """One officer by id."""
    return _dictized(model.Session.execute(_query().where(Officer.id == number)).one())


def find(number: int) -> dict[str, Any] | None:
    """One officer by id, if there is such a one."""
    row = model.Session.execute(_query().where(Officer.id == number)).first()
    return _dictized(row) if row else None


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if filters.agency:
        conditions.append(sa.or_(model.Group.name == filters.agency, model.Group.id == filters.agency))
    if filters.user:
        conditions.append(sa.or_(model.User.name == filters.user, model.User.id == filters.user))
    if filters.component:
        conditions.append(Officer.component == filters.component)
    if filters.role:
        conditions.append(Officer.role == filters.role)
    if filters.q:
        conditions.append(
            sa.or_(
                model.User.name.icontains(filters.q, autoescape=True),
                model.User.fullname.icontains(filters.q, autoescape=True),
            )
        )
    ended = sa.or_(Officer.revoked_at.is_not(None), sa.func.coalesce(Officer.valid_until < today(), sa.false()))
    if filters.state != ALL:
        conditions.append(ended if filters.state == ENDED else ~ended)
    return conditions


def _dictized(row: sa.Row[Any]) -> dict[str, Any]:
    officer: Officer = row[0]
    return {
        "id": officer.id,
        "user_id": officer.user_id,
        "user": row.user,
        "user_title": row.fullname or row.user,
        "agency_id": officer.agency_id,
        "agency": row.agency,
        "agency_title": agencies.shown_title(row.agency, row.agency_title, row.agency_titles),
        "component": officer.component,
        "role": officer.role,
        "role_title": tk._(TITLES[Role(officer.role)][0]),
        "valid_from": officer.valid_from.isoformat(),
        "valid_until": officer.valid_until.isoformat() if officer.valid_until else None,
        "granted_at": officer.granted_at.isoformat(),
        "revoked_at": officer.revoked_at.isoformat() if officer.revoked_at else None,
        "state": _state(officer),
    }


def _state(officer: Officer) -> str:
    day = today()
    if officer.revoked_at or (officer.valid_until and officer.valid_until < day):
        return ENDED
    return LATER if officer.valid_from > day else OPEN
