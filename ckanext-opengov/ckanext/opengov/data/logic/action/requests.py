"""Actions on requests to publish data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic.checked import checked
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers
from ckanext.opengov.civic.service.limits import limited
from ckanext.opengov.data.logic.auth.requests import person_of
from ckanext.opengov.data.logic.schema import requests as schema
from ckanext.opengov.data.model.requests import DataRequest
from ckanext.opengov.data.service import people as data_people
from ckanext.opengov.data.service.requests import filing, listing, moving, showing, supporting
from ckanext.opengov.data.service.requests.people import READERS, Person
from ckanext.opengov.data.service.requests.states import COMPONENT, OUTCOMES

__all__ = [
    "data_request_answer",
    "data_request_assign",
    "data_request_create",
    "data_request_forward",
    "data_request_list",
    "data_request_moderate",
    "data_request_show",
    "data_request_support",
    "data_request_withdraw",
]


def _move(context: Context, data: Mapping[str, Any], event: str) -> dict[str, Any]:
    """Let an event happen to the request, commit, and show what became of it."""
    person = person_of(context)
    try:
        request = moving.transition(moving.get(data["id"]).id, event, person, data)
        model.Session.commit()
    except BaseException:
        # The lock of the row ends here and not with the HTTP request.
        model.Session.rollback()
        raise
    return showing.full(request, person)


@limited("data_request")
def data_request_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Ask for data to be published.

    :param title: what is wanted, in 10 to 200 characters
    :type title: string
    :param wanted: which data, for which years and places, in 10 to 5,000 characters; personal data in the texts are
        masked for all but the author and officers
    :type wanted: string
    :param why: what for (optional), at most 2,000 characters
    :type why: string
    :param agency: id or name of the agency that has the data (optional); without it the authorised body finds it
        within the term ``data_request.assign``, and the agency answers within ``data_request.answer``
    :type agency: string
    :param language: of the texts: kk, ru or en
    :type language: string
    :param data_languages: languages in which the data are wanted (optional)
    :type data_languages: list of strings

    :returns: the request with its ``number`` and ``deadline``
    :rtype: dictionary
    :raises NotAuthorized: when the identity is not confirmed as far as asked, and (429) when it is too often
    :raises ValidationError: with all that is wrong, by field; for what the same person asked within a day
    """
    tk.check_access("data_request_create", context, data_dict)
    person = person_of(context)
    if person.user_id is None:
        raise tk.NotAuthorized(tk._("Sign in first. Without an account you can read everything but not take part."))
    request = filing.file(filing.check(data_dict, person.user_id))
    model.Session.commit()
    return showing.full(request, person)


@tk.side_effect_free
def data_request_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One request with its answer.

    :param id: id or number, such as ``dr-2026-000017``
    :type id: string

    :returns: the request; its author and officers get ``original`` and ``findings`` too, and ``events`` names what
        the reader may do now
    :rtype: dictionary
    :raises ObjectNotFound: when there is none, or none that the reader may see
    """
    tk.check_access("data_request_show", context, data_dict)
    data = checked(data_dict, schema.one_request(), context)
    return showing.full(moving.get(data["id"]), person_of(context))


@tk.side_effect_free
def data_request_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Requests, page by page.

    :param q: words of a public request or its answer (optional); then the best come first and ``order`` does not count
    :type q: string
    :param scope: ``public`` (all that everybody sees), ``mine``, or ``work`` (those of the agencies in which one is an
        officer)
    :type scope: string
    :param agency: id or name of an agency (optional)
    :type agency: string
    :param state: unassigned, in_work, published, refused, duplicate or withdrawn (optional)
    :type state: string
    :param visibility: pending, public or hidden (optional; of use in the scopes ``mine`` and ``work``)
    :type visibility: string
    :param overdue: whether only those whose term is over (optional)
    :type overdue: bool
    :param order: ``newest`` or ``support``
    :type order: string
    :param cursor: ``next`` of the page before (optional)
    :type cursor: string
    :param limit: at most 100 (20)
    :type limit: int

    :returns: ``requests`` and ``next``, None on the last page
    :rtype: dictionary
    :raises ValidationError: for a value that is not known, or a cursor that no page gave
    """
    tk.check_access("data_request_list", context, data_dict)
    data = checked(data_dict, schema.request_list(), context)
    person = person_of(context)
    filters = {**data, "agency_id": data.get("agency")}
    if data["scope"] == "public" and listing.words(data.get("q") or ""):
        found, following = listing.search(data["q"], filters, data["limit"])
    else:
        found, following = listing.page(_scope(data["scope"], person), filters, data["order"], data["limit"])
    return {"requests": showing.short(found, person.user_id), "next": following}


def _scope(scope: str, person: Person) -> sa.ColumnElement[bool]:
    if scope == "public":
        return DataRequest.visibility == "public"
    if scope == "mine":
        return DataRequest.author_id == (person.user_id or "")
    across = {str(Role.LIST_APPROVER), str(Role.SUPERVISOR)}
    if person.is_admin or not data_people.roles_in(person.user_id, None).isdisjoint(across):
        return sa.true()
    roles = {Role(one) for one in READERS}
    return DataRequest.agency_id.in_(officers.agencies_of(person.user_id, roles, COMPONENT) if person.user_id else [])


@limited("data_request_support")
def data_request_support(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say that one wants the data too, or take that back. Each person counts once.

    :param id: id or number of the request
    :type id: string
    :param supported: false takes it back (true)
    :type supported: bool

    :returns: ``id``, ``support`` (how many) and ``supported``
    :rtype: dictionary
    :raises NotAuthorized: when the identity is not confirmed as far as asked, or the request is one's own
    :raises ValidationError: when the request is not public, or has its answer
    """
    tk.check_access("data_request_support", context, data_dict)
    data = checked(data_dict, schema.request_support(), context)
    request, person = moving.get(data["id"]), person_of(context)
    supporting.change(request, person.user_id or "", data["supported"])
    model.Session.commit()
    return {"id": request.id, "support": request.support, "supported": data["supported"]}


def data_request_moderate(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Open a request to everybody, or hide it. Its way and its term go on whatever is decided.

    :param id: id or number of the request
    :type id: string
    :param decision: accept or hide
    :type decision: string
    :param reason: why it is hidden; its author reads it
    :type reason: string

    :returns: the request
    :rtype: dictionary
    :raises NotAuthorized: for all but moderators of the agency and the authorised body's list approver
    :raises ValidationError: for hiding without a reason
    """
    tk.check_access("data_request_moderate", context, data_dict)
    data = checked(data_dict, schema.request_moderate(), context)
    return _move(context, data, f"moderate_{data['decision']}")


def data_request_assign(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Give a request to the agency that has the data. The term of the answer begins anew.

    :param id: id or number of the request
    :type id: string
    :param agency: id or name of the agency
    :type agency: string
    :param reason: why; needed when another agency was asked before
    :type reason: string

    :returns: the request
    :rtype: dictionary
    :raises NotAuthorized: for all but the authorised body's list approver
    :raises ValidationError: for an unknown agency, or when the request has its answer
    """
    tk.check_access("data_request_assign", context, data_dict)
    return _move(context, checked(data_dict, schema.request_give(), context), "assign")


def data_request_forward(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Pass a request on to another agency, whose term begins anew.

    :param id: id or number of the request
    :type id: string
    :param agency: id or name of the other agency
    :type agency: string
    :param reason: why the data are theirs; everybody reads it
    :type reason: string

    :returns: the request
    :rtype: dictionary
    :raises NotAuthorized: for all but publishers and heads of the agency that is asked
    :raises ValidationError: for an unknown agency or the same one, without a reason, or when the request is answered
    """
    tk.check_access("data_request_forward", context, data_dict)
    return _move(context, checked(data_dict, schema.request_give(), context), "forward")


def data_request_answer(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Answer a request. Its author and all who support it get the answer by mail.

    :param id: id or number of the request
    :type id: string
    :param outcome: ``published`` (also after a refusal), ``refused`` or ``duplicate``
    :type outcome: string
    :param datasets: for ``published``: names, ids or addresses of 1 to 20 public data sets
    :type datasets: list of strings
    :param legal_reason: for ``refused``: a key of ``data/refusal_reasons.yaml``
    :type legal_reason: string
    :param other: for ``duplicate``: number of the public request that asks for the same; supporters move there
    :type other: string
    :param text: the answer in words, at most 10,000 characters; needed for ``refused``
    :type text: string
    :param language: of the text: kk, ru or en; that of the request by default
    :type language: string

    :returns: the request with its answer
    :rtype: dictionary
    :raises NotAuthorized: for all but publishers and heads of the agency; while none is asked, the authorised body
        may join it with another request
    :raises ValidationError: with what is missing, or when the request has its answer
    """
    tk.check_access("data_request_answer", context, data_dict)
    data = checked(data_dict, schema.request_answer(), context, "datasets")
    return _move(context, data, OUTCOMES[data["outcome"]])


def data_request_withdraw(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take one's own request back, before it is answered.

    :param id: id or number of the request
    :type id: string

    :returns: the request
    :rtype: dictionary
    :raises NotAuthorized: for all but the author
    :raises ValidationError: when it has its answer
    """
    tk.check_access("data_request_withdraw", context, data_dict)
    return _move(context, checked(data_dict, schema.one_request(), context), "withdraw")
