"""Finding what was changed in the journal: the chains against their hashes, and against the seals."""

from __future__ import annotations

from dataclasses import replace

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.model.journal import JournalEntry, JournalSeal, SealedHead
from ckanext.opengov.civic.service import journal_seal
from ckanext.opengov.civic.service.journal_chain import FIELDS, Fault, VerifyResult, check

BATCH = 2_000
_COLUMNS = [getattr(JournalEntry, name) for name in (*FIELDS, "hash")]


def verify(entity_type: str, entity_id: str) -> VerifyResult:
    """Check one entity's chain, and that it still has what the last seals say.

    :returns: the first broken link, if there is one
    """
    found = _walk(JournalEntry.entity_type == entity_type, JournalEntry.entity_id == entity_id)
    last = journal_seal.last_seal()
    result = replace(found, sealed_at=last.at if last else None)
    if not found.ok or last is None:
        return result
    own = journal_seal.seal_of(entity_type, entity_id)
    forged = next((one for one in (own, last) if one and not journal_seal.is_genuine(one)), None)
    if forged:
        return _forged(result, forged)
    return _against_seals(result, SealedHead.entity_type == entity_type, SealedHead.entity_id == entity_id)


def verify_all() -> VerifyResult:
    """Check every chain and every seal. Reads the whole journal: a job for the command line or a quiet hour."""
    found = _walk(sa.true())
    last = journal_seal.last_seal()
    result = replace(found, sealed_at=last.at if last else None)
    if not found.ok:
        return result
    forged = journal_seal.first_forged()
    return _forged(result, forged) if forged else _against_seals(result, sa.true())


def _walk(*conditions: sa.ColumnElement[bool]) -> VerifyResult:
    query = (
        sa.select(*_COLUMNS)
        .where(*conditions)
        .order_by(JournalEntry.entity_type, JournalEntry.entity_id, JournalEntry.seq)
        .execution_options(yield_per=BATCH)
    )
    return check(model.Session.execute(query).mappings())


def _forged(result: VerifyResult, seal: JournalSeal) -> VerifyResult:
    return replace(result, ok=False, first_broken_id=seal.id, reason=Fault.SEAL)


def _against_seals(result: VerifyResult, *conditions: sa.ColumnElement[bool]) -> VerifyResult:
    """The first sealed head that the journal does not have any more, or has otherwise."""
    place = sa.and_(
        JournalEntry.entity_type == SealedHead.entity_type,
        JournalEntry.entity_id == SealedHead.entity_id,
        JournalEntry.seq == SealedHead.seq,
    )
    differs = sa.or_(
        JournalEntry.hash.is_distinct_from(SealedHead.hash), JournalEntry.id.is_distinct_from(SealedHead.entry_id)
    )
    query = (
        sa.select(SealedHead, JournalEntry.id.label("present"))
        .outerjoin(JournalEntry, place)
        .where(differs, *conditions)
        .order_by(SealedHead.entry_id)
        .limit(1)
    )
    row = model.Session.execute(query).first()
    if row is None:
        return result
    head, present = row
    return replace(
        result,
        ok=False,
        first_broken_id=head.entry_id,
        reason=Fault.MISSING if present is None else Fault.SEALED,
        entity=(head.entity_type, head.entity_id),
        seq=head.seq,
    )
