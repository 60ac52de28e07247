"""Who holds contests, who takes part, who judges."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.data.logic.auth.apps import is_author
from ckanext.opengov.data.service.apps import contests, life
from ckanext.opengov.data.service.apps.rules import COMPONENT

__all__ = ["contest_create", "contest_decide", "contest_enter", "contest_list", "contest_mark", "contest_show"]


def is_juror(context: Context, contest: contests.Contest) -> bool:
    """Whether whoever asks sits in the jury."""
    user = access.user_of(context)
    return user is not None and user.id in contest.jury


def contest_create(context: Context, data_dict: DataDict) -> AuthResult:
    """List approvers of the authorised body."""
    may = access.may("contest_create", context, COMPONENT, None)
    return {"success": may, "msg": tk._("Only list approvers hold contests.")}


def contest_decide(context: Context, data_dict: DataDict) -> AuthResult:
    """List approvers of the authorised body."""
    may = access.may("contest_decide", context, COMPONENT, None)
    return {"success": may, "msg": tk._("Only list approvers hold contests.")}


@tk.auth_sysadmins_check
def contest_enter(context: Context, data_dict: DataDict) -> AuthResult:
    """Who sent the app."""
    may = is_author(context, life.get(data_dict.get("app")))
    return {"success": may, "msg": tk._("Only its makers enter an app into a contest.")}


@tk.auth_sysadmins_check
def contest_mark(context: Context, data_dict: DataDict) -> AuthResult:
    """Members of the jury. An administrator is none by being one."""
    may = is_juror(context, contests.get(data_dict.get("id")))
    return {"success": may, "msg": tk._("Only the jury gives marks.")}


@tk.auth_allow_anonymous_access
def contest_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


contest_list = contest_show
