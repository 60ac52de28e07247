"""The officers' actions: granting, revoking, moving, listing, and where nobody is responsible."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import ActionResult, Context, DataDict

from ckanext.opengov.civic import roles
from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.logic.checked import checked
from ckanext.opengov.civic.logic.schema import officers as schema
from ckanext.opengov.civic.model.officers import Officer
from ckanext.opengov.civic.service import agencies, officers, officers_check, officers_csv, officers_list
from ckanext.opengov.civic.service.officers_csv import MAX_BYTES, Fault, FileRefused

__all__ = ["officer_gap_list", "officer_grant", "officer_import", "officer_list", "officer_move", "officer_revoke"]

# The rules speak of the columns of a file; the action's parameters for dates have longer names.
_PARAMETERS = {"from": "valid_from", "until": "valid_until"}


def officer_grant(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Grant a role of a component in an agency to a user.

    Administrators of the agency, or of an agency above it, grant; roles that act on all agencies (list_approver,
    supervisor, evaluator, expert, methodologist) are granted by administrators of the portal only. The table of what
    each role may do stands in ``docs/roles.md``.

    :param user: the name or id of an active user
    :type user: string
    :param agency: the name or id of the agency
    :type agency: string
    :param component: such as ``data`` or ``dialog``
    :type component: string
    :param role: such as ``author`` or ``publisher``
    :type role: string
    :param valid_from: the first day, as 2027-01-31 or 31.01.2027 (optional, today in Almaty by default)
    :type valid_from: string
    :param valid_until: the last day (optional, without end by default)
    :type valid_until: string
    :returns: the officer, as in ``officer_list``
    :rtype: dictionary
    :raises NotAuthorized: when you are not an administrator of the agency
    :raises ValidationError: with everything that is wrong, each under its parameter
    """
    tk.check_access("officer_grant", context, data_dict)
    data = checked(data_dict, schema.officer_grant(), context)
    row = {name: data[_PARAMETERS.get(name, name)].strip() for name in officers_check.COLUMNS}
    known = officers_check.look_up([row], access.administered(context))
    grant, problems = officers_check.check(row, known)
    if grant is None:
        raise tk.ValidationError({_PARAMETERS.get(name, name): [one.translated()] for name, one in problems})
    held = known.held.get(grant.key)
    if held and officers.is_held(held, grant):
        raise tk.ValidationError({"user": [officers_check.already(row, held).translated()]})
    _grant([grant], context)
    model.Session.commit()
    return officers_list.one(officers.open_grants([grant.user_id])[grant.key].id)


def _grant(grants: list[officers.Grant], context: Context) -> None:
    try:
        officers.grant(grants, _actor(context))
    except sa.exc.IntegrityError as error:
        model.Session.rollback()
        message = tk._("Somebody else granted the same role a moment ago. Look at the list and try again.")
        raise tk.ValidationError({"user": [message]}) from error


def officer_revoke(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """End a role now. The open tasks of its holder go on.

    With a successor they go to that person. Without one the component gives them to whoever else is responsible,
    unless the holder keeps another role there.

    :param id: the id of the officer, from ``officer_list``
    :type id: int
    :param hand_over_to: the name or id of a user with a role of the component in the agency (optional)
    :type hand_over_to: string
    :returns: the officer, as in ``officer_list``, with ``handed_over``: how many tasks went on
    :rtype: dictionary
    :raises NotAuthorized: when you are not an administrator of the agency
    :raises ObjectNotFound: when there is no such officer
    :raises ValidationError: when the role has ended already or the successor has no role there
    """
    tk.check_access("officer_revoke", context, data_dict)
    data = checked(data_dict, schema.officer_revoke(), context)
    officer = model.Session.get(Officer, data["id"], with_for_update=True, populate_existing=True)
    if officer is None:
        raise tk.ObjectNotFound(tk._("There is no officer with the id {id}.").format(id=data["id"]))
    if officer.revoked_at:
        raise tk.ValidationError({"id": [tk._("This role has ended already.")]})
    successor = _successor(data.get("hand_over_to"), [officer])
    count = officers.revoke(officer, _actor(context), successor)
    model.Session.commit()
    return {**officers_list.one(officer.id), "handed_over": count}


def _successor(reference: str | None, held: list[Officer]) -> str | None:
    if not reference:
        return None
    user = model.User.get(reference)
    if user is None or user.state != model.State.ACTIVE:
        message = tk._("There is no active user “{user}”. Name an officer of the same agency.")
        raise tk.ValidationError({"hand_over_to": [message.format(user=reference)]})
    for one in held:
        fits = officers.holds(user.id, roles.Role, component=one.component, agency_id=one.agency_id)
        if user.id == one.user_id or not fits:
            message = tk._("“{user}” cannot take over. Name another officer of “{component}” in this agency.")
            raise tk.ValidationError({"hand_over_to": [message.format(user=reference, component=one.component)]})
    return user.id


def officer_move(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Move a person with all roles from one agency to another. The open tasks stay in the old one and go on there.

    :param user: the name or id of the user
    :type user: string
    :param from_agency: the name or id of the agency that the person leaves
    :type from_agency: string
    :param to_agency: the name or id of the agency that the person comes to
    :type to_agency: string
    :param hand_over_to: who takes over the open tasks (optional, see ``officer_revoke``)
    :type hand_over_to: string
    :returns: ``moved``, how many roles were ended, and ``officers``, the new ones as in ``officer_list``
    :rtype: dictionary
    :raises NotAuthorized: unless you are an administrator of both agencies
    :raises ValidationError: for an unknown user or agency, or when the person has no role to move
    """
    tk.check_access("officer_move", context, data_dict)
    data = checked(data_dict, schema.officer_move(), context)
    user, places = _mover(data)
    held = [one for key, one in officers.open_grants([user]).items() if key[1] == places[0]]
    if not held:
        raise tk.ValidationError({"user": [tk._("This person has no role in the agency that is to be left.")]})
    successor = _successor(data.get("hand_over_to"), held)
    made = officers.move(held, places[1], _actor(context), successor)
    model.Session.commit()
    return {"moved": len(held), "officers": [officers_list.one(one.id) for one in made]}


def _mover(data: dict[str, Any]) -> tuple[str, list[str]]:
    errors: dict[str, Any] = {}
    user = model.User.get(data["user"])
    if user is None or user.state != model.State.ACTIVE:
        errors["user"] = [tk._("There is no active user “{user}”.").format(user=data["user"])]
    found = {name: agencies.find(data[name]) for name in ("from_agency", "to_agency")}
    for name, agency in found.items():
        if agency is None:
            errors[name] = [tk._("There is no agency “{id}”.").format(id=data[name])]
    places = [agency.id for agency in found.values() if agency]
    if len(places) == 2 and places[0] == places[1]:
        errors["to_agency"] = [tk._("This is the agency that is to be left. Name another one.")]
    if errors or user is None:
        raise tk.ValidationError(errors)
    return user.id, places


def officer_import(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Grant the roles of a CSV file, all or none.

    The first line is ``user,agency,component,role,from,until``; ``from`` and ``until`` may be left out. The file is in
    UTF-8, separated by commas or semicolons, with at most 10,000 rows. A row that says what stands already changes
    nothing.

    :param csv: the file's text
    :type csv: string
    :param upload: the file itself, in a multipart form, instead of ``csv``
    :type upload: file
    :returns: ``granted`` and ``unchanged``, numbers of rows
    :rtype: dictionary
    :raises NotAuthorized: when you are an administrator of no agency
    :raises ValidationError: with ``rows``: for every fault of every row its ``line``, ``column``, ``value`` and a
        ``message`` that says what would be right; nothing was granted then
    """
    tk.check_access("officer_import", context, data_dict)
    data = checked(data_dict, schema.officer_import(), context)
    try:
        rows = officers_csv.read(officers_csv.decode(_content(data)))
        wanted, unchanged = officers_csv.grants_of(rows, access.administered(context))
    except FileRefused as refused:
        raise _refused_file(refused) from refused
    _grant(wanted, context)
    model.Session.commit()
    return {"granted": len(wanted), "unchanged": unchanged}


def _content(data: dict[str, Any]) -> bytes:
    upload = data.get("upload")
    if hasattr(upload, "read"):
        # One byte more than allowed shows that the file is too large; the rest of it is left where it is.
        return upload.read(MAX_BYTES + 1)
    if not data.get("csv"):
        raise tk.ValidationError({"upload": [tk._("Choose a CSV file.")]})
    return data["csv"].encode()


def _refused_file(refused: FileRefused) -> tk.ValidationError:
    rows: list[Any] = [_fault(one) for one in refused.faults]
    summary = tk.ungettext(
        "{number} fault in the file; nothing was granted.",
        "{number} faults in the file; nothing was granted.",
        len(rows),
    )
    return tk.ValidationError({"rows": rows}, {"rows": summary.format(number=len(rows))})


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "line": fault.line,
        "column": fault.column,
        "value": fault.value,
        "message": fault.refusal.translated(),
    }


@tk.side_effect_free
def officer_list(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Officers of the agencies that you administer or have a role in; or, with your own name, your roles.

    :param agency: name or id (optional)
    :type agency: string
    :param component: such as ``data`` (optional)
    :type component: string
    :param role: such as ``author`` (optional)
    :type role: string
    :param user: name or id (optional)
    :type user: string
    :param q: part of the user's name (optional)
    :type q: string
    :param state: ``open`` (now or later; the default), ``ended`` or ``all``
    :type state: string
    :param limit: how many (optional, default 100, at most 1000)
    :type limit: int
    :param offset: how many to leave out (optional)
    :type offset: int
    :returns: ``count`` and ``results``: id, user_id, user, user_title, agency_id, agency, agency_title, component,
        role, role_title, valid_from, valid_until, granted_at, revoked_at (UTC) and state (open, later or ended)
    :rtype: dictionary
    :raises NotAuthorized: when you are neither administrator nor officer there
    """
    tk.check_access("officer_list", context, data_dict)
    data = checked(data_dict, schema.officer_list(), context)
    count, results = officers_list.listed(officers_list.Filters(**data), _scope(context, data))
    return {"count": count, "results": results}


def _scope(context: Context, data: dict[str, Any]) -> frozenset[str] | None:
    """The agencies whose officers are shown; None for all of them."""
    own = access.administered(context)
    user = access.user_of(context)
    if own is None or user is None or data.get("user") in {user.id, user.name}:
        return None
    # A named agency was looked at by the auth function.
    if data.get("agency") and agencies.find(data["agency"]):
        return None
    shown = [officers.agencies_of(user.id, allowed["officer_list"], name) for name, allowed in _tables()]
    return own.union(*shown)


def _tables() -> list[tuple[str, roles.Permissions]]:
    return [(name, roles.permissions_of(name)) for name in roles.components()]


@tk.side_effect_free
def officer_gap_list(context: Context, data_dict: DataDict) -> ActionResult.AnyDict:
    """Agencies in which nobody does the work of a component: no author, publisher, head, deputy head or moderator.

    :param agency: name or id (optional, all that you administer by default)
    :type agency: string
    :param component: such as ``data`` (optional)
    :type component: string
    :param limit: how many (optional, default 100, at most 1000)
    :type limit: int
    :param offset: how many to leave out (optional)
    :type offset: int
    :returns: ``count`` and ``results``: agency_id, agency, agency_title, component, component_title
    :rtype: dictionary
    :raises NotAuthorized: when you are an administrator of no agency
    """
    tk.check_access("officer_gap_list", context, data_dict)
    data = checked(data_dict, schema.officer_gap_list(), context)
    scope = access.administered(context)
    if data.get("agency"):
        agency = agencies.find(data["agency"])
        wanted = frozenset({agency.id}) if agency else frozenset()
        scope = wanted if scope is None else scope & wanted
    names = [data["component"]] if data.get("component") else None
    count, results = officers.gaps(names, scope, limit=data["limit"], offset=data["offset"])
    known = roles.components()
    for row in results:
        row["component_title"] = tk._(known[row["component"]].title)
    return {"count": count, "results": results}


def _actor(context: Context) -> str:
    user = access.user_of(context)
    if user is None:
        raise tk.NotAuthorized(tk._("Roles are granted and revoked by the administrators of the agency."))
    return user.id
