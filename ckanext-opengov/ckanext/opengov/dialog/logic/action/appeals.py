"""Actions of citizens: writing appeals, following and reading them."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.logic.checked import checked
from ckanext.opengov.civic.service.discussion import files
from ckanext.opengov.civic.service.limits import limited
from ckanext.opengov.dialog.logic import shared
from ckanext.opengov.dialog.logic.auth.appeals import person_of, visible
from ckanext.opengov.dialog.logic.schema import appeals as schema
from ckanext.opengov.dialog.service.appeals import (
    clock,
    filing,
    listing,
    notices,
    numbers,
    pictures,
    showing,
    similar,
)

__all__ = [
    "appeal_attachment_show",
    "appeal_clarify",
    "appeal_close",
    "appeal_create",
    "appeal_list",
    "appeal_rate",
    "appeal_reopen",
    "appeal_show",
    "appeal_similar",
    "appeal_track",
    "appeal_withdraw",
]


@limited("appeal")
def appeal_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Write to the head of an agency. A valid appeal is always registered; nobody can refuse it.

    The same text of the same person to the same agency within 24 hours is answered with the number it has already.

    :param agency: id or name of the agency (left out for ``kind`` coverage)
    :type agency: string
    :param kind: ``complaint``, ``opinion``, ``recommendation``, ``information`` or ``coverage``
    :type kind: string
    :param topic: a key of the list of topics, such as ``roads`` (optional, default: other)
    :type topic: string
    :param region: KATO code of the place (optional)
    :type region: string
    :param language: ``kk``, ``ru`` or ``en``
    :type language: string
    :param subject: 10 to 300 characters
    :type subject: string
    :param text: 10 to 20,000 characters
    :type text: string
    :param public: whether everybody may read it, personal data masked (optional, default: true)
    :type public: bool
    :param author_name: the name to be read under (optional; without it nobody learns who wrote)
    :type author_name: string
    :param attachments: at most 10 files (TXT, DOCX, PDF, XLSX, or pictures in JPEG, PNG, WebP), uploaded or as
        ``name`` and ``content`` in base64 (optional)
    :type attachments: list
    :param email: for visitors without an account, where the settings let them write: where the receipt goes
    :type email: string
    :param operator: for coverage: the operator; with ``fault``, ``latitude``, ``longitude``, ``noticed_at``
    :type operator: string

    :returns: ``id``, ``number``, ``secret`` (shown here and in the receipt only; None for a repeated appeal),
        ``repeated``, ``state``, ``visibility``, ``due_at``, ``deadline`` (the term day by day), ``url``
    :rtype: dictionary
    :raises NotAuthorized: for visitors and persons whose identity is not confirmed as far as asked, and for more
        appeals than the limit (status 429)
    :raises ValidationError: with what is wrong, by field
    """
    tk.check_access("appeal_create", context, data_dict)
    data = checked(data_dict, schema.create(), context, "attachments")
    user = access.user_of(context)
    letter = filing.check(data, user.id if user else None)
    with files.only_if_committed():
        filed = filing.file(letter)
        model.Session.commit()
    appeal = filed.appeal
    return {
        "id": appeal.id,
        "number": appeal.number,
        "secret": filed.secret,
        "repeated": filed.is_repeated,
        "state": appeal.state,
        "visibility": appeal.visibility,
        "due_at": appeal.due_at.isoformat() if appeal.due_at else None,
        "deadline": clock.current().explain(appeal),
        "url": notices.page(appeal),
    }


@tk.side_effect_free
def appeal_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One appeal with its answers, its term day by day and its timeline.

    Everybody reads public appeals with personal data masked; the author and officers of the agency also get
    ``original`` (subject, text).

    :param number: number or id
    :type number: string

    :returns: ``id``, ``number``, ``kind``, ``topic``, ``region``, ``language``, ``agency``, ``subject``, ``text``,
        ``state``, ``state_title``, ``visibility``, ``registered_at``, ``due_at``, ``overdue``, ``deadline``,
        ``answers``, ``clarifications``, ``transfers``, ``attachments``, ``timeline``, ``reason``, ``solved``,
        ``useful``, and ``may``: the steps that the caller may take now
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such appeal, or none that the caller may see
    """
    tk.check_access("appeal_show", context, data_dict)
    data = checked({"number": data_dict.get("number") or data_dict.get("id")}, schema.appeal(), context)
    return showing.full(visible(context, data), person_of(context, data))


def appeal_track(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Open an appeal by its number and secret, without an account. Sent by POST: secrets do not belong in addresses.

    :param number: such as ``2026-000123-4``
    :type number: string
    :param secret: as the receipt gives it; case and hyphens do not count
    :type secret: string

    :returns: as ``appeal_show``, as its author sees it
    :rtype: dictionary
    :raises ObjectNotFound: when number and secret do not belong together
    :raises NotAuthorized: after too many tries (status 429)
    """
    tk.check_access("appeal_track", context, data_dict)
    shared.count_secret(context, data_dict)
    data = checked(data_dict, schema.track(), context)
    person = person_of(context, data)
    if not numbers.is_number(data["number"].strip()):
        raise tk.ValidationError({"number": [tk._("The number has a slip: check its digits against your letter.")]})
    appeal = showing.find(data["number"].strip())
    if not numbers.fits(appeal.number, data["secret"], appeal.secret_hash):
        raise tk.ObjectNotFound(tk._("Number and secret do not belong together. Check both against your letter."))
    return showing.full(appeal, person)


@tk.side_effect_free
def appeal_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Appeals, newest (or newest answered) first, page by page. Words in texts are found by ``appeal_search``.

    :param scope: ``public`` (default), ``mine`` or ``work`` (of the agencies that the caller works for)
    :type scope: string
    :param agency: id or name (optional)
    :type agency: string
    :param topic: optional; as are ``region``, ``state``, ``kind``, ``language``, ``visibility``, ``assignee`` (user id)
    :type topic: string
    :param overdue: only those whose term is over without an answer (optional)
    :type overdue: bool
    :param answered: only those with an answer, or without (optional)
    :type answered: bool
    :param sort: ``registered`` (default), or ``answered``: only those with an answer, by its time
    :type sort: string
    :param cursor: ``next`` of the page before (optional)
    :type cursor: string
    :param limit: at most 100 (optional, default: 20)
    :type limit: int

    :returns: ``appeals`` (masked, without long texts) and ``next``
    :rtype: dictionary
    :raises ValidationError: for an unknown filter value or a wrong cursor
    """
    tk.check_access("appeal_list", context, data_dict)
    data = checked(data_dict, schema.listed(), context)
    person = person_of(context)
    filters = {**data, "agency_id": shared.agency_id(data), "assignee_id": data.get("assignee")}
    shown = listing.condition(data["scope"], person.user_id, person.is_admin)
    found, cursor = listing.page(shown, filters, data["limit"])
    return {"appeals": showing.briefs(found), "next": cursor}


@limited("appeal_similar")
@tk.side_effect_free
def appeal_similar(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """While somebody types: answered appeals and standing answers about the same, and who answered them.

    :param text: what was typed so far; the first 4,000 characters count
    :type text: string
    :param agency: id or name (optional)
    :type agency: string
    :param limit: at most 10 of each (optional)
    :type limit: int

    :returns: ``appeals`` (as in ``appeal_list``), ``standing_answers``, and ``agencies``: where such a text belongs,
        ``id``, ``name``, ``title`` and ``count`` of those found that it answered
    :rtype: dictionary
    """
    tk.check_access("appeal_similar", context, data_dict)
    data = checked(data_dict, schema.similar(), context)
    agency = shared.agency_id(data)
    answered = similar.appeals(data["text"], agency, data["limit"])
    standing = similar.standing(data["text"], agency, data["limit"])
    return {
        "appeals": answered,
        "standing_answers": standing,
        "agencies": similar.agencies([*answered, *standing]),
    }


@tk.side_effect_free
def appeal_attachment_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A file of an appeal: its masked text for all who see the appeal, the file itself for author and officers.

    A picture is encoded anew without what the camera wrote; all see it once an officer has released it.

    :param number: number or id of the appeal
    :type number: string
    :param attachment_id: as ``appeal_show`` gives it
    :type attachment_id: string

    :returns: ``id``, ``name``, ``size``, ``text`` (masked; None for a file that stays private), ``picture`` (WebP in
        base64; None for other files and while it stays private), and for those who may have the file itself
        ``original`` (its name, ``mimetype`` and ``content`` as bytes in base64)
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such file, or none that the caller may see
    """
    tk.check_access("appeal_attachment_show", context, data_dict)
    data = checked(data_dict, schema.step("attachment_id"), context)
    appeal = visible(context, data)
    found = pictures.of(appeal, data.get("attachment_id"))
    return showing.attachment(found, inside=person_of(context, data).reads_all(appeal))


def _by_author(context: Context, data_dict: DataDict, action: str, event: str, *names: str) -> dict[str, Any]:
    shared.count_secret(context, data_dict)
    tk.check_access(action, context, data_dict)
    return shared.move(context, checked(data_dict, schema.step(*names), context), event)


def appeal_clarify(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Answer the agency's question; the clock goes on.

    :param number: number or id
    :type number: string
    :param text: at most 20,000 characters
    :type text: string
    :param secret: of the receipt, instead of an account (optional)
    :type secret: string

    :returns: as ``appeal_show``
    :rtype: dictionary
    :raises ValidationError: when nothing was asked, or the text is empty
    """
    return _by_author(context, data_dict, "appeal_clarify", "clarify", "text")


def appeal_withdraw(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take an appeal back that has no answer yet.

    :param number: number or id
    :type number: string
    :param secret: of the receipt, instead of an account (optional)
    :type secret: string

    :returns: as ``appeal_show``
    :rtype: dictionary
    """
    return _by_author(context, data_dict, "appeal_withdraw", "withdraw")


def appeal_close(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say that the answer is all that was wanted.

    :param number: number or id
    :type number: string
    :param secret: of the receipt, instead of an account (optional)
    :type secret: string

    :returns: as ``appeal_show``
    :rtype: dictionary
    """
    return _by_author(context, data_dict, "appeal_close", "close")


def appeal_reopen(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Open an appeal again after an answer that did not help: once, with a reason, in the time that the law gives.

    :param number: number or id
    :type number: string
    :param reason: what the answer lacks; 10 to 2,000 characters
    :type reason: string
    :param secret: of the receipt, instead of an account (optional)
    :type secret: string

    :returns: as ``appeal_show``
    :rtype: dictionary
    :raises ValidationError: when the answer was not rated as useless, it was opened again before, or it is too late
    """
    return _by_author(context, data_dict, "appeal_reopen", "reopen", "reason")


def appeal_rate(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Rate the last answer on the portal's four axes, and say whether the problem is solved. Once for each answer.

    An answer counts as useful when the problem is solved and the mean of the marks is 3 or more.

    :param number: number or id
    :type number: string
    :param accessibility: mark from 1 to 5, left out for "cannot say"; as are ``speed``, ``transparency``,
        ``completeness``
    :type accessibility: int
    :param solved: whether the problem is solved
    :type solved: bool
    :param comment: at most 2,000 characters (optional)
    :type comment: string
    :param secret: of the receipt, instead of an account (optional)
    :type secret: string

    :returns: as ``appeal_show``
    :rtype: dictionary
    """
    shared.count_secret(context, data_dict)
    tk.check_access("appeal_rate", context, data_dict)
    return shared.move(context, checked(data_dict, schema.rate(), context), "rate")
