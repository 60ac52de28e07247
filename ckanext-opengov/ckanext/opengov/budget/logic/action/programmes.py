"""Actions on budget programmes."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.budget.logic.schema import programmes as schema
from ckanext.opengov.budget.logic.schema.common import checked, one
from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.budget.service.people import COUNCIL, INSIDE, Person
from ckanext.opengov.budget.service.programmes import importing, listing, moving, showing
from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import officers

__all__ = [
    "budget_programme_compare",
    "budget_programme_create",
    "budget_programme_import",
    "budget_programme_list",
    "budget_programme_show",
    "budget_programme_transition",
    "budget_programme_update",
    "council_opinion_create",
]


def person_of(context: Context) -> Person:
    """Who asks, as the rules see them."""
    user = access.user_of(context)
    is_admin = bool(context.get("ignore_auth")) or bool(user and user.sysadmin)
    return Person(user.id if user else None, is_admin)


def committed(change: Any) -> Any:
    """Let a change happen and commit it; the locks end here and not with the request when it is refused."""
    try:
        made = change()
        model.Session.commit()
    except BaseException:
        model.Session.rollback()
        raise
    return made


def budget_programme_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Draft a programme. Only officers of the agency see it until its discussion is opened.

    :param owner_org: id or name of the agency
    :type owner_org: string
    :param name: address of the page (optional)
    :type name: string
    :param title: language (kk, ru, en) → title; at least one language
    :type title: dictionary
    :param goal: language → what it is for
    :type goal: dictionary
    :param code: as the budget has it, such as 225-099
    :type code: string
    :param responsible: ``name`` and ``position`` (language → text)
    :type responsible: dictionary
    :param years: such as [2027, 2028, 2029]
    :type years: list of integers
    :param scale: amounts are in tenge (1), thousands (1000, the default) or millions (1000000)
    :type scale: integer
    :param indicators: each with ``id`` (of one that is there), ``title``, ``unit`` and ``targets`` (year → number)
    :type indicators: list of dictionaries
    :param lines: each with ``id``, ``title``, ``code`` and ``amounts`` (year → exact decimal, best as text)
    :type lines: list of dictionaries

    :returns: the programme as in :py:func:`budget_programme_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the agency's budget who write
    :raises ValidationError: with all that is wrong, by field
    """
    tk.check_access("budget_programme_create", context, data_dict)
    data = checked(data_dict, schema.create(), context, *schema.PASSPORT)
    person = person_of(context)
    made = committed(lambda: moving.create(data, data["owner_org"], person.user_id, data.get("name")))
    return showing.full(made, person)


def budget_programme_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change the text of a programme: freely while it is a draft; after its discussion each place that changes says
    because of whom. While it is discussed, and while the council has it, it stands as it is.

    :param id: id or name of the programme
    :type id: string
    :param because: place (``passport``, ``indicator:i1``, ``line:l1``) → ``source`` (comments, council, agency),
        ``comments`` (ids of comments on the programme, for that source) and ``note``
    :type because: dictionary

    The other parameters are those of :py:func:`budget_programme_create`; the whole text is given.

    :returns: the programme as in :py:func:`budget_programme_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the agency's budget who write
    :raises ValidationError: with all that is wrong, or naming the places of which it is not said why they change
    """
    tk.check_access("budget_programme_update", context, data_dict)
    data = checked(data_dict, one(), context, *schema.PASSPORT, "because")
    person, found = person_of(context), moving.get(data["id"])
    changed = committed(lambda: moving.update(found.id, data, data.get("because"), person.user_id))
    return showing.full(changed, person)


def budget_programme_transition(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Let the next thing happen to a programme.

    :param id: id or name of the programme
    :type id: string
    :param event: open, pass_on, go_on, reply, approve, amend, report or withdraw
    :type event: string
    :param reason: for go_on, amend and withdraw: why, at least ten characters; everybody reads it
    :type reason: string
    :param order_number: for approve and amend
    :type order_number: string
    :param order_date: for approve and amend: ISO 8601
    :type order_date: string
    :param passport: for amend: the whole text as in :py:func:`budget_programme_create`
    :type passport: dictionary
    :param replies: for reply: one for each remark in their order: ``decision`` (accepted, partly, refused), ``text``
    :type replies: list of dictionaries
    :param year: for report: a year of the programme that is over
    :type year: integer
    :param reached: for report: id of the indicator → ``value`` and ``note`` (language → text)
    :type reached: dictionary
    :param spent: for report: id of the line → ``value`` and ``note``
    :type spent: dictionary
    :param summary: for report: language → text
    :type summary: dictionary

    :returns: the programme as in :py:func:`budget_programme_show`
    :rtype: dictionary
    :raises NotAuthorized: when the user's roles do not allow this event
    :raises ValidationError: when the state does not allow it, or a condition is not met
    """
    tk.check_access("budget_programme_transition", context, data_dict)
    data = checked(data_dict, schema.transition(), context, *schema.OF_EVENTS)
    person, found = person_of(context), moving.get(data["id"])
    moved = committed(lambda: moving.transition(found.id, data["event"], person, data))
    return showing.full(moved, person)


def budget_programme_import(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Bring a programme that was discussed or approved before this portal; or, for one that is in discussion here under
    the same ``name``, say that its discussion was ended elsewhere. From then on its way goes on here.

    :param owner_org: id or name of the agency
    :type owner_org: string
    :param name: address of the page
    :type name: string
    :param state: answering (it was discussed) or approved
    :type state: string
    :param discussed_from: first day of the discussion, ISO 8601 (optional)
    :type discussed_from: string
    :param discussed_until: its last day (optional)
    :type discussed_until: string
    :param order_number: of an approved one
    :type order_number: string
    :param order_date: of an approved one, ISO 8601
    :type order_date: string

    The text is given as in :py:func:`budget_programme_create`.

    :returns: the programme as in :py:func:`budget_programme_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but administrators of the portal
    :raises ValidationError: with all that is wrong, and for a name that is taken
    """
    tk.check_access("budget_programme_import", context, data_dict)
    data = checked(data_dict, schema.bringing(), context, *schema.PASSPORT)
    dates = dict.fromkeys(("discussed_from", "discussed_until", "order_date"))
    person = person_of(context)
    if data["state"] == "approved" and not data.get("order_date"):
        words = tk._("Give number and day of the order, such as 17 and 2026-11-24.")
        raise tk.ValidationError({"order_date": [words]})
    made = committed(lambda: importing.bring({**dates, **data}, data["owner_org"], person.user_id))
    return showing.full(made, person)


def council_opinion_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Give the opinion of a public council on a programme that was passed on to it.

    :param id: id or name of the programme
    :type id: string
    :param verdict: for, remarks (for, with remarks) or against; what the votes say
    :type verdict: string
    :param text: from 10 to 20,000 characters
    :type text: string
    :param language: kk, ru or en
    :type language: string
    :param held_on: the day of the sitting, ISO 8601
    :type held_on: string
    :param votes_for: how many voted for
    :type votes_for: integer
    :param votes_against: how many voted against
    :type votes_against: integer
    :param votes_abstained: how many abstained
    :type votes_abstained: integer
    :param remarks: each with ``text`` and ``anchor`` (indicator:…, line:…, empty for the whole); with verdict remarks
        at least one
    :type remarks: list of dictionaries

    :returns: the programme as in :py:func:`budget_programme_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but members of the agency's council
    :raises ValidationError: when the programme is not before the council, or verdict and votes disagree
    """
    tk.check_access("council_opinion_create", context, data_dict)
    data = checked(data_dict, one(), context, *schema.OF_OPINION)
    person, found = person_of(context), moving.get(data["id"])
    verdict = str(data.get("verdict") or "")
    event = f"opine_{verdict}" if verdict in ("for", "remarks", "against") else "opine_for"
    moved = committed(lambda: moving.transition(found.id, event, person, data))
    return showing.full(moved, person)


@tk.side_effect_free
def budget_programme_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One programme with all that hangs on it.

    :param id: id or name
    :type id: string

    :returns: ``id``, ``name``, ``agency``, ``code``, ``state``, ``title``, ``goal``, ``years``, ``scale``,
        ``passport``, ``indicators``, ``lines``, ``totals`` (year → sum, exact decimals as text), ``talk`` (comments and
        answered), ``opinions``, ``versions``, ``reports``, ``findings``, ``due_at``, ``moments`` (state → when it
        began) and ``events`` (what the user may do now → what is still in the way)
    :rtype: dictionary
    :raises ObjectNotFound: when there is none, or it is a draft of an agency whose officer the user is not
    """
    tk.check_access("budget_programme_show", context, data_dict)
    data = checked(data_dict, one(), context)
    return showing.full(moving.get(data["id"]), person_of(context))


@tk.side_effect_free
def budget_programme_compare(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Two texts of a programme side by side: what changed in which place, and because of whom.

    :param id: id or name
    :type id: string
    :param before: number of a version; the discussed one by default
    :type before: integer
    :param after: number of a version; the text as it stands now by default
    :type after: integer

    :returns: ``versions`` and ``places``: each with ``anchor``, ``title``, ``changes`` (field, year, before, after,
        step) and ``because`` (source, comments, note)
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such programme or version, or it was never discussed
    """
    tk.check_access("budget_programme_compare", context, data_dict)
    data = checked(data_dict, schema.compare(), context)
    return showing.compared(moving.get(data["id"]), data.get("before"), data.get("after"))


@tk.side_effect_free
def budget_programme_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Programmes; those that ask for people first.

    :param state: draft, discussion, answering, council, replying, approving, approved, reported or withdrawn (optional)
    :type state: string
    :param agency: id or name of an agency (optional)
    :type agency: string
    :param year: programmes that have this year (optional)
    :type year: integer
    :param code: code of the programme (optional)
    :type code: string
    :param mine: only those of agencies in whose budget or council the user works
    :type mine: boolean
    :param offset: how many to skip (0)
    :type offset: int
    :param limit: at most 100 (20)
    :type limit: int

    :returns: ``count`` and ``results``
    :rtype: dictionary
    :raises ValidationError: for an unknown state or agency
    """
    tk.check_access("budget_programme_list", context, data_dict)
    data = checked(data_dict, schema.listing(), context)
    wanted = listing.Wanted(
        state=data.get("state"),
        agency_id=data.get("agency"),
        year=data.get("year"),
        code=data.get("code"),
        agencies=_own(context, INSIDE | COUNCIL) if data["mine"] else None,
        hidden=_own(context, INSIDE),
        offset=data["offset"],
        limit=data["limit"],
    )
    count, found = listing.page(wanted)
    return {"count": count, "results": showing.briefs(found)}


def _own(context: Context, roles: Any) -> frozenset[str] | None:
    """The agencies in which the user holds one of the roles; None for all."""
    person = person_of(context)
    if person.is_admin:
        return None
    return frozenset(officers.agencies_of(person.user_id, roles, COMPONENT)) if person.user_id else frozenset()
