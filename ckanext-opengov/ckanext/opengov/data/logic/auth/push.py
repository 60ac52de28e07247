"""Who registers data sets, pushes rows and makes tokens: officers of the agency by their roles, systems by a token."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import agencies
from ckanext.opengov.civic.service.refusal import Refusal
from ckanext.opengov.data.logic import presented
from ckanext.opengov.data.model.keyed import PushToken
from ckanext.opengov.data.service import keyed, push_tokens
from ckanext.opengov.data.service.push import receipts

__all__ = [
    "data_dataset_register",
    "data_push",
    "data_push_checklist_show",
    "data_push_receipt_list",
    "data_push_receipt_show",
    "data_push_systems_show",
    "data_structure_check",
    "data_structure_show",
    "data_structure_update",
    "data_token_create",
    "data_token_list",
    "data_token_revoke",
]

COMPONENT = "data"


def _agency_id(reference: Any) -> str:
    agency = agencies.find(reference) if isinstance(reference, str) and reference else None
    if agency is None:
        raise tk.ObjectNotFound(tk._("There is no agency “{name}”.").format(name=str(reference)[:100]))
    return agency.id


def _by_token(context: Context, scopes: tuple[str, ...], agency_id: str, package_id: str | None) -> AuthResult | None:
    """What a token says; None when there is none."""
    try:
        token = presented.token(context)
        if token is None:
            return None
        push_tokens.require(token, scopes, agency_id, package_id)
    except Refusal as refusal:
        return {"success": False, "msg": refusal.translated()}
    return {"success": True}


def _stock(action: str, context: Context, data_dict: DataDict) -> bool:
    """Whether the user's place in the CKAN organization is enough."""
    try:
        return bool(access.user_of(context)) and tk.check_access(action, tk.fresh_context(context), data_dict)
    except tk.NotAuthorized:
        return False


@tk.auth_allow_anonymous_access
def data_dataset_register(context: Context, data_dict: DataDict) -> AuthResult:
    """Authors and publishers of the agency, its editors, and systems with a token of the scope ``register``."""
    agency_id = _agency_id(data_dict.get("agency"))
    told = _by_token(context, (push_tokens.REGISTER, push_tokens.SANDBOX), agency_id, None)
    if told:
        return told
    may = access.may("data_dataset_register", context, COMPONENT, agency_id)
    may = may or _stock("package_create", context, {"owner_org": agency_id})
    return {
        "success": may,
        "msg": tk._("Only officers of the agency, or a system with its token, register its data sets."),
    }


def _table(data_dict: DataDict) -> Any:
    table = keyed.get(str(data_dict.get("resource_id") or data_dict.get("id") or ""))
    if table is None:
        raise tk.ObjectNotFound(tk._("There is no keyed table of this resource. Register the data set first."))
    return table


@tk.auth_allow_anonymous_access
def data_push(context: Context, data_dict: DataDict) -> AuthResult:
    """Authors and publishers of the agency, its editors, and systems with a token of the scope ``push``."""
    table = _table(data_dict)
    agency_id = _filler(context, data_dict, table)
    told = _by_token(context, (push_tokens.PUSH, push_tokens.SANDBOX), agency_id, table.package_id)
    if told:
        return told
    may = access.may("data_push", context, COMPONENT, agency_id)
    is_own = agency_id == table.agency_id
    stock = ("package_update", {"id": table.package_id}) if is_own else ("package_create", {"owner_org": agency_id})
    may = may or _stock(stock[0], context, stock[1])
    return {"success": may, "msg": tk._("Only officers of the agency, or a system with its token, send rows.")}


def _filler(context: Context, data_dict: DataDict, table: Any) -> str:
    """The agency for which somebody sends rows: that of the table, or one that fills a part of it."""
    try:
        token = presented.token(context)
    except Refusal:
        # Why it is not valid is told where it is checked.
        token = None
    reference = data_dict.get("agency")
    structure = keyed.structure_of(table)
    return keyed.filler(table, structure, reference, token.agency_id if token else None).id


data_push_receipt_list = data_push


@tk.auth_allow_anonymous_access
def data_push_receipt_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may push to the table."""
    receipt = receipts.get(str(data_dict.get("id") or ""))
    if receipt is None:
        raise tk.ObjectNotFound(tk._("There is no such receipt."))
    return data_push(context, {"resource_id": receipt["resource_id"]})


@tk.auth_allow_anonymous_access
def data_push_systems_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


data_structure_check = data_push_systems_show


@tk.auth_allow_anonymous_access
def data_structure_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the resource, and its agency's tokens."""
    table = _table(data_dict)
    told = _by_token(context, tuple(push_tokens.SCOPES), _filler(context, data_dict, table), table.package_id)
    if told:
        return told
    return {"success": tk.check_access("resource_show", tk.fresh_context(context), {"id": table.resource_id})}


def data_structure_update(context: Context, data_dict: DataDict) -> AuthResult:
    """Authors and publishers of the agency whose table it is, and its editors."""
    table = _table(data_dict)
    may = access.may("data_dataset_register", context, COMPONENT, table.agency_id)
    may = may or _stock("package_update", context, {"id": table.package_id})
    return {"success": may, "msg": tk._("Only officers of the agency change the structure of its tables.")}


def _manages(context: Context, agency_id: str) -> AuthResult:
    may = access.may("data_token_create", context, COMPONENT, agency_id) or access.administers(context, agency_id)
    return {"success": may, "msg": tk._("Only publishers, heads and administrators of the agency see to its tokens.")}


def data_token_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Publishers and heads of the agency, and its administrators."""
    return _manages(context, _agency_id(data_dict.get("agency")))


data_token_list = data_push_checklist_show = data_token_create


def data_token_revoke(context: Context, data_dict: DataDict) -> AuthResult:
    """Publishers and heads of the agency, and its administrators."""
    token = model.Session.get(PushToken, str(data_dict.get("id") or ""))
    if token is None:
        raise tk.ObjectNotFound(tk._("There is no such token."))
    return _manages(context, token.agency_id)
