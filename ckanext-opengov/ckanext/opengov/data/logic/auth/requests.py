"""Who asks for data, supports, finds the agency, moderates and answers."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import persons
from ckanext.opengov.data.model.requests import DataRequest
from ckanext.opengov.data.service.requests import moving
from ckanext.opengov.data.service.requests.people import Person
from ckanext.opengov.data.service.requests.states import OUTCOMES, whoever

__all__ = [
    "data_request_answer",
    "data_request_assign",
    "data_request_create",
    "data_request_forward",
    "data_request_list",
    "data_request_moderate",
    "data_request_show",
    "data_request_support",
    "data_request_withdraw",
]

LEVELS = {"none": persons.Level.NONE, "email": persons.Level.EMAIL, "verified": persons.Level.VERIFIED}


def person_of(context: Context) -> Person:
    """Who asks."""
    user = access.user_of(context)
    is_admin = bool(context.get("ignore_auth")) or bool(user and user.sysadmin)
    return Person(user.id if user else None, is_admin)


def _request(context: Context, data: DataDict) -> DataRequest:
    """The request, if the person may see it.

    :raises ObjectNotFound: also for one that the person may not see: that it exists is nobody's business
    """
    reference = data.get("id")
    found = moving.get(reference if isinstance(reference, str) and reference.isprintable() else "")
    if found.visibility != "public" and not person_of(context).reads_all(found):
        raise tk.ObjectNotFound(tk._("There is no such request."))
    return found


def _require_level(context: Context) -> bool:
    user = access.user_of(context)
    if user is None:
        persons.require(None, persons.Level.EMAIL)
    persons.require(user.id if user else None, LEVELS[tk.config["opengov.data.request_level"]])
    return user is not None


@tk.auth_sysadmins_check
@tk.auth_allow_anonymous_access
def data_request_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Persons whose identity is confirmed as far as the setting asks."""
    return {"success": _require_level(context)}


@tk.auth_sysadmins_check
@tk.auth_allow_anonymous_access
def data_request_support(context: Context, data_dict: DataDict) -> AuthResult:
    """The same persons; nobody their own request."""
    found = _request(context, data_dict)
    _require_level(context)
    user = access.user_of(context)
    is_other = user is not None and user.id != found.author_id
    return {"success": is_other, "msg": tk._("You cannot support your own request: you count already.")}


@tk.auth_allow_anonymous_access
def data_request_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody; what is not public only its author and officers."""
    _request(context, data_dict)
    return {"success": True}


@tk.auth_allow_anonymous_access
def data_request_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody; the scopes show each what they may see."""
    return {"success": True}


def _step(context: Context, data: DataDict, *events: str) -> AuthResult:
    found = _request(context, data)
    allowed = frozenset[str]().union(*(whoever(event) for event in events))
    may = not person_of(context).kinds(found).isdisjoint(allowed)
    return {"success": may, "msg": tk._("This step of a request is not yours to take.")}


def data_request_moderate(context: Context, data_dict: DataDict) -> AuthResult:
    """Moderators of the agency, and the authorised body."""
    return _step(context, data_dict, "moderate_accept")


def data_request_assign(context: Context, data_dict: DataDict) -> AuthResult:
    """The authorised body's list approver."""
    return _step(context, data_dict, "assign")


def data_request_forward(context: Context, data_dict: DataDict) -> AuthResult:
    """Publishers and heads of the agency that is asked."""
    return _step(context, data_dict, "forward")


def data_request_answer(context: Context, data_dict: DataDict) -> AuthResult:
    """Publishers and heads of the agency that is asked; the authorised body while none is."""
    event: Any = OUTCOMES.get(str(data_dict.get("outcome")))
    return _step(context, data_dict, *([event] if event else OUTCOMES.values()))


@tk.auth_sysadmins_check
def data_request_withdraw(context: Context, data_dict: DataDict) -> AuthResult:
    """The author."""
    return _step(context, data_dict, "withdraw")
