"""Who asks, and whether their roles let them: what the auth functions of all components consult."""

from __future__ import annotations

from dataclasses import dataclass

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.opengov.civic import roles
from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.service import agencies, officers, transferred_days

AGENCY = officers.AGENCY


@dataclass(frozen=True)
class Subject:
    """The entity of a request: whose it is. ``component`` is None for an agency itself."""

    entity_type: str
    entity_id: str
    component: str | None
    agency_id: str | None


def user_of(context: Context) -> model.User | None:
    """The active user who asks, None for a visitor without identity."""
    user = context.get("auth_user_obj") or model.User.get(context.get("user") or None)
    return user if isinstance(user, model.User) and user.state == model.State.ACTIVE else None


def may(action: str, context: Context, component: str, agency_id: str | None) -> bool:
    """Whether the user holds a role that may do this in a component of an agency.

    A role over all agencies counts wherever its holder belongs to. An administrator of the portal may do everything.

    :param action: a name of the table in ``docs/roles.md``
    :param agency_id: None for any agency
    """
    if context.get("ignore_auth"):
        return True
    user = user_of(context)
    if user is None:
        return False
    if user.sysadmin:
        return True
    allowed = roles.permissions_of(component).get(action, frozenset())
    across = allowed & roles.ACROSS_AGENCIES
    return _holds(user, allowed - across, component, agency_id) or _holds(user, across, component, None)


def _holds(user: model.User, allowed: frozenset[roles.Role], component: str, agency_id: str | None) -> bool:
    return bool(allowed) and officers.holds(user.id, allowed, component=component, agency_id=agency_id)


def administers(context: Context, agency_id: str | None = None) -> bool:
    """Whether the user is an administrator of the agency, or with None of any agency."""
    user = user_of(context)
    if context.get("ignore_auth") or (user and user.sysadmin):
        return True
    if user is None:
        return False
    own = agencies.administered(user.id)
    return agency_id in own if agency_id else bool(own)


def administered(context: Context) -> frozenset[str] | None:
    """The ids of the agencies in which the user may grant roles; None for all of them."""
    user = user_of(context)
    if context.get("ignore_auth") or (user and user.sysadmin):
        return None
    return agencies.administered(user.id) if user else frozenset()


def subject(context: Context, entity_type: str, entity_id: str) -> Subject:
    """The entity, if the user may see it.

    :raises NotAuthorized: when the user may not see it
    :raises ObjectNotFound: when there is no such entity
    """
    if entity_type == AGENCY:
        agency = agencies.find(entity_id)
        if agency is None:
            raise tk.ObjectNotFound(tk._("There is no agency “{id}”.").format(id=entity_id))
        tk.check_access("organization_show", tk.fresh_context(context), {"id": agency.id})
        return Subject(entity_type, agency.id, None, agency.id)
    if (entity_type, entity_id) == transferred_days.ENTITY:
        return Subject(entity_type, entity_id, None, None)
    package = model.Package.get(entity_id)
    if package is None or package.type != entity_type:
        message = tk._("There is nothing of type “{type}” with the id “{id}”.")
        raise tk.ObjectNotFound(message.format(type=entity_type, id=entity_id))
    tk.check_access("package_show", tk.fresh_context(context), {"id": package.id})
    return Subject(entity_type, package.id, _component_of(entity_type), package.owner_org)


def _component_of(entity_type: str) -> str | None:
    return next((m.name for m in manifests() for kind in m.entity_types if kind.name == entity_type), None)


def sees_inside(action: str, context: Context, of: Subject) -> bool:
    """Whether the user is an officer whose roles open the internal part of this entity's journal."""
    if of.component:
        return may(action, context, of.component, of.agency_id)
    if of.entity_type != AGENCY:
        return may(action, context, "", None)
    return administers(context, of.agency_id) or any(
        may(action, context, name, of.agency_id) for name in roles.components()
    )
