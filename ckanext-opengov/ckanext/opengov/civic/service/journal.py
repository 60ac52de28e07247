"""The journal: what happened to an entity, in order, so that nobody can change it afterwards without being found.

The entries of one entity are a chain: each has the hash of the one before. There is no chain over all, which would
make all writers wait for each other; instead a seal signs every night how far each chain has come. See
``journal_seal`` for the seal and ``journal_check`` for finding what was changed.
"""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.journal import JournalEntry
from ckanext.opengov.civic.service.journal_chain import VerifyResult, entry_hash, plain
from ckanext.opengov.civic.service.journal_check import verify
from ckanext.opengov.civic.service.journal_seal import GATE, LOCK

__all__ = ["Happening", "JournalEntry", "VerifyResult", "entries", "newest", "record", "record_many", "title", "verify"]

# Places instead of entities: a transaction that writes for 100,000 entities would run out of PostgreSQL's locks.
PLACES = 1024


@dataclass(frozen=True)
class Happening:
    """What is to be recorded. ``public`` is shown to all who may see the entity, ``internal`` to its officers."""

    entity_type: str
    entity_id: str
    event: str
    actor: str | None = None
    public: Mapping[str, Any] | None = None
    internal: Mapping[str, Any] | None = None
    at: dt.datetime | None = None

    @property
    def entity(self) -> tuple[str, str]:
        """Type and id."""
        return self.entity_type, self.entity_id


def record(
    entity_type: str,
    entity_id: str,
    event: str,
    *,
    actor: str | None,
    public: dict[str, Any] | None = None,
    internal: dict[str, Any] | None = None,
    at: dt.datetime | None = None,
) -> JournalEntry:
    """Add one entry to an entity's chain, in the session's open transaction.

    Other writers of the same entity wait until that transaction ends.

    :param actor: id of the user who did it, None for the portal itself
    :param at: when it happened, with its zone; now by default
    """
    return record_many([Happening(entity_type, entity_id, event, actor, public, internal, at)])[0]


def record_many(happenings: Iterable[Happening]) -> list[JournalEntry]:
    """Add entries for any number of entities with a handful of statements.

    A transaction that writes for several entities calls this once: the entities are locked in a fixed order, so two
    such transactions cannot block each other.
    """
    wanted = list(happenings)
    if not wanted:
        return []
    entities = sorted({one.entity for one in wanted})
    _wait_for_turn(entities)
    heads = _heads(entities)
    rows = [_chained(one, number, heads) for one, number in zip(wanted, _next_ids(len(wanted)), strict=True)]
    insert = sa.insert(JournalEntry).returning(JournalEntry, sort_by_parameter_order=True)
    return list(model.Session.scalars(insert, rows))


def entries(
    entity_type: str, entity_id: str, *, internal: bool, after: int | None = None, limit: int = 100
) -> list[dict[str, Any]]:
    """The entries of an entity as dicts, oldest first.

    :param internal: with the internal part and the actor
    :param after: ``seq`` of the last entry that is known already
    """
    query = (
        sa.select(JournalEntry)
        .where(JournalEntry.entity_type == entity_type, JournalEntry.entity_id == entity_id)
        .where(JournalEntry.seq > (after or 0))
        .order_by(JournalEntry.seq)
        .limit(limit)
    )
    return [_shown(entry, internal) for entry in model.Session.scalars(query)]


def newest(entity_type: str, entity_id: str, *, internal: bool, limit: int) -> list[dict[str, Any]]:
    """The last entries of an entity, oldest of them first."""
    query = (
        sa.select(JournalEntry)
        .where(JournalEntry.entity_type == entity_type, JournalEntry.entity_id == entity_id)
        .order_by(JournalEntry.seq.desc())
        .limit(limit)
    )
    return [_shown(entry, internal) for entry in model.Session.scalars(query)][::-1]


def _shown(entry: JournalEntry, internal: bool) -> dict[str, Any]:
    shown = {"id": entry.id, "seq": entry.seq, "at": entry.at, "event": entry.event, "public": entry.public}
    return {**shown, "internal": entry.internal, "actor": entry.actor} if internal else shown


def _wait_for_turn(entities: Sequence[tuple[str, str]]) -> None:
    """Every statement sees what was committed before it began: the heads are read after the wait, not with it."""
    places = sorted({zlib.crc32(json.dumps(entity).encode()) % PLACES for entity in entities})
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(LOCK, GATE)))
    place = sa.func.unnest(sa.bindparam("places", places, sa.ARRAY(sa.Integer))).column_valued("place")
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK, place)))


def _heads(entities: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, str]]:
    kinds = sa.bindparam("types", [kind for kind, _ in entities], sa.ARRAY(sa.Text))
    names = sa.bindparam("ids", [name for _, name in entities], sa.ARRAY(sa.Text))
    columns = (sa.column("kind", sa.Text), sa.column("name", sa.Text))
    wanted = sa.func.unnest(kinds, names).table_valued(*columns, name="wanted").render_derived()
    head = (
        sa.select(JournalEntry.seq, JournalEntry.hash)
        .where(JournalEntry.entity_type == wanted.c.kind, JournalEntry.entity_id == wanted.c.name)
        .order_by(JournalEntry.seq.desc())
        .limit(1)
        .lateral("head")
    )
    query = sa.select(wanted.c.kind, wanted.c.name, head.c.seq, head.c.hash).join_from(wanted, head, sa.true())
    return {(kind, name): (seq, digest) for kind, name, seq, digest in model.Session.execute(query)}


def _next_ids(count: int) -> list[int]:
    numbers = sa.func.generate_series(1, count).table_valued("number")
    query = sa.select(sa.func.nextval("opengov_journal_id_seq")).select_from(numbers)
    return list(model.Session.scalars(query))


def _chained(one: Happening, number: int, heads: dict[tuple[str, str], tuple[int, str]]) -> dict[str, Any]:
    seq, previous = heads.get(one.entity, (0, None))
    row: dict[str, Any] = {
        "id": number,
        "entity_type": one.entity_type,
        "entity_id": one.entity_id,
        "seq": seq + 1,
        "at": one.at or utc_now(),
        "event": one.event,
        "actor": one.actor,
        "public": plain(one.public),
        "internal": plain(one.internal),
        "previous_hash": previous,
    }
    row["hash"] = entry_hash(row)
    heads[one.entity] = (seq + 1, row["hash"])
    return row


def title(event: str, public: Mapping[str, Any]) -> str:
    """What happened, in the reader's language; an event that no manifest names is shown by its code."""
    for manifest in manifests():
        if event in manifest.events:
            return tk._(manifest.events[event]).format_map(_Shown(public))
    return event


class _Shown(dict[str, Any]):
    """A value that an old entry does not have leaves a dash, not an error page."""

    def __missing__(self, _key: str) -> str:
        return "—"
