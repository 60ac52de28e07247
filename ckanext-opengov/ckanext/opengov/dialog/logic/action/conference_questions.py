"""Actions on the questions of internet conferences."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.logic.checked import person
from ckanext.opengov.civic.service.limits import limited
from ckanext.opengov.dialog.logic.action.conferences import checked, reader
from ckanext.opengov.dialog.logic.schema import conferences as schema
from ckanext.opengov.dialog.model.conferences import Conference, Question
from ckanext.opengov.dialog.service.conferences import moving, questions, showing
from ckanext.opengov.dialog.service.conferences.rules import COMPONENT

__all__ = [
    "conference_question_answer",
    "conference_question_create",
    "conference_question_list",
    "conference_question_moderate",
    "conference_question_show",
    "conference_question_support",
    "conference_question_to_appeal",
]


def _is_officer(context: Context, found: Conference) -> bool:
    actions = ("conference_question_moderate", "conference_question_answer")
    return any(access.may(action, context, COMPONENT, found.agency_id) for action in actions)


def _shown(context: Context, question: Question) -> dict[str, Any]:
    found = moving.get(question.conference_id)
    return showing.question(question, reader=reader(context), is_officer=_is_officer(context, found))


@limited("conference_question")
def conference_question_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Ask a question, while questions are collected or the conference is live.

    :param conference_id: id or name of the conference
    :type conference_id: string
    :param text: 10 to 2,000 characters; personal data in it is masked for all but officers
    :type text: string
    :param language: kk, ru or en
    :type language: string
    :param author_name: the name to be read under (optional)
    :type author_name: string

    :returns: the question; it waits for a moderator
    :rtype: dictionary
    :raises NotAuthorized: when the identity is not confirmed as far as asked, and (429) when it is too often
    :raises ValidationError: for a text that is too short or long, asked before, or out of time
    """
    tk.check_access("conference_question_create", context, data_dict)
    data = checked(data_dict, schema.question_create(), context)
    asked = questions.Asked(person(context).id, data["text"], data["language"], data.get("author_name"))
    question = questions.ask(moving.get(data["conference_id"]).id, asked)
    model.Session.commit()
    return _shown(context, question)


@tk.side_effect_free
def conference_question_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Questions of a conference with their answers, the most supported first.

    :param conference_id: id or name of the conference
    :type conference_id: string
    :param state: pending, public, refused or merged; public when left out. Of others' questions that are not public
        all but officers get the number and the reason only, and none that wait.
    :type state: string
    :param offset: how many to skip (0)
    :type offset: int
    :param limit: at most 100 (20)
    :type limit: int

    :returns: ``count`` and ``questions``
    :rtype: dictionary
    """
    tk.check_access("conference_question_list", context, data_dict)
    data = checked(data_dict, schema.question_list(), context)
    found = moving.get(data["conference_id"])
    state, is_officer = data.get("state") or "public", _is_officer(context, found)
    states = {state} if is_officer else {state} - {"pending"}
    page = {"offset": data["offset"], "limit": data["limit"]}
    return showing.question_list(found, states=states, reader=reader(context), is_officer=is_officer, **page)


@tk.side_effect_free
def conference_question_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One question.

    :param id: id of the question
    :type id: string

    :returns: the question; without its text when it is not public and not the reader's own
    :rtype: dictionary
    :raises ObjectNotFound: when there is none
    """
    tk.check_access("conference_question_show", context, data_dict)
    data = checked(data_dict, schema.one_conference(), context)
    return _shown(context, questions.get(data["id"]))


@limited("conference_support")
def conference_question_support(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Support a question of somebody else, or take that back. Each person counts once.

    :param id: id of the question
    :type id: string
    :param supported: false takes it back (true)
    :type supported: bool

    :returns: ``id``, ``support`` (how many) and ``supported``
    :rtype: dictionary
    :raises NotAuthorized: when the identity is not confirmed as far as asked, or the question is one's own
    :raises ValidationError: when the question is not public, or the conference is over
    """
    tk.check_access("conference_question_support", context, data_dict)
    data = checked(data_dict, schema.question_support(), context)
    question = questions.get(data["id"])
    questions.support(question, person(context).id, data["supported"])
    model.Session.commit()
    return {"id": question.id, "support": question.support, "supported": data["supported"]}


def conference_question_moderate(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Admit a question, refuse it, or join it with another.

    :param id: id of the question
    :type id: string
    :param state: public, refused or merged
    :type state: string
    :param reason: for a refusal: off_topic, not_question, insult, personal_data, advertising, unlawful or unreadable;
        everybody reads it
    :type reason: string
    :param reason_text: what the moderator adds (optional); everybody reads it
    :type reason_text: string
    :param merged_into: number of the question that says the same; supporters move there, each counted once
    :type merged_into: int

    :returns: the question
    :rtype: dictionary
    :raises NotAuthorized: for all but moderators of the agency
    :raises ValidationError: without a reason, for an unknown number, for a question that is answered
    """
    tk.check_access("conference_question_moderate", context, data_dict)
    data = checked(data_dict, schema.question_moderate(), context)
    decision = questions.Decision(data["state"], data.get("reason"), data.get("reason_text"), data.get("merged_into"))
    question = questions.moderate(data["id"], decision, reader(context))
    model.Session.commit()
    return _shown(context, question)


def conference_question_answer(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Answer a question; watchers see it a moment later.

    :param id: id of the question
    :type id: string
    :param speaker: place in the list of speakers, from 1
    :type speaker: int
    :param text: the answer, at most 20,000 characters
    :type text: string
    :param language: kk, ru or en
    :type language: string

    :returns: the answer: ``number``, ``text``, ``speaker``, ``written_at``
    :rtype: dictionary
    :raises NotAuthorized: for all but officers who write in the agency and the speaker
    :raises ValidationError: when the conference is neither live nor just finished, or the question is not admitted
    """
    tk.check_access("conference_question_answer", context, data_dict)
    data = checked(data_dict, schema.question_answer(), context)
    made = questions.answer(data["id"], data["speaker"], data["text"], data["language"], person(context).id)
    model.Session.commit()
    return showing.answer(moving.get(made.conference_id), made)


def conference_question_to_appeal(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Pass one's unanswered question on as an appeal to the agency, which is answered within a term.

    :param id: id of the question
    :type id: string
    :param public: whether everybody may read the appeal (true)
    :type public: bool

    :returns: what ``appeal_create`` returns: ``number`` and, this once, ``secret``
    :rtype: dictionary
    :raises NotAuthorized: for all but the author of the question
    :raises ValidationError: before the end of the conference, when it was answered or passed on already
    """
    tk.check_access("conference_question_to_appeal", context, data_dict)
    data = checked(data_dict, schema.question_to_appeal(), context)
    filed: dict[str, Any] = {}

    def file(appeal: dict[str, Any]) -> dict[str, Any]:
        values = appeal | {"public": data["public"]}
        filed.update(tk.get_action("appeal_create")({"user": context.get("user", "")}, values))
        return filed

    questions.to_appeal(data["id"], person(context).id, file)
    model.Session.commit()
    return filed
