"""Who stands before a programme, a report or an audit: officers of its agency with their roles, the portal itself."""

from __future__ import annotations

from dataclasses import dataclass

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.civic.model.officers import Officer
from ckanext.opengov.civic.roles import ACROSS_AGENCIES, Role
from ckanext.opengov.civic.service import officers

SYSTEM = "system"
SIGNING = frozenset({Role.HEAD, Role.DEPUTY_HEAD})
CHIEFS = SIGNING | {Role.PUBLISHER}
WRITERS = CHIEFS | {Role.AUTHOR}
COUNCIL = frozenset({Role.COUNCIL_MEMBER})
# Who sees what is not public yet.
INSIDE = WRITERS | {Role.MODERATOR, Role.SUPERVISOR}


@dataclass(frozen=True)
class Person:
    """Somebody who asks."""

    user_id: str | None = None
    is_admin: bool = False

    def kinds(self, agency_id: str) -> frozenset[str]:
        """The roles that this person holds in an agency's budget."""
        if self.is_admin:
            return frozenset(str(role) for role in Role)
        return roles_in(self.user_id, agency_id)


class Portal(Person):
    """The portal itself: what happens when a time is over."""

    def kinds(self, agency_id: str) -> frozenset[str]:
        return frozenset({SYSTEM})


PORTAL = Portal()


def roles_in(user_id: str | None, agency_id: str) -> frozenset[str]:
    """The roles that a user holds today in an agency's budget; those over all agencies count everywhere."""
    if not user_id:
        return frozenset()
    across = [str(one) for one in ACROSS_AGENCIES]
    query = (
        sa.select(Officer.role)
        .join(model.User, model.User.id == Officer.user_id)
        .where(Officer.user_id == user_id, Officer.component == COMPONENT, officers.counts_on(officers.today()))
        .where(model.User.state == model.State.ACTIVE)
        .where(sa.or_(Officer.agency_id == agency_id, Officer.role.in_(across)))
    )
    return frozenset(model.Session.scalars(query))
