"""Actions of officers: the way of an appeal through an agency, and bringing appeals from another portal."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic.checked import checked
from ckanext.opengov.dialog.logic import shared
from ckanext.opengov.dialog.logic.auth.appeals import person_of, visible
from ckanext.opengov.dialog.logic.schema import appeals as schema
from ckanext.opengov.dialog.service.appeals import answering, importing, pictures, showing

__all__ = [
    "appeal_answer",
    "appeal_answer_check",
    "appeal_ask",
    "appeal_assign",
    "appeal_draft",
    "appeal_extend",
    "appeal_forward",
    "appeal_import",
    "appeal_moderate",
    "appeal_not_consider",
    "appeal_picture_release",
    "appeal_take",
]


def _step(context: Context, data_dict: DataDict, action: str, event: str, *names: str) -> dict[str, Any]:
    tk.check_access(action, context, data_dict)
    data = checked(data_dict, schema.step(*names), context, "links", "acknowledged")
    return shared.move(context, data, event)


def appeal_take(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take a registered appeal into work, as the officer in charge of it.

    :param number: number or id
    :type number: string

    :returns: as ``appeal_show``
    :rtype: dictionary
    :raises NotAuthorized: for anybody but the agency's authors, publishers, heads and deputy heads
    :raises ValidationError: when it is in another state
    """
    return _step(context, data_dict, "appeal_take", "take")


def appeal_assign(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Give an appeal to an officer of the agency; a registered one is in work from then on.

    :param number: number or id
    :type number: string
    :param assignee: id or name of the officer's account
    :type assignee: string

    :returns: as ``appeal_show``
    :rtype: dictionary
    :raises NotAuthorized: for anybody but the agency's publishers, heads and deputy heads
    :raises ValidationError: when the account is no officer of the agency's dialogue
    """
    tk.check_access("appeal_assign", context, data_dict)
    data = checked(data_dict, schema.step("assignee"), context)
    user = model.User.get(str(data.get("assignee") or "") or None)
    return shared.move(context, {**data, "assignee_id": user.id if user else None}, "assign")


def appeal_moderate(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Decide what the public reads of an appeal. Its way and its term go on whatever is decided.

    :param number: number or id
    :type number: string
    :param decision: ``accept`` or ``hide``
    :type decision: string
    :param reason: why it is hidden; the author reads it
    :type reason: string

    :returns: as ``appeal_show``
    :rtype: dictionary
    :raises NotAuthorized: for anybody but the agency's moderators
    :raises ValidationError: for an appeal that its author wants to be private, or hiding without a reason
    """
    tk.check_access("appeal_moderate", context, data_dict)
    data = checked(data_dict, schema.moderate(), context)
    return shared.move(context, data, f"moderate_{data['decision']}")


def appeal_forward(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Pass an appeal on to the competent agency. The ledger keeps every passing on, and whether it was in time.

    :param number: number or id
    :type number: string
    :param agency: id or name of the competent agency
    :type agency: string
    :param reason: 10 to 2,000 characters; the author and the public read it
    :type reason: string

    :returns: as ``appeal_show``; of a private appeal, which is the other agency's now, the masked copy
    :rtype: dictionary
    :raises NotAuthorized: for anybody but the agency's publishers, heads and deputy heads
    :raises ValidationError: without a reason, to the same agency, or in another state
    """
    return _step(context, data_dict, "appeal_forward", "forward", "agency", "reason")


def appeal_extend(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Extend the term, once, with a reason, before it is over, and not further than the law allows.

    :param number: number or id
    :type number: string
    :param until: the new last day, ``2026-12-31``
    :type until: string
    :param reason: 10 to 2,000 characters; the author and the public read it
    :type reason: string

    :returns: as ``appeal_show``
    :rtype: dictionary
    :raises NotAuthorized: for anybody but the agency's head and deputy heads
    :raises ValidationError: for a second time, after the term, without a reason, or to a day that is too late
    """
    return _step(context, data_dict, "appeal_extend", "extend", "until", "reason")


def appeal_ask(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Ask the author what is not clear. The clock stands until the answer, or until the time for it is over.

    :param number: number or id
    :type number: string
    :param question: at most 2,000 characters
    :type question: string

    :returns: as ``appeal_show``
    :rtype: dictionary
    :raises ValidationError: when the author was asked in this term already
    """
    return _step(context, data_dict, "appeal_ask", "ask_clarification", "question")


def appeal_draft(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Save a draft of the answer, for the head to sign. Officers of the agency read it, nobody else.

    :param number: number or id
    :type number: string
    :param text: at most 50,000 characters
    :type text: string
    :param links: data sets, acts, budget lines: ``title`` and ``url`` (optional)
    :type links: list of dictionaries
    :param seen: ``draft_mark`` of ``appeal_work_show``: a draft that a colleague saved since is kept (optional)
    :type seen: string

    :returns: as ``appeal_show``
    :rtype: dictionary
    :raises ValidationError: when it is in another state, or a colleague has saved another draft meanwhile
    """
    return _step(context, data_dict, "appeal_draft", "draft", "text", "seen")


@tk.side_effect_free
def appeal_answer_check(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What the gate before the signature warns of.

    :param number: number or id
    :type number: string
    :param text: the answer; the saved draft when left out
    :type text: string

    :returns: ``warnings``: ``code`` (``copy``: nearly the same as another answer, with its ``number``, the
        ``likeness`` and the ``passages`` that stand in both; ``questions``: those that the answer leaves out, in
        ``questions``) and ``message``
    :rtype: dictionary
    """
    tk.check_access("appeal_answer_check", context, data_dict)
    data = checked(data_dict, schema.step("text"), context)
    appeal = visible(context, data)
    return {"warnings": answering.check(appeal, str(data.get("text") or appeal.draft or ""))}


def appeal_answer(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Sign the answer: the head, or the deputy head who acts for them.

    Of two officers who answer at once one is first; the other is told.

    :param number: number or id
    :type number: string
    :param text: at most 50,000 characters; the saved draft when left out
    :type text: string
    :param language: ``kk``, ``ru`` or ``en`` (optional, default: that of the appeal)
    :type language: string
    :param links: data sets, acts, budget lines: ``title`` and ``url`` (those of the saved draft when left out)
    :type links: list of dictionaries
    :param signed_as: ``acting`` when a head signs for another (optional)
    :type signed_as: string
    :param signer_name: the name under the answer (optional, default: that of the account)
    :type signer_name: string
    :param acknowledged: codes of the warnings of ``appeal_answer_check`` that the signer took notice of
    :type acknowledged: list of strings

    :returns: as ``appeal_show``
    :rtype: dictionary
    :raises NotAuthorized: for anybody but the agency's head and deputy heads
    :raises ValidationError: when it is answered already, in another state, or a warning was not taken notice of
    """
    return _step(context, data_dict, "appeal_answer", "answer", "text", "language", "signed_as", "signer_name")


def appeal_not_consider(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Leave an appeal without consideration, for one of the reasons that the law knows.

    :param number: number or id
    :type number: string
    :param legal_reason: a key of the list: ``no_specific_facts``, ``answered_on_merits``, ``in_court``, ``unreadable``
    :type legal_reason: string

    :returns: as ``appeal_show``
    :rtype: dictionary
    :raises NotAuthorized: for anybody but the agency's head and deputy heads
    :raises ValidationError: for any other reason
    """
    return _step(context, data_dict, "appeal_not_consider", "not_consider", "legal_reason")


def appeal_picture_release(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Open a picture to everybody after having looked that it shows nothing private, or close it again.

    :param number: number or id
    :type number: string
    :param attachment_id: as ``appeal_work_show`` gives it
    :type attachment_id: string
    :param public: whether everybody sees the picture, without what the camera wrote into it
    :type public: bool

    :returns: as ``appeal_show``
    :rtype: dictionary
    :raises NotAuthorized: for anybody but the agency's moderators and those who work on its answers
    :raises ObjectNotFound: when the appeal has no such file
    :raises ValidationError: for a file that is no picture, or an appeal that its author wants to be private
    """
    tk.check_access("appeal_picture_release", context, data_dict)
    data = checked(data_dict, schema.picture(), context)
    person = person_of(context)
    found = showing.find(data["number"])
    appeal = pictures.release(found.id, data["attachment_id"], public=data["public"], actor=person.user_id or "")
    model.Session.commit()
    return showing.full(appeal, person)


def appeal_import(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Bring appeals from another portal. Brought again, nothing doubles: answers that came since are added.

    :param source: the other portal's name; with a row's id it says which appeal is which
    :type source: string
    :param content: a table in CSV, UTF-8, with the columns id, text, date, and category, agency, answer, answer_date,
        subject, kind, region (KATO code), language as far as the other portal has them
    :type content: string or an uploaded file
    :param agency: id or name, for rows that name no agency (optional)
    :type agency: string

    :returns: ``created``, ``updated``, ``unchanged``, ``bad_count`` and ``bad``: the first 1,000 rows that were left
        out, with ``row`` (line of the table) and ``errors`` by column
    :rtype: dictionary
    :raises NotAuthorized: for anybody but administrators of the portal
    :raises ValidationError: when the table lacks a column or is not UTF-8
    """
    tk.check_access("appeal_import", context, data_dict)
    data = checked(data_dict, schema.bring(), context, "content")
    report = importing.bring(_content(data.get("content")), data["source"], shared.agency_id(data))
    return {
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "bad_count": report.bad_count,
        "bad": report.bad,
    }


def _content(given: Any) -> str:
    raw = given.read() if hasattr(given, "read") else given
    if not raw:
        raise tk.ValidationError({"content": [tk._("Choose the table that is to be brought.")]})
    try:
        return raw.decode("utf-8-sig") if isinstance(raw, bytes) else str(raw)
    except UnicodeDecodeError as error:
        message = tk._("The table is not UTF-8. Save it as CSV UTF-8 and try again.")
        raise tk.ValidationError({"content": [message]}) from error
