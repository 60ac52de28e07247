"""One push from its first byte to its receipt.

The rows, and the receipt that says they are in, are one transaction; before it only the receipt "running" is
committed. So a reader sees the old rows or the new ones, and whatever kills a push leaves the old rows and a receipt
that says so.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from psycopg2.extras import Json

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import Faulty, Finding, fault
from ckanext.opengov.data.service.push import database, header, merge, receipts, rows, table
from ckanext.opengov.data.service.push.checks import MOST_FINDINGS, Checker
from ckanext.opengov.data.service.push.doubles import KeyWatch
from ckanext.opengov.data.service.push.source import Source
from ckanext.opengov.data.service.structure import Reference, Structure

log = logging.getLogger(__name__)

MODES = ("upsert", "replace", "delete")
# So large a part of a table changed that the planner, and CKAN's estimate of the count, should know.
_MUCH = 10_000


class Busy(Exception):  # noqa: N818 - to be waited for, not an error
    """Another push of the same table is under way."""


@dataclass(frozen=True)
class Order:
    """What is to be done. ``references`` are resolved: their resources are ids of tables that are there.

    ``offered`` is the sender's own structure, which describes the fields that are new.
    """

    opening: receipts.Opening
    structure: Structure
    kind: str = "csv"
    may_extend: bool = False
    offered: Structure | None = None
    with_history: bool = False
    wait: float = 30
    references: dict[str, Reference] = field(default_factory=dict)
    # Field and value of the sender's part, of a table that many agencies fill.
    part: tuple[str, str] | None = None


@dataclass
class _Tally:
    """What was seen of the rows so far."""

    rows: int = 0
    rejected: int = 0
    cleaned: int = 0
    findings: list[Finding] = field(default_factory=list)

    def reject(self, findings: list[Finding], count: int | None = None) -> None:
        self.rejected += len(findings) if count is None else count
        self.findings += findings[: MOST_FINDINGS - len(self.findings)]


def push(order: Order, source: Source) -> receipts.Receipt:
    """Do it.

    :returns: the receipt
    :raises Busy: when another push of the same table takes longer than may be waited
    """
    opening = order.opening
    with database.connection() as raw, raw.cursor() as cursor:
        if not database.lock(cursor, opening.resource_id, order.wait):
            raise Busy
        repeated = _repeated(order, source)
        if repeated:
            return repeated
        with database.transaction() as other:
            table.ensure(other, opening.resource_id, order.structure, with_history=order.with_history)
        receipt = receipts.begin(opening)
        try:
            _Push(order, source, cursor, receipt).run()
            raw.commit()
        except BaseException as error:
            raw.rollback()
            _note_failure(receipt["id"], source, error)
            if not isinstance(error, Faulty):
                raise
    finished = receipts.get(receipt["id"])
    if finished is None:
        raise RuntimeError(f"the receipt {receipt['id']} is gone")
    return finished


def _repeated(order: Order, source: Source) -> receipts.Receipt | None:
    """The receipt of the same push, if it was done before."""
    key = order.opening.idempotency_key
    earlier = receipts.done_before(order.opening.resource_id, key) if key and not order.opening.dry_run else None
    if earlier and source.drain() != earlier["digest"]:
        text = N_("The idempotency key “{key}” was used for other content, see receipt {receipt}. Take a new key.")
        raise fault(text, key=key, receipt=str(earlier["id"]))
    return earlier


def _note_failure(receipt_id: str, source: Source, error: BaseException) -> None:
    findings: tuple[Finding, ...] = ()
    if isinstance(error, Faulty):
        state, findings = "rejected", error.findings
    else:
        log.error("Push %s failed: %s", receipt_id, type(error).__name__)
        state = "failed"
    difference = Json(error.difference.as_dict()) if isinstance(error, header.StructureDiffers) else None
    with database.transaction() as cursor:
        receipts.finish(cursor, receipt_id, state, findings, difference=difference, bytes=source.received)


class _Push:
    """The part inside the transaction."""

    def __init__(self, order: Order, source: Source, cursor: database.Cursor, receipt: receipts.Receipt) -> None:
        self.order = order
        self.source = source
        self.cursor = cursor
        self.receipt = receipt
        self.tally = _Tally()
        only_key = order.opening.mode == "delete"
        self.part = dict([order.part]) if order.part else {}
        self.reading = rows.Reading(order.structure, self._agree, only_key=only_key, constants=self.part)
        self.keys = KeyWatch(order.structure.key)

    def _agree(self, columns: list[str]) -> Structure:
        order = self.order
        only_key = order.opening.mode == "delete"
        return header.agreed(
            columns, order.structure, may_extend=order.may_extend, only_key=only_key, offered=order.offered
        )

    def run(self) -> None:
        self._copy()
        self._check_sets()
        opening, tally = self.order.opening, self.tally
        staged = tally.rows - tally.rejected
        if opening.mode == "replace" and not staged and not tally.rejected:
            text = N_("There are no rows, and replacing would remove all that are there. Delete them by their keys.")
            raise fault(text)
        if tally.rejected and not opening.accept_valid:
            self.cursor.connection.rollback()
            self._finish(self.cursor, "rejected", merge.Counts(), staged)
            return
        counts = self._merge()
        if opening.dry_run:
            self.cursor.connection.rollback()
        self._finish(self.cursor, "done", counts, staged)

    def _copy(self) -> None:
        frames = self._frames()
        first = next(frames, None)
        statement = merge.stage(self.cursor, self.reading.structure, self.reading.names)
        if first is None:
            return
        stream = _Stream(first, frames)
        self.cursor.copy_expert(statement, stream, size=_Stream.SIZE)
        # What goes wrong while psycopg2 reads would come out as an error of the database.
        if stream.error:
            raise stream.error

    def _frames(self) -> Iterator[pl.DataFrame]:
        checker = None
        for raw in rows.read(self.source, self.order.kind, self.reading):
            checker = checker or Checker(self.reading.structure, self.reading.names, fixed=self.part)
            checked = checker.run(raw.frame)
            self.tally.rows += raw.frame.height + len(raw.rejected)
            self.tally.cleaned += checked.cleaned
            self.tally.reject(raw.rejected)
            self.tally.reject(checked.findings, checked.rejected)
            self.keys.watch(checked.frame)
            yield checked.frame

    def _check_sets(self) -> None:
        """What only shows when all rows are there: keys and references."""
        found: list[Finding] = []
        if self.keys.doubled():
            found += merge.doubles(self.cursor, self.reading.structure)
        for name, reference in self.order.references.items():
            if name in self.reading.names:
                found += merge.strays(self.cursor, self.reading.structure.field(name), reference)
        lines = {one.line for one in found if one.line is not None}
        if lines:
            merge.unstage(self.cursor, lines)
            self.tally.reject(found, len(lines))

    def _merge(self) -> merge.Counts:
        opening = self.order.opening
        structure = self.reading.structure
        if structure is not self.order.structure:
            table.ensure(self.cursor, opening.resource_id, structure, with_history=self.order.with_history)
        number, order = self.receipt["number"], self.order
        wanted = merge.Merge(
            opening.resource_id, structure, opening.mode, number, with_history=order.with_history, part=order.part
        )
        counts = merge.run(self.cursor, wanted)
        merge.note_size(self.cursor, opening.resource_id, counts.added - counts.deleted)
        if sum(counts) > _MUCH and not opening.dry_run:
            merge.analyze(self.cursor, opening.resource_id)
        return counts

    def _finish(self, cursor: database.Cursor, state: str, counts: merge.Counts, staged: int) -> None:
        tally, structure = self.tally, self.reading.structure
        touched = counts.deleted if self.order.opening.mode == "delete" else counts.added + counts.changed
        extended = structure is not self.order.structure
        receipts.finish(
            cursor,
            self.receipt["id"],
            state,
            sorted(tally.findings, key=lambda one: one.line or 0),
            rows=tally.rows,
            rejected=tally.rejected,
            cleaned=tally.cleaned,
            same=staged - touched if state == "done" else 0,
            bytes=self.source.received,
            digest=self.source.digest,
            structure=Json(structure.descriptor) if extended else None,
            **counts._asdict(),
        )


class _Stream(io.RawIOBase):
    """Checked rows as the CSV that COPY reads, one piece in memory at a time."""

    SIZE = 1 << 20

    def __init__(self, first: pl.DataFrame, more: Iterator[pl.DataFrame]) -> None:
        self._first: pl.DataFrame | None = first
        self._more = more
        self._text: Any = memoryview(b"")
        self.error: BaseException | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        while not self._text:
            frame = self._next()
            if frame is None:
                return b""
            self._text = memoryview(_as_csv(frame))
        part, self._text = self._text[:size], self._text[size:]
        return bytes(part)

    def _next(self) -> pl.DataFrame | None:
        frame, self._first = self._first, None
        try:
            return next(self._more, None) if frame is None else frame
        except BaseException as error:
            self.error = error
            return None


def _as_csv(frame: pl.DataFrame) -> bytes:
    target = io.BytesIO()
    frame.write_csv(target, include_header=False)
    return target.getvalue()
