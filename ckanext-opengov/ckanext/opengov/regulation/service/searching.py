"""Announced acts in the index."""

from __future__ import annotations

from collections.abc import Sequence

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.service.public_index import AGENCY, PublicIndex
from ckanext.opengov.regulation.model.acts import DraftAct
from ckanext.opengov.regulation.service.words import TYPE

INDEX = PublicIndex(TYPE, {AGENCY: "owner_org", "kind": "act_kind", "state": "act_state"})


def acts(ids: Sequence[str]) -> list[DraftAct]:
    """The acts in this order."""
    found = {one.id: one for one in model.Session.scalars(sa.select(DraftAct).where(DraftAct.id.in_(ids)))}
    return [found[one] for one in ids if one in found and found[one].version]
