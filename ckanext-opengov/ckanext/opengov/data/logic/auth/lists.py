"""Who reads the drafts of lists, writes items, and brings them from state to state."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import agencies
from ckanext.opengov.data.service.lists import items
from ckanext.opengov.data.service.lists.states import COMPONENT, STEPS

__all__ = [
    "data_list_export",
    "data_list_import",
    "data_list_item_upsert",
    "data_list_list",
    "data_list_show",
    "data_list_transition",
]


def _agency_id(data: DataDict) -> str | None:
    """The agency of a request; the action itself refuses one that does not exist."""
    item_id: Any = data.get("id")
    if isinstance(item_id, str) and item_id:
        return items.get(item_id).agency_id
    reference = data.get("agency")
    found = agencies.find(reference) if isinstance(reference, str) and reference else None
    return found.id if found else None


@tk.auth_allow_anonymous_access
def data_list_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody; drafts are left out for all but officers of the agency and the authorised body."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def data_list_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def data_list_export(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody, as the list itself."""
    return {"success": True}


def data_list_item_upsert(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers who write, in the agency; the list approver."""
    may = access.may("data_list_item_upsert", context, COMPONENT, _agency_id(data_dict))
    return {"success": may, "msg": tk._("Only officers of open data in the agency change its list.")}


def data_list_import(context: Context, data_dict: DataDict) -> AuthResult:
    """The same."""
    return data_list_item_upsert(context, data_dict)


def data_list_transition(context: Context, data_dict: DataDict) -> AuthResult:
    """Whom the table of events names."""
    event = data_dict.get("event")
    events = [event] if event in STEPS else list(STEPS)
    agency = _agency_id(data_dict)
    may = any(access.may(f"data_list_{name}", context, COMPONENT, agency) for name in events)
    return {"success": may, "msg": tk._("This step of the list is not yours to take.")}
