"""Who drafts programmes, moves them on, gives the council's opinion, and reads them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.budget.service.programmes import moving
from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import agencies

__all__ = [
    "budget_programme_compare",
    "budget_programme_create",
    "budget_programme_import",
    "budget_programme_list",
    "budget_programme_show",
    "budget_programme_transition",
    "budget_programme_update",
    "council_opinion_create",
]


def text_of(value: Any) -> str:
    """What a request gives as a name; nothing for what is none."""
    return value if isinstance(value, str) and value.isprintable() else ""


def _programme(context: Context, data: DataDict) -> Programme:
    """The programme, if the user may see it.

    :raises ObjectNotFound: also for a draft that the user may not see: that it exists is nobody's business
    """
    found = moving.get(text_of(data.get("id")))
    if not moving.is_public(found) and not access.may("budget_draft_show", context, COMPONENT, found.agency_id):
        raise tk.ObjectNotFound(tk._("There is no such budget programme."))
    return found


def budget_programme_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers who write, in the agency; before it is chosen, in any."""
    found = agencies.find(text_of(data_dict.get("owner_org")))
    may = access.may("budget_programme_create", context, COMPONENT, found.id if found else None)
    return {"success": may, "msg": tk._("Only officers of the agency’s budget write its programmes.")}


def budget_programme_import(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal."""
    return {"success": False, "msg": tk._("Only administrators of the portal bring programmes from elsewhere.")}


def budget_programme_update(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers who write, in the agency."""
    found = _programme(context, data_dict)
    may = access.may("budget_programme_update", context, COMPONENT, found.agency_id)
    return {"success": may, "msg": tk._("Only officers of the agency’s budget write its programmes.")}


def budget_programme_transition(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers whom the table of states names for some event; the service asks for this one."""
    found = _programme(context, data_dict)
    may = access.may("budget_programme_transition", context, COMPONENT, found.agency_id)
    return {"success": may, "msg": tk._("This step of a programme is not yours to take.")}


def council_opinion_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Members of the agency's public council."""
    found = _programme(context, data_dict)
    may = access.may("council_opinion_create", context, COMPONENT, found.agency_id)
    return {"success": may, "msg": tk._("Only members of the agency’s public council give its opinion.")}


@tk.auth_allow_anonymous_access
def budget_programme_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody; drafts only officers of the agency."""
    _programme(context, data_dict)
    return {"success": True}


budget_programme_compare = budget_programme_show


@tk.auth_allow_anonymous_access
def budget_programme_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody; the own desk only who is signed in."""
    is_mine = data_dict.get("mine") in (True, "true", "True", "1")
    return {"success": not is_mine or access.user_of(context) is not None}
