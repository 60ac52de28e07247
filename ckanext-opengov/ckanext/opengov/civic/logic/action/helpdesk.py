"""The helpdesk's actions: officers ask, methodologists answer, everybody searches the public answers."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.logic.checked import checked, person, refusing
from ckanext.opengov.civic.logic.schema import workplace as schema
from ckanext.opengov.civic.model.workplace import HelpdeskQuestion
from ckanext.opengov.civic.service import helpdesk, wording
from ckanext.opengov.civic.service.limits import limited

__all__ = [
    "helpdesk_answer_list",
    "helpdesk_question_answer",
    "helpdesk_question_create",
    "helpdesk_question_list",
    "helpdesk_question_show",
    "helpdesk_question_take",
]

OWN = 100


def _shown(question: HelpdeskQuestion, *, inside: bool = False) -> dict[str, Any]:
    """``inside``: for its author and methodologists, with the question as it was written."""
    shown: dict[str, Any] = {
        "id": question.id,
        "question": question.question if inside else question.question_public,
        "answer": question.answer,
        "language": question.language,
        "form": question.form,
        "state": question.state,
        "public": question.public,
        "asked_at": question.asked_at.isoformat(),
        "answered_at": question.answered_at.isoformat() if question.answered_at else None,
    }
    if inside:
        shown |= {"url": question.url, "assignee": question.assignee}
    return shown


def _wanted(data: dict[str, Any], *, lock: bool = False) -> HelpdeskQuestion:
    question = helpdesk.get(data["id"], lock=lock)
    if question is None:
        raise tk.ObjectNotFound(tk._("There is no question with the id {id}.").format(id=data["id"]))
    return question


@limited("comment")
def helpdesk_question_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Ask the methodologists.

    :param question: at most 5,000 characters
    :type question: string
    :param form: the form that it is about (optional)
    :type form: string
    :param url: that page's address, from the slash on (optional)
    :type url: string
    :param language: ``kk``, ``ru`` or ``en``; that of the request by default
    :type language: string

    :returns: ``id``, ``question``, ``answer`` (None), ``language``, ``form``, ``url``, ``state`` (``open`` or
        ``answered``), ``public``, ``assignee``, ``asked_at`` and ``answered_at``
    :rtype: dictionary
    :raises NotAuthorized: for anybody without a role; also when they ask too often (status 429)
    :raises ValidationError: for an empty or too long question
    """
    tk.check_access("helpdesk_question_create", context, data_dict)
    data = checked(data_dict, schema.helpdesk_question_create(), context)
    asked = helpdesk.Asked(
        person(context).id,
        data["question"],
        data.get("language") or wording.current(),
        data.get("form"),
        data.get("url"),
    )
    made = refusing("question", lambda: helpdesk.ask(asked))
    model.Session.commit()
    return _shown(made, inside=True)


def helpdesk_question_take(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take a question in hand, so that no other methodologist answers it at the same time.

    :param id: id of the question
    :type id: int

    :returns: the question, as in ``helpdesk_question_create``
    :rtype: dictionary
    :raises NotAuthorized: for anybody but methodologists
    :raises ObjectNotFound: when there is none
    :raises ValidationError: when it is answered already or another methodologist has it
    """
    tk.check_access("helpdesk_question_take", context, data_dict)
    data = checked(data_dict, schema.helpdesk_question(), context)
    question = _wanted(data, lock=True)
    refusing("id", lambda: helpdesk.take(question, person(context).id))
    model.Session.commit()
    return _shown(question, inside=True)


def helpdesk_question_answer(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Answer a question, or put an earlier answer right. Whoever asked is told.

    Personal data in question and answer are masked before anybody else reads them.

    :param id: id of the question
    :type id: int
    :param answer: at most 20,000 characters
    :type answer: string
    :param public: whether question and answer stand in the list that everybody searches; False by default
    :type public: bool

    :returns: the question, as in ``helpdesk_question_create``
    :rtype: dictionary
    :raises NotAuthorized: for anybody but methodologists
    :raises ObjectNotFound: when there is none
    :raises ValidationError: for an empty or too long answer
    """
    tk.check_access("helpdesk_question_answer", context, data_dict)
    data = checked(data_dict, schema.helpdesk_question_answer(), context)
    question = _wanted(data, lock=True)
    user = person(context)
    refusing("answer", lambda: helpdesk.answer(question, user.id, data["answer"], public=data["public"]))
    model.Session.commit()
    return _shown(question, inside=True)


@tk.side_effect_free
def helpdesk_question_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One question with its answer.

    :param id: id of the question
    :type id: int

    :returns: as in ``helpdesk_answer_list``; for its author and methodologists as in ``helpdesk_question_create``,
        and ``may_answer``
    :rtype: dictionary
    :raises NotAuthorized: for all others until the answer is public
    :raises ObjectNotFound: when there is none
    """
    tk.check_access("helpdesk_question_show", context, data_dict)
    question = _wanted(checked(data_dict, schema.helpdesk_question(), context))
    user = access.user_of(context)
    may_answer = bool(user) and (user.sysadmin or helpdesk.is_methodologist(user.id))
    is_own = bool(user) and user.id == question.user_id
    return {**_shown(question, inside=may_answer or is_own), "may_answer": may_answer}


@tk.side_effect_free
def helpdesk_question_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The user's own questions, the newest first, 100 at most.

    :returns: as in ``helpdesk_question_create``
    :rtype: list
    :raises NotAuthorized: for visitors
    """
    tk.check_access("helpdesk_question_list", context, data_dict)
    return [_shown(one, inside=True) for one in helpdesk.asked_by(person(context).id, OWN)]


@tk.side_effect_free
def helpdesk_answer_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The answers that are public, the newest first.

    :param q: words; each must begin a word of the question or of the answer
    :type q: string
    :param before: ``next`` of the page before
    :type before: int
    :param limit: 20 by default, 100 at most
    :type limit: int

    :returns: ``answers``: ``id``, ``question``, ``answer``, ``language``, ``form``, ``state``, ``public``,
        ``asked_at`` and ``answered_at``; ``next``, None on the last page
    :rtype: dictionary
    :raises ValidationError: for a wrong value
    """
    tk.check_access("helpdesk_answer_list", context, data_dict)
    data = checked(data_dict, schema.helpdesk_answer_list(), context)
    found = helpdesk.search(data.get("q"), data.get("before"), data["limit"] + 1)
    page = found[: data["limit"]]
    return {
        "answers": [_shown(one) for one in page],
        "next": page[-1].id if len(found) > len(page) else None,
    }
