"""The nightly seal of the journal: how far each chain has come, signed with a key that is not in the database.

A seal lists the heads of the chains that grew since the seal before, and its digest takes in that one's digest: so
the last seal covers the heads of all chains, and sealing costs what is new, not what was ever recorded.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.journal import JournalEntry, JournalSeal, SealedHead
from ckanext.opengov.civic.service.calendar import local_date

# Two keys of an advisory lock. A writer takes the gate in common; the seal takes it alone for a moment, so that no
# entry with a smaller id than the last one can come in behind it.
LOCK = 0x6A6F75
GATE = -1
PATIENCE = "30s"

# The digest of a list of heads; the order of bytes is the same in every database.
_DIGEST = """
    SELECT count(*) AS heads, encode(sha256(convert_to(
        coalesce(:previous, '') || coalesce(string_agg(
            json_build_array(entity_type, entity_id, entry_id, seq, hash)::text, E'\\n'
            ORDER BY entity_type COLLATE "C", entity_id COLLATE "C"), ''), 'UTF8')), 'hex') AS digest
    FROM heads
"""
_STORE = """
    WITH fresh AS (
        SELECT DISTINCT ON (entity_type, entity_id) entity_type, entity_id, id, seq, hash
        FROM opengov_journal WHERE id > :after AND id <= :last
        ORDER BY entity_type, entity_id, seq DESC
    ), heads AS (
        INSERT INTO opengov_journal_sealed_head (seal_id, entity_type, entity_id, entry_id, seq, hash)
        SELECT :seal, entity_type, entity_id, id, seq, hash FROM fresh
        RETURNING entity_type, entity_id, entry_id, seq, hash
    )
"""
_STORED = "WITH heads AS (SELECT * FROM opengov_journal_sealed_head WHERE seal_id = :seal)"
_SEAL = sa.text(_STORE + _DIGEST)
_AGAIN = sa.text(_STORED + _DIGEST)


def last_seal() -> JournalSeal | None:
    """The newest seal."""
    return model.Session.scalar(sa.select(JournalSeal).order_by(JournalSeal.id.desc()).limit(1))


def seal_nightly() -> JournalSeal | None:
    """Seal once a day, at the first call after midnight in Almaty."""
    last = last_seal()
    if last and local_date(last.at) >= local_date(utc_now()):
        return None
    return seal()


def seal() -> JournalSeal:
    """Seal what was recorded since the last seal. Commits: the gate is open again after the first statement."""
    last_id = _last_entry()
    previous = last_seal()
    number = model.Session.scalar(sa.select(sa.func.nextval("opengov_journal_seal_id_seq")))
    before = previous.digest if previous else None
    after = previous.last_entry_id if previous else 0
    values = {"after": after, "last": max(last_id, after), "seal": number, "previous": before}
    heads, digest = model.Session.execute(_SEAL, values).one()
    made = JournalSeal(
        id=number,
        at=utc_now(),
        last_entry_id=values["last"],
        heads=heads,
        previous_digest=before,
        digest=digest,
        signature="",
    )
    made.signature = signature(made)
    model.Session.add(made)
    model.Session.commit()
    return made


def _last_entry() -> int:
    model.Session.execute(sa.text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK, GATE)))
    last = model.Session.scalar(sa.select(sa.func.max(JournalEntry.id)))
    model.Session.commit()
    return last or 0


def signature(seal: JournalSeal) -> str:
    """HMAC-SHA256 of all that the seal says."""
    at = seal.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    said: list[Any] = [seal.id, at, seal.last_entry_id, seal.heads, seal.previous_digest, seal.digest]
    key = str(tk.config["opengov.journal_key"]).encode()
    return hmac.new(key, json.dumps(said).encode(), hashlib.sha256).hexdigest()


def is_genuine(seal: JournalSeal) -> bool:
    """Whether the seal's heads are those that it signed, and the signature is by this portal's key."""
    heads, digest = model.Session.execute(_AGAIN, {"seal": seal.id, "previous": seal.previous_digest}).one()
    same = hmac.compare_digest(seal.signature, signature(seal))
    return same and heads == seal.heads and digest == seal.digest


def first_forged() -> JournalSeal | None:
    """The first seal that is not genuine or does not follow from the one before."""
    before: str | None = None
    for seal in model.Session.scalars(sa.select(JournalSeal).order_by(JournalSeal.id)):
        if seal.previous_digest != before or not is_genuine(seal):
            return seal
        before = seal.digest
    return None


def seal_of(entity_type: str, entity_id: str) -> JournalSeal | None:
    """The last seal that has a head of this entity."""
    query = (
        sa.select(JournalSeal)
        .join(SealedHead, SealedHead.seal_id == JournalSeal.id)
        .where(SealedHead.entity_type == entity_type, SealedHead.entity_id == entity_id)
        .order_by(JournalSeal.id.desc())
        .limit(1)
    )
    return model.Session.scalar(query)
