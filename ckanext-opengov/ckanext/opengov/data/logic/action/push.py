"""Actions that take rows and tell what became of them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.data import push_messages
from ckanext.opengov.data.logic import pushing
from ckanext.opengov.data.logic.schema import push as schema
from ckanext.opengov.data.service.push import receipts

__all__ = ["data_push", "data_push_receipt_list", "data_push_receipt_show", "data_push_systems_show"]


def data_push(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Send rows into a keyed table: CSV (UTF-8, header with the names of the fields) or NDJSON, also as gzip.

    All rows are taken or none, unless ``accept_valid``. Readers see the table before the push or after it. Two pushes
    of one table come one after the other. Systems show their token in the header ``Authorization``; one of the scope
    ``sandbox`` alone rehearses. Large content is better posted as the raw body to ``/api/push/<resource_id>``.

    :param resource_id: the id of the table's resource
    :type resource_id: string
    :param upload: the content, a file
    :type upload: file
    :param format: ``csv`` or ``ndjson`` (optional; by the file's name, else ``csv``)
    :type format: string
    :param mode: ``upsert`` (rows by their key: new ones are added, known ones changed), ``replace`` (the same, and
        rows that did not come are deleted) or ``delete`` (rows with these keys are deleted; only the key is needed);
        optional, default: ``upsert``
    :type mode: string
    :param dry_run: do everything but keep nothing (optional, default: false)
    :type dry_run: boolean
    :param accept_valid: take the right rows although others are wrong (optional, default: false)
    :type accept_valid: boolean
    :param idempotency_key: the same key with the same content is done once; the answer is the first receipt (optional)
    :type idempotency_key: string
    :param schema: the sender's Table Schema: is compared with the table's, and names the types of new fields (optional)
    :type schema: dictionary
    :param agency: id or name of the agency whose part it is, of a table that many agencies fill (optional; that of the
        token, else the table's own)
    :type agency: string
    :param wait: seconds to wait for another push of this table (optional, default: 30)
    :type wait: int
    :param content_length: how many bytes must come (optional)
    :type content_length: int

    :returns: the receipt, as ``data_push_receipt_show``, and ``broken_references``: values that other tables still have
        and this one has no more, as ``data_reference_broken_list``
    :rtype: dictionary
    :raises ValidationError: when nothing was taken: ``rows`` with the reasons, ``receipt`` with the receipt's id,
        ``diff`` when the columns are not the table's
    :raises ObjectNotFound: when the resource has no keyed table
    """
    tk.check_access("data_push", context, data_dict)
    return pushing.push(context, _checked(data_dict, schema.push(), context))


@tk.side_effect_free
def data_push_receipt_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What became of a push. Receipts last.

    :param id: the id of the receipt
    :type id: string

    :returns: ``id``, ``resource_id``, ``state`` (``running``, ``done``, ``rejected``, ``failed``, ``interrupted``),
        ``message``, ``mode``, ``dry_run``, ``accept_valid``, ``idempotency_key``, the numbers of rows ``rows``,
        ``new``, ``changed``, ``same``, ``deleted``, ``rejected`` and of values ``cleaned``, ``rejections`` (the first
        1000: ``line``, ``column``, ``value``, ``message``), ``diff``, ``digest`` (SHA-256 of the unpacked content),
        ``bytes`` (that came), ``number`` (counts up; the version of the rows), ``started_at``, ``finished_at``
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such receipt
    """
    tk.check_access("data_push_receipt_show", context, data_dict)
    wish = _checked(data_dict, schema.identified(), context)
    found = receipts.get(wish["id"])
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such receipt."))
    return push_messages.receipt(found)


@tk.side_effect_free
def data_push_receipt_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The last pushes of a table, newest first.

    :param resource_id: the id of the table's resource
    :type resource_id: string
    :param limit: how many at most, up to 100 (optional, default: 20)
    :type limit: int

    :returns: receipts as ``data_push_receipt_show``
    :rtype: list of dictionaries
    """
    tk.check_access("data_push_receipt_list", context, data_dict)
    wish = _checked(data_dict, schema.receipt_list(), context)
    return [push_messages.receipt(one) for one in receipts.newest(wish["resource_id"], wish["limit"])]


@tk.side_effect_free
def data_push_systems_show(context: Context, data_dict: DataDict) -> dict[str, int]:
    """How many information systems push without an operator.

    :param days: of the last days, up to 1000 (optional, default: 30)
    :type days: int

    :returns: ``systems``, ``pushes`` and ``days``
    :rtype: dictionary
    """
    tk.check_access("data_push_systems_show", context, data_dict)
    wish = _checked(data_dict, schema.systems(), context)
    count, pushes = receipts.systems(wish["days"])
    return {"systems": count, "pushes": pushes, "days": wish["days"]}


def _checked(data_dict: DataDict, rules: Any, context: Context) -> dict[str, Any]:
    wish, errors = tk.navl_validate(data_dict, rules, context)
    if errors:
        raise tk.ValidationError(errors)
    return wish
