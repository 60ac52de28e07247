"""What the public reads of the way of an act: its steps, not every change of a draft and every answer."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.model.journal import JournalEntry
from ckanext.opengov.civic.service import journal
from ckanext.opengov.regulation.service.states import EVENTS
from ckanext.opengov.regulation.service.words import TYPE

SHOWN = (*(f"draft_act.{event}" for event in EVENTS), "draft_act.imported", "draft_act.deadline")
MOST = 100


def of(act_id: str) -> list[dict[str, Any]]:
    """The steps, the first one first: ``at``, ``event``, ``title``."""
    query = (
        sa.select(JournalEntry)
        .where(JournalEntry.entity_type == TYPE, JournalEntry.entity_id == act_id, JournalEntry.event.in_(SHOWN))
        .order_by(JournalEntry.seq.desc())
        .limit(MOST)
    )
    found = [
        {"at": one.at.isoformat(), "event": one.event, "title": journal.title(one.event, one.public or {})}
        for one in model.Session.scalars(query)
    ]
    return found[::-1]
