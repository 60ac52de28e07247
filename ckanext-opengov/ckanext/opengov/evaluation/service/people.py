"""Who stands before an evaluation: the agency's own people, evaluators and supervisors of other agencies."""

from __future__ import annotations

from dataclasses import dataclass

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.model.officers import Officer
from ckanext.opengov.civic.roles import ACROSS_AGENCIES, Role
from ckanext.opengov.civic.service import officers
from ckanext.opengov.evaluation.service.states import SYSTEM

COMPONENT = "evaluation"
OFFICIALS = frozenset({Role.EVALUATOR, Role.SUPERVISOR})
STAFF = frozenset({Role.AUTHOR, Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD})
_ACROSS = frozenset(str(role) for role in ACROSS_AGENCIES)


@dataclass(frozen=True)
class Person:
    """Somebody who wants to do something; without a user the portal itself."""

    user_id: str | None
    is_sysadmin: bool = False

    def kinds(self, agency_id: str) -> frozenset[str]:
        """What the person is to an evaluation of this agency.

        Nobody judges the own agency: who holds any role in it is neither its evaluator nor its supervisor.
        """
        if self.user_id is None:
            return frozenset({SYSTEM})
        held = self._held()
        own = frozenset(role for role, agency in held if agency == agency_id)
        if own:
            return own - _ACROSS
        across = frozenset(role for role, _ in held) & _ACROSS
        return across | {str(Role.SUPERVISOR)} if self.is_sysadmin else across

    def is_own(self, agency_id: str) -> bool:
        """Whether the person holds a role in the agency, whichever it is."""
        return self.user_id is not None and any(agency == agency_id for _, agency in self._held())

    def _held(self) -> set[tuple[str, str]]:
        """Role and agency, in this component; roles of other components tie a person to an agency as well."""
        query = (
            sa.select(Officer.role, Officer.agency_id, Officer.component)
            .join(model.User, model.User.id == Officer.user_id)
            .where(Officer.user_id == self.user_id, officers.counts_on(officers.today()))
            .where(model.User.state == model.State.ACTIVE)
        )
        return {
            (role if component == COMPONENT else f"{component}:{role}", agency)
            for role, agency, component in model.Session.execute(query)
        }


PORTAL = Person(None)
