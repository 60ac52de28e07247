"""Actions on keyed tables: register a data set with its structure, see and check structures."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.guard import service_context
from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import agencies
from ckanext.opengov.data import push_messages, store
from ckanext.opengov.data.logic import presented, pushing
from ckanext.opengov.data.logic.schema import push as schema
from ckanext.opengov.data.model.keyed import KeyedTable
from ckanext.opengov.data.service import keyed, push_tokens
from ckanext.opengov.data.service.finding import Faulty
from ckanext.opengov.data.service.lists import linking
from ckanext.opengov.data.service.structure import Structure, compare, parse

__all__ = ["data_dataset_register", "data_structure_check", "data_structure_show", "data_structure_update"]

# CKAN replaces it by the address of the table's dump.
_ADDRESS = "_datastore_only_resource"
# What the system cannot choose: these are ours to set.
_OWN = frozenset({"id", "type", "owner_org", "resources", "state", "creator_user_id", "extras"})


def data_dataset_register(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make a data set with a table whose rows are pushed; or find the one that was made under this external id.

    Safe to repeat. A structure with new optional fields is taken in; one that would break readers is refused with
    the difference. Systems show their token in the header ``Authorization``; it needs the scope ``register``, and with
    the scope ``sandbox`` alone the call is a rehearsal.

    :param agency: id or name of the agency
    :type agency: string
    :param external_id: what the system calls the data set; one name, one data set in each agency
    :type external_id: string
    :param schema: the structure: a Table Schema with ``fields`` and ``primaryKey``, optionally ``foreignKeys``,
        ``missingValues`` and ``cleanHomoglyphs`` (Latin letters in Cyrillic words become Cyrillic)
    :type schema: dictionary
    :param list_item: number or id of the item of the agency's approved list that this data set is (optional)
    :type list_item: string
    :param history: keep earlier versions of rows (optional, default: false)
    :type history: boolean
    :param dry_run: check and change nothing (optional, default: false)
    :type dry_run: boolean

    All other parameters are the passport, as ``package_create`` takes it: ``title_translated`` and so on.

    :returns: ``resource_id`` and ``package_id`` (None at a rehearsal), ``created``, ``structure_version``,
        ``push_url``
    :rtype: dictionary
    :raises ValidationError: with every fault of the structure and of the passport
    :raises ObjectNotFound: when there is no such agency
    """
    tk.check_access("data_dataset_register", context, data_dict)
    wish = _checked(data_dict, schema.register(), context)
    agency = agencies.find(wish["agency"])
    if agency is None:
        raise tk.ObjectNotFound(tk._("There is no agency “{name}”.").format(name=wish["agency"]))
    structure = _parsed(wish["schema"])
    token = presented.token(context)
    pushing.count(context, token, "data_register")
    item = linking.find(agency.id, wish["list_item"]) if wish.get("list_item") else None
    item_id = item.id if item else None
    rehearsed = wish["dry_run"] or (token is not None and push_tokens.REGISTER not in token.scopes)
    try:
        known = keyed.called(agency.id, wish["external_id"])
        if known:
            _extend(known, structure, rehearsed)
        elif not rehearsed:
            known = _create(context, agency.id, wish, structure, _passport(data_dict))
            _link(context, known, item_id)
            return _told(known, created=True)
        if known and not rehearsed:
            _link(context, known, item_id)
    finally:
        # Also lets go of the name.
        model.Session.rollback()
    return _told(known, created=known is None)


def _checked(data_dict: DataDict, rules: Any, context: Context) -> dict[str, Any]:
    data, errors = tk.navl_validate(dict(data_dict), rules, context)
    if errors:
        raise tk.ValidationError(errors)
    return data


def _parsed(descriptor: Any) -> Structure:
    try:
        structure = parse(descriptor)
        keyed.references(structure)
    except Faulty as problem:
        raise tk.ValidationError({"schema": push_messages.sentences(problem.findings)}) from None
    return structure


def _passport(data_dict: DataDict) -> dict[str, Any]:
    return {name: value for name, value in data_dict.items() if name not in schema.register() and name not in _OWN}


def _extend(known: KeyedTable, structure: Structure, rehearsed: bool) -> None:
    standing = keyed.structure_of(known)
    if structure.parts != standing.parts:
        text = tk._("Who fills the table is settled when it is registered; “filledBy” cannot change.")
        raise tk.ValidationError({"schema": [text]})
    difference = compare(standing, structure)
    if difference.breaks:
        told = {"schema": push_messages.sentences(difference.findings()), "diff": [difference.as_dict()]}
        raise tk.ValidationError(told)
    if structure.descriptor != standing.descriptor and not rehearsed:
        keyed.renew(known, structure.descriptor)
        model.Session.commit()
    if not rehearsed:
        keyed.make_table(known, structure)


def _create(
    context: Context, agency_id: str, wish: dict[str, Any], structure: Structure, passport: dict[str, Any]
) -> KeyedTable:
    user = access.user_of(context)
    made = keyed.add(
        agency_id, wish["external_id"], structure, history=wish["history"], actor=user.id if user else None
    )
    # CKAN may forget the session's objects at its commit.
    resource_id, package_id = made.resource_id, made.package_id
    resource = {
        "id": resource_id,
        "name_translated": passport.get("title_translated"),
        "name": passport.get("title") or wish["external_id"],
        "url": _ADDRESS,
        "url_type": "datastore",
        "format": "CSV",
        "datastore_active": True,
    }
    package = {**passport, "id": package_id, "type": "dataset", "owner_org": agency_id, "resources": [resource]}
    # One commit, CKAN's, for the data set, the table and the journal.
    tk.get_action("package_create")(service_context({**context, "user": user.name if user else ""}), package)
    table = keyed.get(resource_id)
    if table is None:
        raise LookupError(f"the table of {resource_id} is gone")
    keyed.make_table(table, structure)
    store.add_views(resource_id)
    return table


def _link(context: Context, table: KeyedTable, item_id: str | None) -> None:
    """Tell the agency's list which data set the item has become. Repeating the call makes up for what broke off."""
    if item_id is None:
        return
    user = access.user_of(context)
    linking.link(item_id, table.package_id, user.id if user else None)
    model.Session.commit()


def data_structure_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Let a new version of a table's structure stand: new optional fields, other labels, units, limits and lists.

    What would break who reads the table is refused with the difference. Rows that are there are not checked anew.

    :param resource_id: the id of the table's resource
    :type resource_id: string
    :param schema: the whole Table Schema as it shall be
    :type schema: dictionary

    :returns: as ``data_structure_show``
    :rtype: dictionary
    :raises ValidationError: with every fault, or with the difference
    """
    tk.check_access("data_structure_update", context, data_dict)
    wish = _checked(data_dict, schema.structure_update(), context)
    table = pushing.table_of(wish["resource_id"])
    structure = _parsed(wish["schema"])
    _extend(table, structure, rehearsed=False)
    return data_structure_show(tk.fresh_context(context), {"resource_id": table.resource_id})


def _told(table: KeyedTable | None, *, created: bool) -> dict[str, Any]:
    if table is None:
        none = dict.fromkeys(("resource_id", "package_id", "structure_version", "push_url"))
        return {**none, "created": created}
    place = {"resource_id": table.resource_id, "locale": "default"}
    return {
        "resource_id": table.resource_id,
        "package_id": table.package_id,
        "structure_version": table.structure_version,
        "push_url": tk.url_for("opengov_data_push.push", qualified=True, **place),
        "created": created,
    }


@tk.side_effect_free
def data_structure_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The structure of a keyed table as a Table Schema.

    :param resource_id: the id of the table's resource
    :type resource_id: string

    :returns: ``schema`` (the Table Schema), ``version``, ``history``, ``external_id``
    :rtype: dictionary
    :raises ObjectNotFound: when the resource has no keyed table
    """
    tk.check_access("data_structure_show", context, data_dict)
    wish = _checked(data_dict, schema.resource(), context)
    table = keyed.get(wish["resource_id"])
    if table is None:
        raise tk.ObjectNotFound(tk._("There is no keyed table of this resource. Register the data set first."))
    return {
        "schema": dict(keyed.structure_of(table).descriptor),
        "version": table.structure_version,
        "history": table.history,
        "external_id": table.external_id,
    }


@tk.side_effect_free
def data_structure_check(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Check a Table Schema and change nothing.

    :param schema: the Table Schema
    :type schema: dictionary
    :param resource_id: a keyed table to compare with (optional)
    :type resource_id: string

    :returns: ``fields`` (names), ``key``, and with a table ``diff`` and ``breaks`` (whether readers would suffer)
    :rtype: dictionary
    :raises ValidationError: with every fault and its place
    """
    tk.check_access("data_structure_check", context, data_dict)
    wish = _checked(data_dict, schema.structure_check(), context)
    structure = _parsed(wish["schema"])
    told: dict[str, Any] = {"fields": list(structure.names), "key": list(structure.key)}
    if wish.get("resource_id"):
        standing = tk.get_action("data_structure_show")(tk.fresh_context(context), {"resource_id": wish["resource_id"]})
        difference = compare(parse(standing["schema"]), structure)
        told |= {"diff": difference.as_dict(), "breaks": difference.breaks}
    return told
