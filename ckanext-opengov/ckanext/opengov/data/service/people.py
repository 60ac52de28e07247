"""Who stands before something of open data: the roles that a person holds there today."""

from __future__ import annotations

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.model.officers import Officer
from ckanext.opengov.civic.roles import ACROSS_AGENCIES, Role
from ckanext.opengov.civic.service import officers

COMPONENT = "data"


def roles_in(user_id: str | None, agency_id: str | None) -> frozenset[str]:
    """The roles in open data of an agency; those over all agencies count everywhere, also where there is no agency."""
    if not user_id:
        return frozenset()
    across = Officer.role.in_([str(one) for one in ACROSS_AGENCIES])
    query = (
        sa.select(Officer.role)
        .join(model.User, model.User.id == Officer.user_id)
        .where(Officer.user_id == user_id, Officer.component == COMPONENT, officers.counts_on(officers.today()))
        .where(model.User.state == model.State.ACTIVE)
        .where(sa.or_(across, Officer.agency_id == agency_id) if agency_id else across)
    )
    return frozenset(model.Session.scalars(query))


def everybody_with(role: Role) -> list[str]:
    """The users who hold a role over all agencies today."""
    query = sa.select(Officer.user_id).where(
        Officer.component == COMPONENT, Officer.role == str(role), officers.counts_on(officers.today())
    )
    return sorted(set(model.Session.scalars(query)))


def workers(agency_id: str) -> list[str]:
    """Who does the work of open data in an agency: its authors and publishers, else its heads."""
    for roles in ({Role.AUTHOR, Role.PUBLISHER}, {Role.DEPUTY_HEAD, Role.HEAD}):
        found = officers.responsible(COMPONENT, agency_id, roles)
        if found:
            return found
    return []
