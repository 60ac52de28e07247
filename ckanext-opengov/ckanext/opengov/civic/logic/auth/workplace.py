"""Who works in the workplace, keeps drafts, asks the helpdesk and answers there."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.logic.schema.discussion import number
from ckanext.opengov.civic.model.workplace import HelpdeskQuestion
from ckanext.opengov.civic.service import helpdesk, workplace

__all__ = [
    "draft_delete",
    "draft_list",
    "draft_save",
    "draft_show",
    "helpdesk_answer_list",
    "helpdesk_question_answer",
    "helpdesk_question_create",
    "helpdesk_question_list",
    "helpdesk_question_show",
    "helpdesk_question_take",
    "workplace_bulk",
    "workplace_task_list",
]


def workplace_task_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers, whatever their role."""
    user = access.user_of(context)
    is_officer = bool(user) and (user.sysadmin or workplace.has_role(user.id))
    message = tk._("The workplace is for officers. An administrator of your agency can give you a role.")
    return {"success": is_officer, "msg": message}


# The action that is called for each task decides for itself.
workplace_bulk = helpdesk_question_create = workplace_task_list


def draft_save(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody with an account, for themselves."""
    return {"success": access.user_of(context) is not None}


draft_show = draft_list = draft_delete = helpdesk_question_list = draft_save


def helpdesk_question_answer(context: Context, data_dict: DataDict) -> AuthResult:
    """Methodologists."""
    user = access.user_of(context)
    is_methodologist = bool(user) and (user.sysadmin or helpdesk.is_methodologist(user.id))
    return {"success": is_methodologist, "msg": tk._("Only methodologists answer questions.")}


helpdesk_question_take = helpdesk_question_answer


@tk.auth_allow_anonymous_access
def helpdesk_question_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody once the answer is public; before that its author and methodologists."""
    question = _question(data_dict)
    user = access.user_of(context)
    if question is None or (question.public and question.state == helpdesk.DONE):
        return {"success": True}
    if user and question.user_id == user.id:
        return {"success": True}
    is_methodologist = bool(user) and (user.sysadmin or helpdesk.is_methodologist(user.id))
    return {"success": is_methodologist, "msg": tk._("Only its author and methodologists read this question.")}


def _question(data: DataDict) -> HelpdeskQuestion | None:
    try:
        return helpdesk.get(number(data.get("id")))
    except tk.Invalid:
        return None


@tk.auth_allow_anonymous_access
def helpdesk_answer_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}
