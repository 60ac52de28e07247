"""Who writes, reads, moves and answers draft acts."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import agencies, persons
from ckanext.opengov.civic.service.persons import Level
from ckanext.opengov.regulation.model.acts import DraftAct
from ckanext.opengov.regulation.service import people, showing
from ckanext.opengov.regulation.service.words import CITIZEN, COMPONENT

# Steps of officers, each allowed to the roles of the manifest in the act's agency.
OFFICERS = (
    "draft_act_update",
    "draft_act_part_update",
    "draft_act_part_delete",
    "draft_act_version_create",
    "draft_act_transition",
    "draft_act_comment_respond",
)
READERS = (
    "draft_act_show",
    "draft_act_part_list",
    "draft_act_part_show",
    "draft_act_comment_show",
    "draft_act_comment_list",
    "draft_act_comment_counts",
    "draft_act_discussion_export",
    "draft_act_document_show",
)
EVERYBODY = ("draft_act_list", "draft_act_search")
OTHERS = (
    "draft_act_create",
    "draft_act_document_create",
    "draft_act_comment_create",
    "draft_act_vote",
    "draft_act_work_list",
    "draft_act_archive_import",
    "draft_act_expert_accredit",
)
__all__ = [*OFFICERS, *READERS, *EVERYBODY, *OTHERS]  # pyright: ignore[reportUnsupportedDunderAll]


def visible(context: Context, data: DataDict) -> DraftAct:
    """The act of a request.

    :raises ObjectNotFound: when there is none, or none that the person may see
    """
    act, user = showing.find(data.get("id")), access.user_of(context)
    if not context.get("ignore_auth") and not showing.may_read(act, user.id if user else None):
        raise tk.ObjectNotFound(tk._("There is no draft act “{id}”.").format(id=str(data.get("id"))[:60]))
    return act


def officer(action: str) -> Any:
    def auth(context: Context, data_dict: DataDict) -> AuthResult:
        """Officers of the developer agency whose roles may do this."""
        act = visible(context, data_dict)
        allowed = access.may(action, context, COMPONENT, act.agency_id)
        return {"success": allowed, "msg": tk._("Only officers of the agency that develops the act do this.")}

    auth.__name__ = action
    return auth


def reader(action: str) -> Any:
    @tk.auth_allow_anonymous_access
    def auth(context: Context, data_dict: DataDict) -> AuthResult:
        """Everybody who may see the act."""
        visible(context, data_dict)
        return {"success": True}

    auth.__name__ = action
    return auth


def everybody(action: str) -> Any:
    @tk.auth_allow_anonymous_access
    def auth(context: Context, data_dict: DataDict) -> AuthResult:
        """Everybody."""
        return {"success": True}

    auth.__name__ = action
    return auth


globals().update({name: officer(name) for name in OFFICERS})
globals().update({name: reader(name) for name in READERS})
globals().update({name: everybody(name) for name in EVERYBODY})


def draft_act_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers of the agency who write its drafts; before it is chosen, of any agency."""
    reference: Any = data_dict.get("owner_org")
    agency = agencies.find(reference) if isinstance(reference, str) and reference else None
    allowed = access.may("draft_act_create", context, COMPONENT, agency.id if agency else None)
    return {"success": allowed, "msg": tk._("Only officers of the agency write its draft acts.")}


def draft_act_work_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers of open regulations; each sees what is theirs."""
    allowed = access.may("draft_act_work_list", context, COMPONENT, None)
    return {"success": allowed, "msg": tk._("Only officers of agencies see this list.")}


def draft_act_document_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers of the agency; opinions are brought by accredited experts."""
    act, user = visible(context, data_dict), access.user_of(context)
    if data_dict.get("kind") == "opinion" and user and data_dict.get("channel") in people.channels_of(user.id):
        return {"success": True}
    allowed = access.may("draft_act_document_create", context, COMPONENT, act.agency_id)
    return {"success": allowed, "msg": tk._("Only officers of the agency and accredited experts add documents.")}


def draft_act_comment_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Persons with a confirmed address; in a channel of experts those who are accredited there."""
    visible(context, data_dict)
    user = access.user_of(context)
    persons.require(user.id if user else None, Level.EMAIL)
    channel = data_dict.get("channel") or CITIZEN
    allowed = channel == CITIZEN or channel in people.channels_of(user.id if user else None)
    return {"success": allowed, "msg": tk._("You are not accredited as an expert in this channel.")}


def draft_act_vote(context: Context, data_dict: DataDict) -> AuthResult:
    """Persons with a confirmed address."""
    visible(context, data_dict)
    user = access.user_of(context)
    persons.require(user.id if user else None, Level.EMAIL)
    return {"success": True}


def draft_act_archive_import(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal."""
    return {"success": False, "msg": tk._("Only administrators of the portal bring acts from an archive.")}


def draft_act_expert_accredit(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal."""
    return {"success": False, "msg": tk._("Only administrators of the portal accredit experts.")}
