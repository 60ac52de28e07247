"""Who stands before an appeal: its author, officers of its agency with their roles, the portal itself."""

from __future__ import annotations

from dataclasses import dataclass

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.officers import Officer
from ckanext.opengov.civic.roles import ACROSS_AGENCIES, Role
from ckanext.opengov.civic.service import officers, persons
from ckanext.opengov.civic.service.persons import Level
from ckanext.opengov.dialog.model.appeals import Appeal
from ckanext.opengov.dialog.service.appeals import numbers
from ckanext.opengov.dialog.service.appeals.states import AUTHOR, SYSTEM

COMPONENT = "dialog"
# Officers who read an appeal with its originals, in its own agency or over all of them.
READERS = frozenset({Role.AUTHOR, Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD, Role.MODERATOR, Role.SUPERVISOR})


@dataclass(frozen=True)
class Person:
    """Somebody who asks. ``secret`` is what the author of an appeal got with its number."""

    user_id: str | None = None
    is_admin: bool = False
    secret: str | None = None

    def kinds(self, appeal: Appeal) -> frozenset[str]:
        """What this person is to the appeal: roles in its agency, the author, or nothing."""
        found = {AUTHOR} if self.is_author(appeal) else set()
        if self.is_admin:
            return frozenset(found | {str(role) for role in Role})
        return frozenset(found | roles_in(self.user_id, appeal.agency_id))

    def is_author(self, appeal: Appeal) -> bool:
        """Whether the person wrote the appeal: by the account, or by the secret."""
        if self.user_id and self.user_id == appeal.author_id:
            return True
        return bool(self.secret) and numbers.fits(appeal.number, self.secret or "", appeal.secret_hash)

    def reads_all(self, appeal: Appeal) -> bool:
        """Whether the person reads the originals: the author and the officers of the agency."""
        return not self.kinds(appeal).isdisjoint({AUTHOR, *map(str, READERS)})


class Portal(Person):
    """The portal itself: what happens when a time is over."""

    def kinds(self, appeal: Appeal) -> frozenset[str]:
        return frozenset({SYSTEM})


PORTAL = Portal()


def roles_in(user_id: str | None, agency_id: str) -> set[str]:
    """The roles that a user holds today in the dialogue of an agency; those over all agencies count everywhere."""
    if not user_id:
        return set()
    query = (
        sa.select(Officer.role)
        .join(model.User, model.User.id == Officer.user_id)
        .where(Officer.user_id == user_id, Officer.component == COMPONENT, officers.counts_on(officers.today()))
        .where(model.User.state == model.State.ACTIVE)
        .where(sa.or_(Officer.agency_id == agency_id, Officer.role.in_([str(one) for one in ACROSS_AGENCIES])))
    )
    return set(model.Session.scalars(query))


def level() -> Level:
    """How far the identity of an author must be confirmed."""
    name = str(tk.config["opengov.dialog.level"]).strip().upper()
    if name not in Level.__members__:
        raise ValueError(f"opengov.dialog.level is “{name.lower()}”; it is none, email or verified")
    return Level[name]


def anonymous_kinds() -> list[str]:
    """The kinds that visitors without an account may file."""
    return list(tk.config["opengov.dialog.anonymous_kinds"])


def require(user_id: str | None, kind: object) -> None:
    """Refuse an author of whom the portal is not sure enough.

    :raises NotAuthorized: with a sentence that says how to get there
    """
    if user_id is None and kind in anonymous_kinds():
        return
    if user_id is None:
        persons.require(None, Level.EMAIL)
    persons.require(user_id, level())
