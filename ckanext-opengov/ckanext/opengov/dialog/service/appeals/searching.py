"""Public appeals in the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.service.public_index import AGENCY, PublicIndex
from ckanext.opengov.dialog.model.appeals import Appeal
from ckanext.opengov.dialog.service.appeals.packages import TYPE
from ckanext.opengov.dialog.service.appeals.states import RUNNING

INDEX = PublicIndex(
    TYPE,
    {AGENCY: "owner_org", "topic": "topic", "kind": "kind", "state": "appeal_state", "region": "region"},
)


def overdue(filters: Mapping[str, Any]) -> list[str]:
    """The conditions of what nobody answered within its term, when they are asked for."""
    if not filters.get("overdue"):
        return []
    return [f"appeal_state:({' OR '.join(RUNNING)})", "due_date:[* TO NOW/MINUTE]"]


def appeals(ids: Sequence[str]) -> list[Appeal]:
    """The appeals in this order; what was hidden since the index was written is left out."""
    found = {one.id: one for one in model.Session.scalars(sa.select(Appeal).where(Appeal.id.in_(ids)))}
    return [found[one] for one in ids if one in found and found[one].visibility == "public"]
