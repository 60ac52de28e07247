"""The journal's arithmetic: what the hash of an entry covers, and where a chain breaks. No database here."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

FIELDS = (
    "id",
    "entity_type",
    "entity_id",
    "seq",
    "at",
    "event",
    "actor",
    "public",
    "internal",
    "previous_hash",
)
Row = Mapping[Any, Any]


class Fault(StrEnum):
    """Why a link is broken."""

    # The entry's own fields do not give its hash.
    CONTENT = "content"
    # The entry does not carry the hash of the one before.
    LINK = "link"
    # Entries before this one are gone.
    GAP = "gap"
    # The last sealed entry of the entity is gone.
    MISSING = "missing"
    # The entry is not the one that was sealed.
    SEALED = "sealed"
    # The seal itself was changed, or signed with another key.
    SEAL = "seal"


@dataclass(frozen=True)
class VerifyResult:
    """``first_broken_id`` is an entry's id, or for the fault ``seal`` the seal's."""

    ok: bool
    first_broken_id: int | None = None
    reason: Fault | None = None
    entity: tuple[str, str] | None = None
    seq: int | None = None
    checked: int = 0
    sealed_at: dt.datetime | None = None


def plain(value: Any) -> Any:
    """What PostgreSQL gives back for the value: JSON with whole numbers written as such, dates as ISO text.

    :raises TypeError: for what JSON cannot carry
    """
    return _whole(json.loads(json.dumps(value if value is not None else {}, allow_nan=False, default=_text)))


def _text(value: Any) -> str:
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    raise TypeError(f"the journal cannot keep a {type(value).__name__}")


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def entry_hash(row: Row) -> str:
    """SHA-256 over the canonical JSON of all fields, the hash of the entry before among them."""
    fields = {name: row[name] for name in FIELDS}
    at = fields["at"]
    if at.tzinfo is None:
        raise ValueError("a time in the journal has its zone")
    fields["at"] = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check(rows: Iterable[Row]) -> VerifyResult:
    """Walk chains, each from its first entry on, until one breaks.

    :param rows: entries with all fields and ``hash``, ordered by entity and ``seq``
    """
    entity, seq, previous, checked = None, 0, None, 0
    for row in rows:
        here = (row["entity_type"], row["entity_id"])
        if here != entity:
            entity, seq, previous = here, 0, None
        fault = _fault(row, seq, previous)
        if fault:
            return VerifyResult(False, row["id"], fault, here, row["seq"], checked)
        seq, previous, checked = row["seq"], row["hash"], checked + 1
    return VerifyResult(True, checked=checked)


def _fault(row: Row, seq: int, previous: str | None) -> Fault | None:
    if row["hash"] != entry_hash(row):
        return Fault.CONTENT
    if row["seq"] != seq + 1:
        return Fault.GAP
    return Fault.LINK if row["previous_hash"] != previous else None
