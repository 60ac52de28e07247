"""Actions on the agencies' approved lists of open data."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict, Schema
from werkzeug.datastructures import FileStorage

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.refusal import Refusal
from ckanext.opengov.data.logic.schema import lists as schema
from ckanext.opengov.data.model.lists import ListItem
from ckanext.opengov.data.service.lists import importing, items, showing, standing, telling, workbook
from ckanext.opengov.data.service.lists.items import Change
from ckanext.opengov.data.service.lists.states import COMPONENT, CREATE, IN_FORCE, STEPS, find

__all__ = [
    "data_list_export",
    "data_list_import",
    "data_list_item_upsert",
    "data_list_list",
    "data_list_show",
    "data_list_transition",
]

STRUCTURED = ("title", "criteria", "file")


def _checked(data_dict: DataDict, expected: Schema, context: Context) -> dict[str, Any]:
    plain = {name: value for name, value in data_dict.items() if name not in STRUCTURED}
    data, errors = tk.navl_validate(plain, expected, context)
    if errors:
        raise tk.ValidationError(errors)
    return {**data, **{name: data_dict[name] for name in STRUCTURED if name in data_dict}}


def _actor(context: Context) -> str | None:
    user = access.user_of(context)
    return user.id if user else None


def _is_inside(context: Context, agency_id: str) -> bool:
    return access.may("data_list_draft_show", context, COMPONENT, agency_id)


def _is_approver(context: Context, agency_id: str) -> bool:
    return access.may("data_list_amend", context, COMPONENT, agency_id)


def _shown(item: ListItem) -> dict[str, Any]:
    states = (item.state,)
    found = next(one for one in standing.of_agency(item.agency_id, states) if one.item.id == item.id)
    return showing.item(found, is_inside=True)


@tk.side_effect_free
def data_list_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The agencies that have a list, with their figures.

    :returns: of each ``agency`` and ``figures``: ``items`` in force, ``published``, ``late``, ``waiting`` (no data set
        yet, and still time) and ``score``, the share of items on time from 0 to 1 of those that are published or late
    :rtype: list of dictionaries
    """
    tk.check_access("data_list_list", context, data_dict)
    return showing.overview()


@tk.side_effect_free
def data_list_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The list of an agency.

    :param agency: id or name of the agency
    :type agency: string

    :returns: ``agency``, ``figures`` (as in ``data_list_list``), ``items`` with ``next_due``, ``days_late`` and
        ``standing`` (planned, waiting, soon, late or good), ``criteria``, and for officers ``may`` (what they may do)
    :rtype: dictionary
    :raises ValidationError: when there is no such agency
    """
    tk.check_access("data_list_show", context, data_dict)
    agency_id = _checked(data_dict, schema.one_list(), context)["agency"]
    found = showing.full(agency_id, is_inside=_is_inside(context, agency_id))
    names = ("data_list_item_upsert", "data_list_import", *(f"data_list_{name}" for name in STEPS))
    may = [name for name in names if access.may(name, context, COMPONENT, agency_id)]
    return {**found, "criteria": showing.checklist(), "may": may}


def data_list_item_upsert(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Write an item, or change one that is there.

    A change of an approved item by the agency is a proposal; by the list approver it is an amendment.

    :param id: id of the item; leave it out for a new one
    :type id: string
    :param agency: id or name of the agency of a new item
    :type agency: string
    :param title: the title by language: kk, ru and en, each needed
    :type title: dictionary
    :param due_on: the day by which it is published, such as 2026-12-31
    :type due_on: string
    :param frequency: kind of update: DAILY, WEEKLY, MONTHLY, QUARTERLY, HALF_YEAR, YEARLY or AS_NEEDED
    :type frequency: string
    :param criteria: keys of the criteria for open data that it meets, see ``data_list_show``
    :type criteria: list of strings
    :param dataset: name, id or address of the agency's public data set; empty takes the link away
    :type dataset: string
    :param reason: why an approved item changes; everybody reads it
    :type reason: string

    :returns: the item
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the agency who write and the list approver
    :raises ValidationError: with all that is wrong, by field
    """
    tk.check_access("data_list_item_upsert", context, data_dict)
    data = _checked(data_dict, schema.item_upsert(), context)
    try:
        item = _change(context, data) if data.get("id") else _create(context, data)
        model.Session.commit()
    except BaseException:
        # The lock of the list ends here and not with the request.
        model.Session.rollback()
        raise
    return _shown(item)


def _create(context: Context, data: Mapping[str, Any]) -> ListItem:
    agency_id = data.get("agency")
    if not agency_id:
        raise tk.ValidationError({"agency": [tk._("Name the agency whose list it is.")]})
    if not access.may("data_list_remove", context, COMPONENT, agency_id):
        raise tk.NotAuthorized(tk._("New items are drafted by the agency itself."))
    values = items.check(data, whole=True)
    items.lock_list(agency_id)
    package = items.dataset(data.get("dataset"), agency_id)
    item, happening = items.create(agency_id, values, _actor(context))
    items.record([happening, items.link(item, package, _actor(context))])
    return item


def _change(context: Context, data: Mapping[str, Any]) -> ListItem:
    item = items.get(data["id"])
    items.lock_list(item.agency_id)
    model.Session.refresh(item)
    is_approver, actor = _is_approver(context, item.agency_id), _actor(context)
    happenings = []
    changed = items.differing(item, items.check(data, whole=False))
    if changed:
        event = items.event_for(item, is_approver)
        _may_change(context, item, event)
        happening = items.move(item, Change(event, actor, data.get("reason") or ""), changed)
        happenings.append(happening)
        telling.moved(item.agency_id, event, [(item, items.reason_of(happening))])
    if "dataset" in data:
        happenings.append(items.link(item, items.dataset(data["dataset"], item.agency_id), actor))
    items.record(happenings)
    return item


def _may_change(context: Context, item: ListItem, event: str) -> None:
    """The list approver amends what is approved; drafts are the agency's own."""
    rule = find(item.state, event)
    is_own = access.may("data_list_remove", context, COMPONENT, item.agency_id)
    if rule is not None and rule.who == CREATE and not is_own:
        raise tk.NotAuthorized(tk._("Drafts are changed by the agency itself."))


def data_list_transition(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Bring items of a list on: agreed by the agency, approved or given back by the authorised body, taken out.

    :param agency: id or name of the agency
    :type agency: string
    :param event: ``agree``, ``recall``, ``approve``, ``return``, ``amend`` (accept the proposed change), ``decline``,
        ``remove`` (a draft) or ``exclude`` (an approved item)
    :type event: string
    :param numbers: numbers of the items (optional for ``agree``, ``recall``, ``approve`` and ``return``: then all that
        are in the state for it)
    :type numbers: list of ints
    :param reason: why; needed for ``return``, ``decline`` and ``exclude``
    :type reason: string

    :returns: the list, as ``data_list_show``
    :rtype: dictionary
    :raises NotAuthorized: for whoever has not the role for it
    :raises ValidationError: when an item is not in the state for it, lacks required criteria, or nothing is to do
    """
    tk.check_access("data_list_transition", context, data_dict)
    data = _checked(data_dict, schema.list_transition(), context)
    agency_id, event = data["agency"], data["event"]
    try:
        items.lock_list(agency_id)
        change = Change(event, _actor(context), data.get("reason") or "")
        meant = _meant(agency_id, event, data.get("numbers"))
        happenings = [items.move(one, change) for one in meant]
        items.record(happenings)
        reasons = map(items.reason_of, happenings)
        telling.moved(agency_id, event, list(zip(meant, reasons, strict=True)))
        model.Session.commit()
    except BaseException:
        model.Session.rollback()
        raise
    return tk.get_action("data_list_show")(tk.fresh_context(context), {"agency": agency_id})


def _meant(agency_id: str, event: str, numbers: list[int] | None) -> list[ListItem]:
    """The items that a step is for."""
    if numbers is None and event in ("remove", "exclude", "amend", "decline"):
        raise tk.ValidationError({"numbers": [tk._("Choose the items.")]})
    found = items.locked(agency_id, numbers)
    if numbers is None:
        found = [one for one in found if find(one.state, event)]
    if not found or (numbers is not None and len(found) < len(set(numbers))):
        raise tk.ValidationError({"numbers": [tk._("There is no such item to which this can be done now.")]})
    return found


def data_list_import(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Bring a filled workbook (XLSX, as ``data_list_export`` gives it) into the list: all of it or nothing.

    Rows without a number become new drafts, rows with one change that item; items without a row stay as they are.

    :param agency: id or name of the agency
    :type agency: string
    :param file: the workbook: an uploaded file, or its bytes in base64; at most 5 MB and 2,000 items
    :type file: file or string
    :param reason: why approved items change
    :type reason: string

    :returns: how many were ``created``, ``changed``, ``proposed`` and the ``same``
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the agency who write and the list approver
    :raises ValidationError: ``rows`` holds everything that is wrong: ``row``, ``column``, ``field``, ``value`` and
        ``message``, which says what would be right
    """
    tk.check_access("data_list_import", context, data_dict)
    data = _checked(data_dict, schema.list_import(), context)
    agency_id = data["agency"]
    reason = data.get("reason") or ""
    work = importing.Importing(agency_id, _actor(context), _is_approver(context, agency_id), reason)
    try:
        rows = importing.read(_content(data.get("file")))
        _may_import(context, agency_id, rows)
        items.lock_list(agency_id)
        work.run(rows)
        model.Session.commit()
    except Refusal as error:
        model.Session.rollback()
        raise tk.ValidationError({"file": [error.translated()]}) from error
    except workbook.Wrong as error:
        model.Session.rollback()
        wrong: Any = {"rows": importing.told(error.problems)}
        raise tk.ValidationError(wrong) from error
    except BaseException:
        model.Session.rollback()
        raise
    return work.counts


def _may_import(context: Context, agency_id: str, rows: list[workbook.Row]) -> None:
    """Whoever is not of the agency brings amendments of approved items only."""
    if access.may("data_list_remove", context, COMPONENT, agency_id):
        return
    binding = {one.number for one in items.locked(agency_id) if one.state in IN_FORCE}
    if any(row.number not in binding for row in rows):
        raise tk.NotAuthorized(tk._("Drafts are changed by the agency itself."))


def _content(given: Any) -> bytes:
    if isinstance(given, FileStorage):
        return given.stream.read(workbook.LARGEST_FILE + 1)
    try:
        return base64.b64decode(given or "", validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise tk.ValidationError({"file": [tk._("Send the workbook as a file, or its bytes in base64.")]}) from error


@tk.side_effect_free
def data_list_export(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The list as a workbook (XLSX) with drop-down lists; officers of the agency get the drafts too.

    :param agency: id or name of the agency
    :type agency: string
    :param language: kk, ru or en; that of the request by default
    :type language: string

    :returns: ``name`` of the file, ``mimetype``, and its bytes in base64 as ``content``
    :rtype: dictionary
    :raises ValidationError: when there is no such agency
    """
    tk.check_access("data_list_export", context, data_dict)
    data = _checked(data_dict, schema.list_export(), context)
    agency_id = data["agency"]
    language = data.get("language") or wording.current()
    content = importing.export(agency_id, language, is_inside=_is_inside(context, agency_id))
    return {
        "name": f"{showing.agency(agency_id)['name']}-list.xlsx",
        "mimetype": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "content": base64.b64encode(content).decode(),
    }
