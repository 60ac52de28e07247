"""Who makes polls, who sees them, who votes."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import agencies, persons
from ckanext.opengov.dialog.service.polls import finding
from ckanext.opengov.dialog.service.polls.life import COMPONENT
from ckanext.opengov.dialog.service.polls.rules import State

__all__ = [
    "poll_create",
    "poll_list",
    "poll_receipt_verify",
    "poll_recount",
    "poll_results",
    "poll_show",
    "poll_text_list",
    "poll_text_moderate",
    "poll_transition",
    "poll_update",
    "poll_vote",
]

LEVELS = {"email": persons.Level.EMAIL, "verified": persons.Level.VERIFIED}


def poll_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Publishers and moderators of the agency; before it is chosen, of any agency."""
    reference: Any = data_dict.get("owner_org")
    agency = agencies.find(reference) if isinstance(reference, str) and reference else None
    may = access.may("poll_create", context, COMPONENT, agency.id if agency else None)
    return {"success": may, "msg": tk._("Only publishers and moderators of the agency make its polls.")}


def _managed(action: str, context: Context, data_dict: DataDict) -> AuthResult:
    poll = finding.get(data_dict.get("id"))
    may = access.may(action, context, COMPONENT, poll.agency_id)
    return {"success": may, "msg": tk._("Only publishers and moderators of the agency change its polls.")}


def poll_update(context: Context, data_dict: DataDict) -> AuthResult:
    """Publishers and moderators of the agency."""
    return _managed("poll_update", context, data_dict)


def poll_transition(context: Context, data_dict: DataDict) -> AuthResult:
    """Publishers and moderators of the agency."""
    return _managed("poll_transition", context, data_dict)


def poll_text_moderate(context: Context, data_dict: DataDict) -> AuthResult:
    """Moderators of the agency."""
    poll = finding.get(data_dict.get("id"))
    may = access.may("poll_text_moderate", context, COMPONENT, poll.agency_id)
    return {"success": may, "msg": tk._("Only moderators of the agency decide on answers in own words.")}


poll_text_list = poll_text_moderate


@tk.auth_allow_anonymous_access
def poll_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody; a draft only the agency's publishers and moderators."""
    poll = finding.get(data_dict.get("id"))
    may = poll.state != State.DRAFT or access.may("poll_update", context, COMPONENT, poll.agency_id)
    return {"success": may, "msg": tk._("This poll is not announced yet.")}


poll_results = poll_recount = poll_receipt_verify = poll_show


@tk.auth_allow_anonymous_access
def poll_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody; drafts are listed for whoever may change them."""
    return {"success": True}


@tk.auth_sysadmins_check
def poll_vote(context: Context, data_dict: DataDict) -> AuthResult:
    """Persons whose identity is confirmed as far as the poll asks. An administrator is a person like others."""
    poll, user = finding.get(data_dict.get("id")), access.user_of(context)
    persons.require(user.id if user else None, LEVELS[poll.level])
    return {"success": user is not None and poll.state != State.DRAFT, "msg": tk._("This poll is not announced yet.")}
