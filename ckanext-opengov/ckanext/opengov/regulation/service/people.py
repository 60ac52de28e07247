"""Who stands before a draft act: officers of its agency with their roles, experts with their channels, citizens."""

from __future__ import annotations

import datetime as dt

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.model.officers import Officer
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal, officers
from ckanext.opengov.regulation.model.acts import Accreditation
from ckanext.opengov.regulation.service.states import WRITERS
from ckanext.opengov.regulation.service.words import COMPONENT

EVERY_ROLE = frozenset(str(role) for role in Role)


def roles_in(user_id: str | None, agency_id: str | None) -> frozenset[str]:
    """The roles that a user holds today in this component of an agency; administrators of the portal hold all."""
    user = model.User.get(user_id) if user_id else None
    if user is None or user.state != model.State.ACTIVE:
        return frozenset()
    if user.sysadmin:
        return EVERY_ROLE
    query = sa.select(Officer.role).where(
        Officer.user_id == user.id,
        Officer.component == COMPONENT,
        Officer.agency_id == agency_id,
        officers.counts_on(officers.today()),
    )
    return frozenset(model.Session.scalars(query))


def writes(user_id: str | None, agency_id: str | None) -> bool:
    """Whether a user is one of the officers who write the drafts and answers of an agency."""
    return not roles_in(user_id, agency_id).isdisjoint({str(role) for role in WRITERS})


def channels_of(user_id: str | None, on: dt.date | None = None) -> dict[str, dict[str, str]]:
    """Channel → the organization for which an accredited expert speaks there, today by default."""
    if not user_id:
        return {}
    day = on or officers.today()
    query = sa.select(Accreditation.channel, Accreditation.organization).where(
        Accreditation.user_id == user_id,
        Accreditation.since <= day,
        sa.or_(Accreditation.until.is_(None), Accreditation.until >= day),
    )
    found = {row[0]: row[1] for row in model.Session.execute(query)}
    if found and not officers.holds(user_id, {Role.EXPERT}, component=COMPONENT, agency_id=None):
        return {}
    return found


def accredit(
    user_id: str, channel: str, organization: dict[str, str], since: dt.date, until: dt.date | None, actor: str
) -> Accreditation:
    """Let an expert speak in a channel from one day to another. The caller has checked the role."""
    found = model.Session.get(Accreditation, (user_id, channel))
    if found is None:
        found = Accreditation(user_id=user_id, channel=channel)
        model.Session.add(found)
    found.organization, found.since, found.until = organization, since, until
    model.Session.flush()
    about = {"channel": channel, "since": since.isoformat(), "until": until.isoformat() if until else None}
    journal.record("expert", user_id, "draft_act.accredited", actor=actor, internal=about)
    return found
