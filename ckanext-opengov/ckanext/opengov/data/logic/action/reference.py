"""Actions on reference data: which tables it is, addresses, and references that are broken."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service.limits import limited
from ckanext.opengov.civic.service.refusal import Refusal
from ckanext.opengov.data import push_messages
from ckanext.opengov.data.logic import pushing
from ckanext.opengov.data.logic.schema import reference as schema
from ckanext.opengov.data.service.finding import Faulty
from ckanext.opengov.data.service.reference import addresses, broken, tables

__all__ = [
    "address_resolve",
    "data_reference_assign",
    "data_reference_broken_list",
    "data_reference_list",
]


def _checked(data_dict: DataDict, rules: Any, context: Context) -> dict[str, Any]:
    wish, errors = tk.navl_validate(data_dict, rules, context)
    if errors:
        raise tk.ValidationError(errors)
    return wish


@tk.side_effect_free
@limited("address_resolve")
def address_resolve(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """An address in one call: by its code (РКА), or as people write it, to the whole chain with all codes.

    :param q: a code of a building, a street or a place; or an address: places, street and house, parted by commas,
        in Kazakh or Russian; slips of the pen are forgiven
    :type q: string

    :returns: ``results``, the likeliest first, at most 10: ``rka``, ``kind`` (building, street or place), ``address``
        by language, ``places`` from the country's down, ``street``, ``building``, ``postcode``, ``location``
        (longitude, latitude), ``score`` to 100
    :rtype: dictionary
    :raises ValidationError: when the portal has no address register
    """
    tk.check_access("address_resolve", context, data_dict)
    wish = _checked(data_dict, schema.resolve(), context)
    try:
        return {"results": addresses.resolve(wish["q"])}
    except Faulty as problem:
        raise tk.ValidationError({"q": push_messages.sentences(problem.findings)}) from None


def data_reference_assign(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Let a keyed table be reference data: a code list, or a part of the address register, of which there is one.

    :param resource_id: the id of the table's resource
    :type resource_id: string
    :param role: ``codes``, ``places``, ``streets`` or ``buildings``
    :type role: string

    :returns: as one of ``data_reference_list``
    :rtype: dictionary
    :raises ValidationError: when the table lacks fields
    """
    tk.check_access("data_reference_assign", context, data_dict)
    wish = _checked(data_dict, schema.assign(), context)
    table = pushing.table_of(wish["resource_id"])
    user = access.user_of(context)
    try:
        found = tables.assign(table, wish["role"], user.id if user else None)
    except Refusal as problem:
        raise tk.ValidationError({"role": [problem.translated()]}) from None
    addresses.prepare(table, wish["role"])
    model.Session.commit()
    package = model.Session.get(model.Package, table.package_id)
    if package is None:
        raise tk.ObjectNotFound(tk._("There is no such data set."))
    return tables.described(found, table, package)


@tk.side_effect_free
def data_reference_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The reference data that all agencies use.

    :returns: of each table ``resource_id``, ``dataset`` (name), ``title``, ``role``, ``key``, ``labels`` (language →
        field that says what a code means), ``since``
    :rtype: list of dictionaries
    """
    tk.check_access("data_reference_list", context, data_dict)
    return [tables.described(*one) for one in tables.all_tables()]


@tk.side_effect_free
def data_reference_broken_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Values that other tables have and this one, to which they refer, has no more.

    :param resource_id: the id of the table's resource
    :type resource_id: string

    :returns: of each field ``resource_id`` and ``package_id`` of the table that has them, ``field``, ``rows`` (how
        many), ``values`` (the first 10)
    :rtype: list of dictionaries
    """
    tk.check_access("data_reference_broken_list", context, data_dict)
    wish = _checked(data_dict, schema.resource(), context)
    return broken.of(pushing.table_of(wish["resource_id"]).resource_id)
