"""Who sees the desk of an appeal, the lists of officers, and standing answers."""

from __future__ import annotations

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.dialog.logic.auth.appeals import visible
from ckanext.opengov.dialog.model.appeals import StandingAnswer
from ckanext.opengov.dialog.service.appeals.people import COMPONENT

__all__ = ["appeal_moderation_queue", "appeal_work_list", "appeal_work_show", "standing_answer_show"]


def appeal_work_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers of the agency that has the appeal now, and those who watch over all agencies."""
    appeal = visible(context, data_dict)
    message = tk._("This appeal is with another agency. Only its officers work on it; what is public, everybody reads.")
    return {"success": access.may("appeal_work_show", context, COMPONENT, appeal.agency_id), "msg": message}


def appeal_work_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers of the dialogue of any agency; each sees the appeals of the own ones."""
    message = tk._(
        "Only officers of the dialogue see the agencies' lists. An administrator of your agency gives roles."
    )
    return {"success": access.may("appeal_work_list", context, COMPONENT, None), "msg": message}


def appeal_moderation_queue(context: Context, data_dict: DataDict) -> AuthResult:
    """Moderators of any agency; each sees the appeals of the own ones."""
    message = tk._("Only moderators see what waits to be published.")
    return {"success": access.may("appeal_moderation_queue", context, COMPONENT, None), "msg": message}


@tk.auth_allow_anonymous_access
def standing_answer_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody once it is reviewed; before and after that officers of the agency.

    :raises ObjectNotFound: for all others: that there is a draft is nobody's business
    """
    found = model.Session.get(StandingAnswer, str(data_dict.get("id") or ""))
    is_open = found is not None and (
        found.state == "reviewed" or access.may("standing_answer_update", context, COMPONENT, found.agency_id)
    )
    if not is_open:
        raise tk.ObjectNotFound(tk._("There is no such standing answer."))
    return {"success": True}
