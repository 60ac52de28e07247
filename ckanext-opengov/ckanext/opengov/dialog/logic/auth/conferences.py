"""Who makes conferences, asks, supports, moderates and answers."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import agencies, persons
from ckanext.opengov.dialog.model.conferences import Conference
from ckanext.opengov.dialog.service.conferences import moving, questions
from ckanext.opengov.dialog.service.conferences.rules import COMPONENT, EVENTS

__all__ = [
    "conference_create",
    "conference_list",
    "conference_question_answer",
    "conference_question_create",
    "conference_question_list",
    "conference_question_moderate",
    "conference_question_show",
    "conference_question_support",
    "conference_question_to_appeal",
    "conference_show",
    "conference_transcript",
    "conference_transition",
    "conference_update",
]

LEVELS = {"none": persons.Level.NONE, "email": persons.Level.EMAIL, "verified": persons.Level.VERIFIED}


def _text(value: Any) -> str:
    return value if isinstance(value, str) and value.isprintable() else ""


def _conference(context: Context, data: DataDict, key: str = "id") -> Conference:
    """The conference, if the user may see it.

    :raises ObjectNotFound: also for a draft that the user may not see: that it exists is nobody's business
    """
    found = moving.get(_text(data.get(key)))
    if found.state == "draft" and not access.may("conference_draft_show", context, COMPONENT, found.agency_id):
        raise tk.ObjectNotFound(tk._("There is no such conference."))
    return found


def _of_question(context: Context, data: DataDict) -> tuple[Conference, Any]:
    question = questions.get(_text(data.get("id")))
    return _conference(context, {"id": question.conference_id}), question


def conference_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers who write, in the agency; before it is chosen, in any."""
    found = agencies.find(_text(data_dict.get("owner_org")))
    may = access.may("conference_create", context, COMPONENT, found.id if found else None)
    return {"success": may, "msg": tk._("Only officers of the agency's dialogue prepare its conferences.")}


def conference_update(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers who write, in the agency."""
    found = _conference(context, data_dict)
    may = access.may("conference_update", context, COMPONENT, found.agency_id)
    return {"success": may, "msg": tk._("Only officers of the agency's dialogue prepare its conferences.")}


def conference_transition(context: Context, data_dict: DataDict) -> AuthResult:
    """Whom the table of events names."""
    found, event = _conference(context, data_dict), data_dict.get("event")
    names = [event] if event in EVENTS else list(EVENTS)
    may = any(access.may(f"conference_{name}", context, COMPONENT, found.agency_id) for name in names)
    return {"success": may, "msg": tk._("This step of the conference is not yours to take.")}


@tk.auth_allow_anonymous_access
def conference_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody; drafts only officers of the agency."""
    _conference(context, data_dict)
    return {"success": True}


@tk.auth_allow_anonymous_access
def conference_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def conference_question_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody who sees the conference."""
    _conference(context, data_dict, "conference_id")
    return {"success": True}


@tk.auth_allow_anonymous_access
def conference_question_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody who sees the conference."""
    _of_question(context, data_dict)
    return {"success": True}


@tk.auth_allow_anonymous_access
def conference_transcript(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody once it is published; before that its officers, who check it."""
    found = _conference(context, data_dict)
    may = found.state == "published" or access.may("conference_update", context, COMPONENT, found.agency_id)
    return {"success": may, "msg": tk._("The transcript is not published yet.")}


def _is_known(context: Context) -> bool:
    user = access.user_of(context)
    persons.require(user.id if user else None, LEVELS[tk.config["opengov.dialog.conference_level"]])
    return user is not None


@tk.auth_sysadmins_check
def conference_question_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Persons whose identity is confirmed as far as the setting asks."""
    _conference(context, data_dict, "conference_id")
    return {"success": _is_known(context)}


@tk.auth_sysadmins_check
def conference_question_support(context: Context, data_dict: DataDict) -> AuthResult:
    """The same persons; nobody their own question."""
    _found, question = _of_question(context, data_dict)
    is_known, user = _is_known(context), access.user_of(context)
    is_other = user is not None and question.author_id != user.id
    return {"success": is_known and is_other, "msg": tk._("You cannot support your own question.")}


def conference_question_moderate(context: Context, data_dict: DataDict) -> AuthResult:
    """Moderators of the agency."""
    found, _question = _of_question(context, data_dict)
    may = access.may("conference_question_moderate", context, COMPONENT, found.agency_id)
    return {"success": may, "msg": tk._("Only moderators of the agency decide on questions.")}


def conference_question_answer(context: Context, data_dict: DataDict) -> AuthResult:
    """Officers who write, and speakers who are named with their account, for themselves."""
    found, _question = _of_question(context, data_dict)
    may = access.may("conference_question_answer", context, COMPONENT, found.agency_id)
    return {
        "success": may or _speaks(context, found, data_dict.get("speaker", 1)),
        "msg": tk._("Only the speakers and officers of the agency answer."),
    }


def _speaks(context: Context, found: Conference, speaker: Any) -> bool:
    user = access.user_of(context)
    place = int(speaker) if str(speaker).isdecimal() else 0
    is_there = user is not None and 1 <= place <= len(found.speakers)
    return is_there and found.speakers[place - 1].get("user_id") == user.id  # pyright: ignore[reportOptionalMemberAccess]


@tk.auth_sysadmins_check
def conference_question_to_appeal(context: Context, data_dict: DataDict) -> AuthResult:
    """The author of the question."""
    _found, question = _of_question(context, data_dict)
    user = access.user_of(context)
    is_own = user is not None and user.id == question.author_id
    return {"success": is_own, "msg": tk._("Only who asked may pass the question on as an appeal.")}
