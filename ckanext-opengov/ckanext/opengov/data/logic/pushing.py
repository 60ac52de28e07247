"""One push by whoever may: from the order of an action to the answer. Actions that take rows share it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context
from flask import has_request_context

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import limits
from ckanext.opengov.data import push_messages, relay
from ckanext.opengov.data.logic import presented
from ckanext.opengov.data.model.keyed import KeyedTable, PushToken
from ckanext.opengov.data.service import keyed, push_tokens
from ckanext.opengov.data.service.finding import Faulty
from ckanext.opengov.data.service.push import receipts, run
from ckanext.opengov.data.service.push.source import Source
from ckanext.opengov.data.service.reference import broken
from ckanext.opengov.data.service.structure import Structure, compare, parse

# Of the unpacked content of one push.
MOST_BYTES = 8 << 30
LIMIT = "data_push"
_SHOWN = 100
_NDJSON = (".ndjson", ".jsonl", ".json")


def table_of(resource_id: str) -> KeyedTable:
    """:raises ObjectNotFound: when the resource has no keyed table"""
    table = keyed.get(resource_id)
    if table is None:
        raise tk.ObjectNotFound(tk._("There is no keyed table of this resource. Register the data set first."))
    return table


def push(context: Context, wish: Mapping[str, Any]) -> dict[str, Any]:
    """Take rows in, after the action has checked who asks.

    :param wish: the checked parameters of ``data_push``
    :returns: the receipt as the API shows it
    :raises ValidationError: when nothing was taken
    """
    table = table_of(wish["resource_id"])
    token = presented.token(context)
    count(context, token)
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


def count(context: Context, token: PushToken | None, name: str = LIMIT) -> None:
    """Each key has a limit of its own; calls by the portal's own code do not count."""
    if context.get("ignore_auth") or not has_request_context():
        return
    user = access.user_of(context)
    who = f"token:{token.id}" if token else user.id if user else None
    limits.check(name, user_id=who, address=None if who else limits.client_address())


def part_of(context: Context, table: KeyedTable, wish: Mapping[str, Any]) -> tuple[str, str] | None:
    """The field and the value of the rows that are the sender's own, of a table that many agencies fill."""
    structure = keyed.structure_of(table)
    if structure.parts is None:
        return None
    token = presented.token(context)
    agency = keyed.filler(table, structure, wish.get("agency"), token.agency_id if token else None)
    return structure.parts.field, agency.name


def _order(context: Context, table: KeyedTable, token: PushToken | None, wish: Mapping[str, Any]) -> run.Order:
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
    part = part_of(context, table, wish)
    owner = model.Session.get(model.Group, table.agency_id)
    is_own = part is None or (owner is not None and part[1] == owner.name)
    return run.Order(
        opening=opening,
        structure=standing,
        kind=wish.get("format") or _kind(wish["upload"]),
        # An officer answers for the structure; a system needs the right to change it, and only at home.
        may_extend=is_own and (token is None or push_tokens.EXTEND in token.scopes),
        offered=_offered(wish["schema"], standing) if wish.get("schema") else None,
        with_history=table.history,
        wait=wish["wait"],
        references=keyed.references(standing),
        part=part,
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
        shown["broken_references"] = broken.after(receipt)
        return shown
    problem = {"rows": [one["message"] for one in shown["rejections"][:_SHOWN]] or [shown["message"]]}
    if receipt["rejected"] > len(problem["rows"]):
        text = tk._("{count} rows are wrong; the receipt has the first {shown} reasons.")
        problem["rows"].append(text.format(count=receipt["rejected"], shown=len(shown["rejections"])))
    if shown["diff"]:
        problem["diff"] = [shown["diff"]]
    raise tk.ValidationError({**problem, "receipt": [shown["id"]]})
