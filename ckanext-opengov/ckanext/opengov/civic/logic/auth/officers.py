"""Who grants roles: administrators of the agency; who sees them: these and the agency's officers."""

from __future__ import annotations

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic import roles
from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.model.officers import Officer
from ckanext.opengov.civic.service import agencies

__all__ = ["officer_gap_list", "officer_grant", "officer_import", "officer_list", "officer_move", "officer_revoke"]


def _administrator(context: Context, agency_id: str | None) -> AuthResult:
    if access.administers(context, agency_id):
        return {"success": True}
    return {"success": False, "msg": tk._("Roles are granted and revoked by the administrators of the agency.")}


def _named_agency(value: object) -> str | None:
    """An agency that does not exist is refused by the rules, with a better sentence than "not authorised"."""
    found = agencies.find(value) if isinstance(value, str) and value else None
    return found.id if found else None


def officer_grant(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the agency, or of one above it."""
    return _administrator(context, _named_agency(data_dict.get("agency")))


def officer_import(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of any agency; the rows of other agencies are refused one by one."""
    return _administrator(context, None)


def officer_revoke(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the agency in which the role is held."""
    number = str(data_dict.get("id") or "")
    officer = model.Session.get(Officer, int(number)) if number.isdecimal() and len(number) < 19 else None
    return _administrator(context, officer.agency_id if officer else None)


def officer_move(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of both agencies."""
    places = [_named_agency(data_dict.get(name)) for name in ("from_agency", "to_agency")]
    answers = [_administrator(context, place) for place in places]
    return next((answer for answer in answers if not answer.get("success")), {"success": True})


def officer_gap_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of any agency, each for their own."""
    return _administrator(context, None)


def officer_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators and officers, each in their own agencies; everybody their own roles."""
    user = access.user_of(context)
    if user and data_dict.get("user") in {user.id, user.name}:
        return {"success": True}
    agency_id = _named_agency(data_dict.get("agency"))
    if access.administers(context, agency_id):
        return {"success": True}
    seen = any(access.may("officer_list", context, name, agency_id) for name in roles.components())
    return {"success": seen, "msg": tk._("Officers are listed for the administrators and officers of the agency.")}
