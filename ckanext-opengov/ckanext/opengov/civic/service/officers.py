"""Officers: who holds which role, of which component, in which agency, and since when.

A role counts on a day when it is open (not revoked), the day lies in its period and the user is active. Days are
days in Almaty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.officers import Officer
from ckanext.opengov.civic.roles import RESPONSIBLE, Role, components
from ckanext.opengov.civic.service import agencies, journal
from ckanext.opengov.civic.service.calendar import local_date

AGENCY = "agency"
GRANTED = "officer.granted"
REVOKED = "officer.revoked"


@dataclass(frozen=True)
class Grant:
    """A role to be granted; all references are ids."""

    user_id: str
    agency_id: str
    component: str
    role: Role
    valid_from: dt.date
    valid_until: dt.date | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What may be open once only."""
        return self.user_id, self.agency_id, self.component, str(self.role)


def today() -> dt.date:
    """The day in Almaty."""
    return local_date(utc_now())


def counts_on(day: dt.date) -> sa.ColumnElement[bool]:
    """Condition: the role is open and the day lies in its period."""
    return sa.and_(
        Officer.revoked_at.is_(None),
        Officer.valid_from <= day,
        sa.or_(Officer.valid_until.is_(None), Officer.valid_until >= day),
    )


def _counting(roles: Collection[Role], component: str | None, day: dt.date | None) -> sa.Select[Any]:
    query = (
        sa.select(Officer)
        .join(model.User, model.User.id == Officer.user_id)
        .where(model.User.state == model.State.ACTIVE, counts_on(day or today()))
        .where(Officer.role.in_([str(role) for role in roles]))
    )
    return query.where(Officer.component == component) if component else query


def holds(
    user_id: str,
    roles: Collection[Role],
    *,
    component: str | None,
    agency_id: str | None,
    on: dt.date | None = None,
) -> bool:
    """Whether a user has one of the roles.

    :param component: None for any
    :param agency_id: None for any
    :param on: the day, today by default
    """
    query = _counting(roles, component, on).where(Officer.user_id == user_id)
    if agency_id:
        query = query.where(Officer.agency_id == agency_id)
    return bool(model.Session.scalar(sa.select(query.exists())))


def agencies_of(user_id: str, roles: Collection[Role], component: str) -> list[str]:
    """The ids of the agencies in which a user has one of the roles today."""
    query = _counting(roles, component, None).where(Officer.user_id == user_id)
    return sorted(set(model.Session.scalars(query.with_only_columns(Officer.agency_id))))


def responsible(component: str, agency_id: str, roles: Collection[Role]) -> list[str]:
    """The ids of the users who have one of the roles today."""
    query = _counting(roles, component, None).where(Officer.agency_id == agency_id)
    return sorted(set(model.Session.scalars(query.with_only_columns(Officer.user_id))))


def open_grants(user_ids: Collection[str]) -> dict[tuple[str, str, str, str], Officer]:
    """What these users hold or will hold, by user, agency, component and role; periods that ended too."""
    query = sa.select(Officer).where(Officer.user_id.in_(user_ids), Officer.revoked_at.is_(None))
    return {(one.user_id, one.agency_id, one.component, one.role): one for one in model.Session.scalars(query)}


def grant(grants: Iterable[Grant], actor: str) -> list[Officer]:
    """Grant roles that are not held; a period of the same role that has ended is closed first.

    :param actor: id of the user who grants
    """
    wanted = list(grants)
    _close_ended(wanted, actor)
    now = utc_now()
    rows = [
        {
            "user_id": one.user_id,
            "agency_id": one.agency_id,
            "component": one.component,
            "role": str(one.role),
            "valid_from": one.valid_from,
            "valid_until": one.valid_until,
            "granted_by": actor,
            "granted_at": now,
        }
        for one in wanted
    ]
    if not rows:
        return []
    insert = sa.insert(Officer).returning(Officer, sort_by_parameter_order=True)
    made = list(model.Session.scalars(insert, rows))
    journal.record_many([_happening(GRANTED, one, actor) for one in made])
    return made


def _close_ended(wanted: Sequence[Grant], actor: str) -> None:
    held = open_grants({one.user_id for one in wanted})
    for one in wanted:
        old = held.get(one.key)
        if old and old.valid_until and old.valid_until < one.valid_from:
            old.revoked_at, old.revoked_by = utc_now(), actor
    model.Session.flush()


def revoke(officer: Officer, actor: str | None, successor: str | None = None) -> int:
    """End a role now. The tasks go on if a successor is named, or if nothing else ties the user to them.

    :param actor: id of the user who revokes, None when the period ended by itself
    :param successor: id of the user who takes over
    :returns: how many tasks went on
    """
    officer.revoked_at, officer.revoked_by = utc_now(), actor
    model.Session.flush()
    count = 0
    if successor or not holds(officer.user_id, Role, component=officer.component, agency_id=officer.agency_id):
        count = hand_over(officer.user_id, successor, officer.agency_id, officer.component)
    journal.record_many([_happening(REVOKED, officer, actor, successor=successor, tasks=count)])
    return count


def end_expired() -> int:
    """End the roles whose period is over and those of deleted users and agencies, so that tasks go on. Commits.

    :returns: how many
    """
    people = sa.select(model.User.id).where(model.User.state == model.State.ACTIVE)
    places = sa.select(model.Group.id).where(model.Group.state == model.State.ACTIVE)
    gone = sa.or_(Officer.user_id.not_in(people), Officer.agency_id.not_in(places))
    over = sa.or_(Officer.valid_until < today(), gone)
    query = sa.select(Officer).where(Officer.revoked_at.is_(None), over).order_by(Officer.agency_id, Officer.id)
    ended = model.Session.scalars(query.with_for_update(skip_locked=True)).all()
    for one in ended:
        revoke(one, None)
    model.Session.commit()
    return len(ended)


def hand_over(user_id: str, successor: str | None, agency_id: str, component: str) -> int:
    """Let the component, and the civic kit itself, pass the user's open tasks on."""
    hooks = [one.task_handover for one in manifests() if one.task_handover and one.name in {component, "civic"}]
    return sum(hook(user_id, successor, agency_id, component) for hook in hooks)


def move(held: Sequence[Officer], agency_id: str, actor: str, successor: str | None = None) -> list[Officer]:
    """End roles in one agency and grant the same in another, to the end of their period."""
    taken = open_grants({one.user_id for one in held})
    start = today()
    wanted = [
        Grant(one.user_id, agency_id, one.component, Role(one.role), max(start, one.valid_from), one.valid_until)
        for one in held
    ]
    for one in held:
        revoke(one, actor, successor)
    return grant([one for one in wanted if not is_held(taken.get(one.key), one)], actor)


def is_held(officer: Officer | None, wanted: Grant) -> bool:
    """Whether an open grant stands in the way: one whose period has ended before does not."""
    return officer is not None and not (officer.valid_until and officer.valid_until < wanted.valid_from)


def _happening(event: str, officer: Officer, actor: str | None, **more: Any) -> journal.Happening:
    internal = {
        "officer": officer.id,
        "user": officer.user_id,
        "from": officer.valid_from,
        "until": officer.valid_until,
        **more,
    }
    public = {"component": officer.component, "role": officer.role}
    return journal.Happening(AGENCY, officer.agency_id, event, actor, public, internal)


def gaps(
    names: Collection[str] | None = None, ids: Collection[str] | None = None, *, limit: int = 100, offset: int = 0
) -> tuple[int, list[dict[str, Any]]]:
    """The active agencies in which nobody does the work of a component today, in one statement.

    :param names: components, all by default
    :param ids: of the agencies to look at, all by default
    :returns: how many there are, and the wanted part of them
    """
    known = sorted(components())
    wanted = [name for name in known if names is None or name in names]
    names_array = sa.bindparam("components", wanted, sa.ARRAY(sa.Text))
    offered = sa.func.unnest(names_array).table_valued(sa.column("name", sa.Text), name="offered").render_derived()
    component = offered.c.name
    staffed = (
        _counting(RESPONSIBLE, None, None)
        .where(Officer.agency_id == model.Group.id, Officer.component == component)
        .exists()
    )
    total = sa.func.count().over().label("total")
    query = (
        sa.select(model.Group.id, model.Group.name, model.Group.title, agencies.TITLES, component, total)
        .select_from(model.Group)
        .join(offered, sa.true())
        .where(model.Group.is_organization, model.Group.state == model.State.ACTIVE, ~staffed)
        .order_by(model.Group.title, model.Group.id, component)
    )
    if ids is not None:
        query = query.where(model.Group.id == sa.any_(sa.bindparam("agencies", list(ids), sa.ARRAY(sa.Text))))
    rows = model.Session.execute(query.limit(limit).offset(offset)).all()
    found = [
        {"agency_id": row[0], "agency": row[1], "agency_title": agencies.shown_title(*row[1:4]), "component": row[4]}
        for row in rows
    ]
    return (rows[0].total if rows else 0), found
