"""One run of a source whose list fills a table: the whole list is taken in by one push, or nothing is.

The table belongs to the component of open data and is written by its actions, as any system would write it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.opengov.harvest import fetching
from ckanext.opengov.harvest.harvester import SourceView
from ckanext.opengov.harvest.listing import BadRow, Listing, content_hash
from ckanext.opengov.harvest.messages import N_, Message, SourceError
from ckanext.opengov.harvest.model import HarvestRun
from ckanext.opengov.harvest.registry import readers
from ckanext.opengov.harvest.registry.tables import TableMapping, parse
from ckanext.opengov.harvest.service import notices, runs
from ckanext.opengov.harvest.service.difference import ACCIDENT


def run(job: Any, source: SourceView, text: str, context: Context) -> None:
    """Fetch, check, push.

    :raises SourceError: when the list is doubtful; nothing is changed then
    :raises MappingError: when the mapping is not right
    """
    mapping = parse(text)
    if not source.owner_org:
        raise SourceError("mapping", N_("A table needs an agency. Give the source one."))
    digest = content_hash(text)
    fetched = fetching.fetch(source.url)
    last = runs.last_good(source.id)
    if last and (last.content_hash, last.mapping_hash) == (fetched.digest, digest):
        unchanged = sum(last.counts.get(name, 0) for name in ("new", "changed", "unchanged"))
        _write(job, last.columns, (fetched.digest, digest), {"unchanged": unchanged})
        return
    listing = readers.read(fetched, mapping.rows)
    _check_columns(mapping, listing)
    resource_id = _registered(mapping, source.owner_org, context)
    rows = _rows(mapping, listing)
    if not notices.is_confirmed(source.id):
        _check_vanished(_pushed(job, resource_id, rows, context, listing, dry_run=True))
    receipt = _pushed(job, resource_id, rows, context, listing)
    counts = {"new": receipt["new"], "changed": receipt["changed"], "unchanged": receipt["same"]}
    counts |= {"vanished": receipt["deleted"], "returned": 0, "held": 0, "bad": len(listing.bad)}
    _write(job, list(listing.columns), (fetched.digest, digest), counts)


def _write(job: Any, columns: list[str], hashes: tuple[str, str], counts: dict[str, int]) -> None:
    found = HarvestRun(
        job_id=job.id,
        source_id=job.source_id,
        counts=counts,
        columns=columns,
        content_hash=hashes[0],
        mapping_hash=hashes[1],
    )
    runs.start(job, found, [], [], {})


def _check_columns(mapping: TableMapping, listing: Listing) -> None:
    missing = sorted(set(mapping.fields.values()) - set(listing.columns))
    if missing:
        message = N_("The list lacks columns that the mapping reads: {missing}. Its columns: {columns}.")
        raise SourceError("mapping", message, missing=", ".join(missing), columns=", ".join(listing.columns))
    if listing.bad:
        first = listing.bad[0]
        message = N_("{count} rows of the list cannot be read, and a table is taken in whole. Row {place}: {reason}")
        values = {"count": len(listing.bad), "place": first.place, "reason": first.message.plain()}
        raise SourceError("unreadable", message, **values)


def _registered(mapping: TableMapping, agency: str, context: Context) -> str:
    order = {
        "agency": agency,
        "external_id": mapping.table,
        # So other tables can refer to it by name.
        "name": mapping.table,
        "title_translated": mapping.title,
        "schema": mapping.schema(),
        "frequency": "AS_NEEDED",
    }
    try:
        return tk.get_action("data_dataset_register")(tk.fresh_context(context), order)["resource_id"]
    except tk.ValidationError as error:
        raise SourceError("mapping", N_("The portal refuses the table: {reason}"), reason=_first(error)) from None


def _rows(mapping: TableMapping, listing: Listing) -> bytes:
    lines = (
        json.dumps({name: _plain(row.values.get(column)) for name, column in mapping.fields.items()})
        for row in listing.rows
    )
    return "\n".join(lines).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _pushed(
    job: Any, resource_id: str, rows: bytes, context: Context, listing: Listing, *, dry_run: bool = False
) -> Mapping[str, Any]:
    order = {"resource_id": resource_id, "upload": io.BytesIO(rows), "format": "ndjson", "mode": "replace"}
    try:
        return tk.get_action("data_push")(tk.fresh_context(context), {**order, "dry_run": dry_run})
    except tk.ValidationError as error:
        model.Session.rollback()
        receipt: Any = error.error_dict.get("receipt")
        if receipt:
            _keep_bad(job, str(receipt[0]), context, listing)
        message = N_("The rows are not taken in, because a table is whole or not at all: {reason}")
        raise SourceError("unreadable", message, reason=_first(error)) from None


def _keep_bad(job: Any, receipt_id: str, context: Context, listing: Listing) -> None:
    """Keep what is wrong with the rows by their places in the list."""
    receipt = tk.get_action("data_push_receipt_show")(tk.fresh_context(context), {"id": receipt_id})
    places = [row.place for row in listing.rows]
    bad = [
        BadRow(places[one["line"] - 1], one["column"] or "", Message("{reason}", {"reason": one["message"]}), None)
        for one in receipt["rejections"]
        if one["line"] and one["line"] <= len(places)
    ]
    runs.add_bad_rows(job, bad[: runs.KEPT_BAD_ROWS])
    model.Session.commit()


def _check_vanished(receipt: Mapping[str, Any]) -> None:
    active = receipt["same"] + receipt["changed"] + receipt["deleted"]
    if receipt["deleted"] > ACCIDENT * active:
        message = N_("{gone} of {all} entries are missing from the list. If that is right, confirm it.")
        raise SourceError("vanished", message, gone=receipt["deleted"], all=active)


def _first(error: tk.ValidationError) -> str:
    return runs.reasons_in_words({name: reasons for name, reasons in error.error_dict.items() if name != "receipt"})[
        :500
    ]
