"""Who writes, reads, moves and counts appeals."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import agencies
from ckanext.opengov.dialog.model.appeals import Appeal, StandingAnswer
from ckanext.opengov.dialog.service.appeals import people, showing
from ckanext.opengov.dialog.service.appeals.people import COMPONENT, Person

# Steps of officers, each allowed to the roles of the table of states.
OFFICERS = (
    "appeal_take",
    "appeal_assign",
    "appeal_draft",
    "appeal_moderate",
    "appeal_forward",
    "appeal_extend",
    "appeal_ask",
    "appeal_answer_check",
    "appeal_answer",
    "appeal_not_consider",
    "appeal_picture_release",
)
# Steps of the author, who shows the account or the secret.
AUTHORS = ("appeal_clarify", "appeal_withdraw", "appeal_reopen", "appeal_rate", "appeal_close")
EVERYBODY = (
    "appeal_track",
    "appeal_list",
    "appeal_search",
    "appeal_similar",
    "appeal_statistics",
    "coverage_statistics",
)
OTHERS = (
    "appeal_create",
    "appeal_show",
    "appeal_attachment_show",
    "appeal_import",
    "standing_answer_create",
    "standing_answer_update",
    "standing_answer_list",
)
__all__ = [*OFFICERS, *AUTHORS, *EVERYBODY, *OTHERS]  # pyright: ignore[reportUnsupportedDunderAll]


def person_of(context: Context, data: DataDict | None = None) -> Person:
    """Who asks, with the secret that they show."""
    user = access.user_of(context)
    secret = (data or {}).get("secret")
    return Person(
        user.id if user else None,
        bool(context.get("ignore_auth") or (user and user.sysadmin)),
        secret if isinstance(secret, str) and secret else None,
    )


def visible(context: Context, data: DataDict) -> Appeal:
    """The appeal of a request.

    :raises ObjectNotFound: when there is none, or none that the person may see
    """
    appeal, person = showing.find(data.get("number")), person_of(context, data)
    if not showing.may_see(appeal, person):
        raise tk.ObjectNotFound(tk._("There is no appeal with this number. Check it against your letter."))
    return appeal


def _officer(action: str) -> Any:
    def auth(context: Context, data_dict: DataDict) -> AuthResult:
        """Officers of the appeal's agency whose roles may do this."""
        appeal = visible(context, data_dict)
        allowed = access.may(action, context, COMPONENT, appeal.agency_id)
        return {"success": allowed, "msg": tk._("Your role in this agency does not let you do this.")}

    auth.__name__ = action
    return auth


def _author(action: str) -> Any:
    @tk.auth_allow_anonymous_access
    def auth(context: Context, data_dict: DataDict) -> AuthResult:
        """The author of the appeal, by the account or by the secret."""
        is_author = person_of(context, data_dict).is_author(visible(context, data_dict))
        message = tk._("Only the author does this: sign in with your account, or give the secret of your letter.")
        return {"success": is_author, "msg": message}

    auth.__name__ = action
    return auth


def _everybody(action: str) -> Any:
    @tk.auth_allow_anonymous_access
    def auth(context: Context, data_dict: DataDict) -> AuthResult:
        """Everybody; what is shown depends on who asks."""
        return {"success": True}

    auth.__name__ = action
    return auth


globals().update({name: _officer(name) for name in OFFICERS})
globals().update({name: _author(name) for name in AUTHORS})
globals().update({name: _everybody(name) for name in EVERYBODY})


@tk.auth_allow_anonymous_access
def appeal_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Persons whose identity is confirmed as far as the portal's settings ask."""
    user = access.user_of(context)
    if not context.get("ignore_auth"):
        people.require(user.id if user else None, data_dict.get("kind"))
    return {"success": True}


@tk.auth_allow_anonymous_access
def appeal_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody who may see the appeal."""
    visible(context, data_dict)
    return {"success": True}


appeal_attachment_show = appeal_show


def appeal_import(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal."""
    return {"success": False, "msg": tk._("Only administrators of the portal bring appeals from another one.")}


def standing_answer_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers who answer appeals of the agency."""
    agency = agencies.find(str(data_dict.get("agency") or ""))
    allowed = agency is not None and access.may("standing_answer_create", context, COMPONENT, agency.id)
    return {"success": allowed, "msg": tk._("Only officers of the agency write its standing answers.")}


def standing_answer_update(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers who answer appeals of the agency."""
    found = model.Session.get(StandingAnswer, str(data_dict.get("id") or ""))
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such standing answer."))
    allowed = access.may("standing_answer_update", context, COMPONENT, found.agency_id)
    return {"success": allowed, "msg": tk._("Only officers of the agency write its standing answers.")}


@tk.auth_allow_anonymous_access
def standing_answer_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody reads the reviewed ones; drafts are for officers of the agency."""
    if data_dict.get("state", "reviewed") == "reviewed":
        return {"success": True}
    agency = agencies.find(str(data_dict.get("agency") or ""))
    allowed = agency is not None and access.may("standing_answer_update", context, COMPONENT, agency.id)
    return {"success": allowed, "msg": tk._("Only officers of the agency see its drafts. Name your agency.")}
