"""Actions on polls."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.logic.checked import checked, person, refused
from ckanext.opengov.civic.service import officers
from ckanext.opengov.civic.service.limits import limited
from ckanext.opengov.dialog import poll_display as display
from ckanext.opengov.dialog.logic.schema import polls as schema
from ckanext.opengov.dialog.service.polls import counting, finding, life, questions, receipts, results, voting
from ckanext.opengov.dialog.service.polls.rules import ENDED, OF_OFFICERS, Event, Kind, PollRefusal, State

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

MOST_TEXTS = 200


def poll_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Draft a poll. Nobody but the agency's officers sees it until it is announced.

    :param owner_org: id or name of the agency
    :type owner_org: string
    :param name: address of the page (optional)
    :type name: string
    :param title: language (kk, ru, en) → title; at least one language
    :type title: dictionary
    :param notes: language → what it is about (optional)
    :type notes: dictionary
    :param questions: each with ``kind`` (single, multiple, ranked, scale, text), ``text`` (language → text), ``help``
        (the same, optional), ``required``; for single, multiple and ranked ``options`` (a list of texts by language,
        2 to 50), for multiple ``min`` and ``max``, for scale ``steps`` (2 to 11, 5 when left out), ``low`` and
        ``high`` (what the ends mean, by language)
    :type questions: list of dictionaries
    :param starts_at: ISO 8601 with its zone
    :type starts_at: string
    :param ends_at: ISO 8601 with its zone; votes count until right before it
    :type ends_at: string
    :param level: ``email`` (confirmed address, default) or ``verified`` (known person)
    :type level: string
    :param results_when: ``at_once`` or ``after_end`` (default)
    :type results_when: string

    :returns: the poll as in :py:func:`poll_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but publishers and moderators of the agency
    :raises ValidationError: naming the field or the number of the question
    """
    tk.check_access("poll_create", context, data_dict)
    given = dict(data_dict)
    asked = given.pop("questions", None)
    data = checked(given, schema.poll_create(), context)
    try:
        data["questions"] = questions.built(asked)
        poll = life.create(context, data | {"agency_id": data["owner_org"]}, person(context).id)
    except PollRefusal as error:
        raise refused(error) from error
    model.Session.commit()
    return finding.shown(poll)


def poll_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change a poll in which nobody has voted yet; after the first vote nothing changes.

    :param id: id or name of the poll
    :type id: string

    The other parameters are those of :py:func:`poll_create` without ``owner_org`` and ``name``; what is left out stays.

    :returns: the poll as in :py:func:`poll_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but publishers and moderators of the agency
    :raises ValidationError: naming the field or the number of the question; also after the first vote
    """
    tk.check_access("poll_update", context, data_dict)
    given = dict(data_dict)
    asked = given.pop("questions", None)
    poll = finding.get(given["id"])
    given = {"starts_at": poll.starts_at, "ends_at": poll.ends_at} | given
    data = checked(given, schema.poll_update(), context)
    try:
        if asked is not None:
            data["questions"] = questions.built(asked)
        poll = life.update(context, poll.id, data, person(context).id)
    except PollRefusal as error:
        raise refused(error) from error
    model.Session.commit()
    return finding.shown(poll)


def poll_transition(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take a poll one step on. It opens and closes by the clock, not by an officer.

    :param id: id or name of the poll
    :type id: string
    :param event: ``announce`` (draft → announced), ``withdraw`` (announced → draft, before the beginning), ``publish``
        (closed → published)
    :type event: string
    :param conclusion: for ``publish``: language → what the agency does with the result
    :type conclusion: dictionary

    :returns: the poll as in :py:func:`poll_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but publishers and moderators of the agency
    :raises ValidationError: for a step that does not fit the state
    """
    tk.check_access("poll_transition", context, data_dict)
    data = checked(data_dict, schema.poll_transition(), context)
    poll, event = finding.get(data["id"]), Event(data["event"])
    if event not in OF_OFFICERS:
        raise tk.ValidationError({"event": [tk._(life.BY_CLOCK)]})
    try:
        poll = life.move(context, poll.id, event, person(context).id, data.get("conclusion"))
    except PollRefusal as error:
        raise refused(error) from error
    model.Session.commit()
    return finding.shown(poll)


@tk.side_effect_free
def poll_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One poll.

    :param id: id or name of the poll
    :type id: string

    :returns: ``id``, ``agency`` (id, name, title), ``state`` (draft, announced, open, closed, published), ``title``,
        ``notes``, ``questions``, ``starts_at``, ``ends_at`` (UTC), ``level``, ``results_when``, ``conclusion``,
        ``ballots`` (number); for a person ``has_voted``, and ``may_manage``
    :rtype: dictionary
    :raises NotAuthorized: for a draft of which one is no officer
    :raises ObjectNotFound: when there is no such poll
    """
    tk.check_access("poll_show", context, data_dict)
    poll = finding.get(data_dict.get("id"))
    user = access.user_of(context)
    return {
        **finding.shown(poll),
        "has_voted": bool(user) and voting.has_voted(poll.id, user.id),
        "may_manage": access.may("poll_update", context, life.COMPONENT, poll.agency_id),
        "may_moderate": access.may("poll_text_moderate", context, life.COMPONENT, poll.agency_id),
    }


@tk.side_effect_free
def poll_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Polls: running ones first, those that end soonest on top; then what is announced, then what is over.

    :param state: draft (only for their officers), announced, open, closed (with published) or published
    :type state: string
    :param owner_org: id or name of an agency
    :type owner_org: string
    :param offset: how many to leave out
    :type offset: int
    :param limit: how many at most (20, up to 100)
    :type limit: int

    :returns: ``count`` and ``results``, each as in :py:func:`poll_show`
    :rtype: dictionary
    :raises ValidationError: for an unknown state or agency
    """
    tk.check_access("poll_list", context, data_dict)
    data = checked(data_dict, schema.poll_list(), context)
    state = State(data["state"]) if data.get("state") else None
    user = access.user_of(context)
    drafts_of: list[str] | None = officers.agencies_of(user.id, life.OFFICERS, life.COMPONENT) if user else []
    if user and user.sysadmin:
        drafts_of = None
    count, found = finding.listed(state, data.get("owner_org"), drafts_of, data["offset"], data["limit"])
    return {"count": count, "results": [finding.shown(poll) for poll in found]}


@limited("vote")
def poll_vote(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Vote: once, and nobody can change it afterwards.

    :param id: id or name of the poll
    :type id: string
    :param choices: question id → option id (single), list of option ids (multiple; ranked: the best first), number
        (scale) or text
    :type choices: dictionary

    :returns: ``receipt``: the code with which you can check later that your vote is counted; it is shown this once
    :rtype: dictionary
    :raises NotAuthorized: for visitors and persons whose identity is not confirmed as far as the poll asks; also when
        it is tried too often (status 429)
    :raises ValidationError: before the beginning, after the end, for a second vote, for a ballot that does not fit the
        questions; ``choices`` or the question's id says where
    """
    tk.check_access("poll_vote", context, data_dict)
    poll = finding.get(data_dict.get("id"))
    try:
        code = voting.cast(poll.id, person(context).id, data_dict.get("choices"), display.moment)
    except PollRefusal as error:
        raise refused(error) from error
    model.Session.commit()
    return {"receipt": code}


@tk.side_effect_free
def poll_results(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The figures of a poll.

    :param id: id or name of the poll
    :type id: string

    :returns: ``shown``: whether there are figures to see yet; ``final``; ``ballots``; ``questions``: question id →
        ``kind``, ``answered`` and by kind ``counts`` (choice → ballots), ``sum`` and ``mean`` (scale), ``rounds`` and
        ``winner`` (ranked); ``texts``: question id → answers in own words that a moderator let pass (at most 200);
        ``rules``: how each kind is counted
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such poll
    """
    tk.check_access("poll_results", context, data_dict)
    poll = finding.get(data_dict.get("id"))
    is_final = poll.state in ENDED
    visible = poll.results if is_final or poll.results_when == "at_once" else None
    texts: dict[str, list[str]] = {}
    if visible:
        asked = [one["id"] for one in poll.questions if one["kind"] == Kind.TEXT]
        texts = {one: results.public_texts(poll.id, one, MOST_TEXTS) for one in asked}
    return {
        "shown": bool(visible),
        "final": is_final,
        "ballots": visible["ballots"] if visible else None,
        "questions": visible["questions"] if visible else {},
        "texts": texts,
        "rules": {str(kind): tk._(text) for kind, text in counting.RULES.items()},
    }


@tk.side_effect_free
def poll_recount(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Count a finished poll again, and say where the file is from which everybody can do the same.

    :param id: id or name of the poll
    :type id: string

    :returns: ``ballots``, ``receipts``, ``questions``: the figures counted now; ``equal``: whether they are those that
        are published; ``url`` of the file (JSON lines; ``docs/poll_recount.py`` reads it)
    :rtype: dictionary
    :raises ValidationError: before the end: a running poll's ballots are shown to nobody
    """
    tk.check_access("poll_recount", context, data_dict)
    poll = finding.get(data_dict.get("id"))
    if poll.state not in ENDED:
        raise tk.ValidationError({"id": [tk._("A poll can be recounted when it has ended.")]})
    counted = results.computed(poll)
    return {
        **counted,
        "receipts": receipts.number(poll.id),
        "equal": counted == poll.results,
        "url": tk.url_for("opengov_dialog_polls.recount", poll_id=poll.id, locale="default", _external=True),
    }


@tk.side_effect_free
def poll_receipt_verify(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Whether the vote of a receipt's holder is counted. It can't tell what the vote was: nothing connects the two.

    :param id: id or name of the poll
    :type id: string
    :param receipt: the code; capitals and dashes do not matter
    :type receipt: string

    :returns: ``counted``, and the numbers of ``receipts`` and ``ballots``, which must be the same
    :rtype: dictionary
    :raises ValidationError: without a code
    """
    tk.check_access("poll_receipt_verify", context, data_dict)
    poll, code = finding.get(data_dict.get("id")), data_dict.get("receipt")
    if not isinstance(code, str) or not code.strip() or len(code) > 100:
        raise tk.ValidationError({"receipt": [tk._("Write the code of your receipt, such as ABCD-2345-….")]})
    return {
        "counted": receipts.is_counted(poll.id, code),
        "receipts": receipts.number(poll.id),
        "ballots": voting.ballots(poll.id),
    }


@tk.side_effect_free
def poll_text_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Answers in own words for the moderator, masked; at most 200.

    :param id: id or name of the poll
    :type id: string
    :param state: pending (default), public or hidden
    :type state: string

    :rtype: list of dictionaries with ``id``, ``question_id``, ``text``, ``state``, ``reason``
    :raises NotAuthorized: for all but the agency's moderators
    """
    tk.check_access("poll_text_list", context, data_dict)
    poll = finding.get(data_dict.get("id"))
    return finding.texts(poll.id, str(data_dict.get("state") or "pending"), MOST_TEXTS)


def poll_text_moderate(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show or hide answers in own words.

    :param id: id or name of the poll
    :type id: string
    :param ids: of the answers
    :type ids: list of strings
    :param state: ``public`` or ``hidden``
    :type state: string
    :param reason: why; required to hide
    :type reason: string

    :returns: ``changed``: how many
    :rtype: dictionary
    :raises NotAuthorized: for all but the agency's moderators
    :raises ValidationError: without ids, for an unknown state, for hiding without a reason
    """
    tk.check_access("poll_text_moderate", context, data_dict)
    data = checked(data_dict, schema.poll_text_moderate(), context)
    poll = finding.get(data["id"])
    if data["state"] == "hidden" and not data.get("reason"):
        raise tk.ValidationError({"reason": [tk._("Say why the answer is hidden.")]})
    number = life.decide(poll.id, data["ids"], data["state"], data.get("reason"), person(context).id)
    model.Session.commit()
    return {"changed": number}
