"""Actions that take rows and tell what became of them."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.data import push_messages, relay
from ckanext.opengov.data.logic import presented
from ckanext.opengov.data.logic.schema import push as schema
from ckanext.opengov.data.model.keyed import KeyedTable, PushToken
from ckanext.opengov.data.service import keyed, push_tokens
from ckanext.opengov.data.service.finding import Faulty
from ckanext.opengov.data.service.push import receipts, run
from ckanext.opengov.data.service.push.source import Source
from ckanext.opengov.data.service.structure import Structure, compare, parse

__all__ = ["data_push", "data_push_receipt_list", "data_push_receipt_show", "data_push_systems_show"]

# Of the unpacked content of one push.
MOST_BYTES = 8 << 30
_SHOWN = 100
_NDJSON = (".ndjson", ".jsonl", ".json")


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
    :param wait: seconds to wait for another push of this table (optional, default: 30)
    :type wait: int
    :param content_length: how many bytes must come (optional)
    :type content_length: int

    :returns: the receipt, as ``data_push_receipt_show``
    :rtype: dictionary
    :raises ValidationError: when nothing was taken: ``rows`` with the reasons, ``receipt`` with the receipt's id,
        ``diff`` when the columns are not the table's
    :raises ObjectNotFound: when the resource has no keyed table
    """
    wish, errors = tk.navl_validate(data_dict, schema.push(), context)
    if errors:
        raise tk.ValidationError(errors)
    tk.check_access("data_push", context, wish)
    table = keyed.get(wish["resource_id"])
    if table is None:
        raise tk.ObjectNotFound(tk._("There is no keyed table of this resource. Register the data set first."))
    token = presented.token(context)
    # What pushes before this one brought may change the structure.
    relay.run(table.resource_id)
    order = _order(context, table, token, wish)
    if token:
        push_tokens.used(token)
    # No transaction of CKAN's database stays open while rows come.
    model.Session.commit()
    receipt = _pushed(order, Source(wish["upload"], expected=wish.get("content_length"), most_bytes=MOST_BYTES))
    relay.run(order.opening.resource_id)
    return _answer(receipt)


def _order(context: Context, table: KeyedTable, token: PushToken | None, wish: dict[str, Any]) -> run.Order:
    user = access.user_of(context)
    standing = keyed.structure_of(table)
    opening = receipts.Opening(
        resource_id=table.resource_id,
        mode=wish["mode"],
        dry_run=wish["dry_run"] or (token is not None and push_tokens.PUSH not in token.scopes),
        accept_valid=wish["accept_valid"],
        idempotency_key=wish.get("idempotency_key"),
        token_id=token.id if token else None,
        user_id=user.id if user else None,
    )
    return run.Order(
        opening=opening,
        structure=standing,
        kind=wish.get("format") or _kind(wish["upload"]),
        # An officer answers for the structure; a system needs the right to change it.
        may_extend=token is None or push_tokens.EXTEND in token.scopes,
        offered=_offered(wish["schema"], standing) if wish.get("schema") else None,
        with_history=table.history,
        wait=wish["wait"],
        references=keyed.references(standing),
    )


def _offered(descriptor: Any, standing: Structure) -> Structure:
    try:
        offered = parse(descriptor)
    except Faulty as problem:
        raise tk.ValidationError({"schema": push_messages.sentences(problem.findings)}) from None
    difference = compare(standing, offered)
    if difference.breaks:
        told = {"schema": push_messages.sentences(difference.findings()), "diff": [difference.as_dict()]}
        raise tk.ValidationError(told)
    return offered


def _kind(upload: Any) -> str:
    name = str(getattr(upload, "filename", None) or getattr(upload, "name", None) or "").removesuffix(".gz")
    return "ndjson" if name.endswith(_NDJSON) else "csv"


def _pushed(order: run.Order, source: Source) -> receipts.Receipt:
    try:
        return run.push(order, source)
    except run.Busy:
        text = tk._("Another push of this table is under way. Send the content again when it is over.")
        raise tk.ValidationError({"resource_id": [text]}) from None
    except Faulty as problem:
        raise tk.ValidationError({"rows": push_messages.sentences(problem.findings)}) from None


def _answer(receipt: receipts.Receipt) -> dict[str, Any]:
    shown = push_messages.receipt(receipt)
    if receipt["state"] == "done":
        return shown
    problem = {"rows": [one["message"] for one in shown["rejections"][:_SHOWN]] or [shown["message"]]}
    if receipt["rejected"] > len(problem["rows"]):
        text = tk._("{count} rows are wrong; the receipt has the first {shown} reasons.")
        problem["rows"].append(text.format(count=receipt["rejected"], shown=len(shown["rejections"])))
    if shown["diff"]:
        problem["diff"] = [shown["diff"]]
    raise tk.ValidationError({**problem, "receipt": [shown["id"]]})


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
    wish = _checked(data_dict, schema.identified(), context)
    tk.check_access("data_push_receipt_show", context, wish)
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
    wish = _checked(data_dict, schema.receipt_list(), context)
    tk.check_access("data_push_receipt_list", context, wish)
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
