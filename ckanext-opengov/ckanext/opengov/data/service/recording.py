"""What people do with a data set, for its journal: published, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.model as model
from ckan.types import Context

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import journal
from ckanext.opengov.civic.service.refusal import N_

TYPE = "dataset"
PUBLISHED, CHANGED, DELETED = "data.published", "data.changed", "data.deleted"
EVENTS = {
    PUBLISHED: N_("The data set was published"),
    CHANGED: N_("The data set was changed"),
    DELETED: N_("The data set was deleted"),
}


def note(context: Context, dataset: Mapping[str, Any], event: str) -> None:
    """CKAN is about to commit this. Drafts have no journal yet; what the portal does by itself is told elsewhere."""
    user = access.user_of(context)
    package = model.Session.get(model.Package, dataset.get("id"))
    if user is None or package is None or package.type != TYPE or package.state.startswith("draft"):
        return
    if event == CHANGED and not journal.entries(TYPE, package.id, internal=False, limit=1):
        event = PUBLISHED
    journal.record(TYPE, package.id, event, actor=user.id)
