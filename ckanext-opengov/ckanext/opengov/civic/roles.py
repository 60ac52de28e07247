"""The roles of officers, and what each may do: role × component × action, as data.

A component declares its actions in its manifest (``permissions``); those below hold in every component. The table of
all loaded components is printed by ``ckan opengov roles`` and stands in ``docs/roles.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ckanext.opengov.civic.interfaces import ComponentManifest, manifests
from ckanext.opengov.civic.service.refusal import N_


class Role(StrEnum):
    """What an officer is in a component of an agency."""

    AUTHOR = "author"
    PUBLISHER = "publisher"
    HEAD = "head"
    DEPUTY_HEAD = "deputy_head"
    MODERATOR = "moderator"
    LIST_APPROVER = "list_approver"
    SUPERVISOR = "supervisor"
    EVALUATOR = "evaluator"
    COUNCIL_MEMBER = "council_member"
    EXPERT = "expert"
    METHODOLOGIST = "methodologist"


# Role → its name and what its holder does.
TITLES: Mapping[Role, tuple[str, str]] = {
    Role.AUTHOR: (N_("Author"), N_("prepares drafts, answers and publications")),
    Role.PUBLISHER: (N_("Publisher"), N_("checks what authors prepared and makes it public")),
    Role.HEAD: (N_("Head"), N_("the first head of the agency; signs answers and decisions")),
    Role.DEPUTY_HEAD: (N_("Deputy head"), N_("signs what the head has passed on")),
    Role.MODERATOR: (N_("Moderator"), N_("decides which texts of citizens become public")),
    Role.LIST_APPROVER: (N_("List approver"), N_("approves the agencies' lists of open data, in the authorised body")),
    Role.SUPERVISOR: (N_("Supervisor"), N_("watches that all agencies keep the terms")),
    Role.EVALUATOR: (N_("Evaluator"), N_("scores agencies other than their own")),
    Role.COUNCIL_MEMBER: (N_("Council member"), N_("a member of the agency's public council; gives its opinion")),
    Role.EXPERT: (N_("Expert"), N_("an accredited expert; gives opinions on drafts of all agencies")),
    Role.METHODOLOGIST: (N_("Methodologist"), N_("answers the questions of officers of all agencies")),
}

# These act on all agencies, whichever they belong to. Only an administrator of the portal grants them: an agency
# could otherwise make its own people the supervisors of others.
ACROSS_AGENCIES = frozenset(
    {Role.LIST_APPROVER, Role.SUPERVISOR, Role.EVALUATOR, Role.EXPERT, Role.METHODOLOGIST},
)
# An agency without any of these in a component has nobody who would do its work there.
RESPONSIBLE = frozenset({Role.AUTHOR, Role.PUBLISHER, Role.HEAD, Role.DEPUTY_HEAD, Role.MODERATOR})
# Members of the agencies' staff; experts and members of public councils are not.
STAFF = frozenset(Role) - {Role.COUNCIL_MEMBER, Role.EXPERT}

Permissions = Mapping[str, frozenset[Role]]

# What holds in every component: seeing who else is an officer, and the part of the journal that is not public.
PERMISSIONS: Permissions = {
    "officer_list": STAFF,
    "journal_list": STAFF,
    "journal_verify": STAFF,
}


def components() -> dict[str, ComponentManifest]:
    """The components that have officers: those that declare permissions, by name."""
    return {manifest.name: manifest for manifest in manifests() if manifest.permissions and manifest.name != "civic"}


def _kit_permissions() -> Permissions:
    return next((manifest.permissions for manifest in manifests() if manifest.name == "civic"), {})


def shared_permissions() -> Permissions:
    """What holds in every component: the table above and what the parts of the civic kit add in its manifest."""
    return {**PERMISSIONS, **_kit_permissions()}


def permissions_of(component: str) -> Permissions:
    """Action → roles in one component; empty for a component without officers."""
    manifest = components().get(component)
    return {**shared_permissions(), **manifest.permissions} if manifest else {}


def roles_of(component: str) -> frozenset[Role]:
    """The roles that can be granted in a component: those that one of its actions, or of the civic kit's, asks for."""
    manifest = components().get(component)
    if manifest is None:
        return frozenset()
    return frozenset().union(*manifest.permissions.values(), *_kit_permissions().values())
