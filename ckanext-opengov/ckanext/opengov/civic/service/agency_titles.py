"""A renamed agency: whatever is published in its name is indexed anew, so that search finds it by the new title.

In the background and in batches, since an agency may have two hundred thousand appeals.
"""

from __future__ import annotations

from typing import Any

import ckan.model as model
import sqlalchemy as sa
from ckan.lib.search.common import make_connection
from ckan.logic import index_update_package
from ckan.types import Context

from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.service import agencies, outbox

TOPIC = "agency.renamed"
BATCH = 200


def edited(agency: model.Group) -> None:
    """CKAN is about to commit an agency: ask for its packages when its title changes."""
    if agency.is_organization and _renamed(agency.id):
        outbox.add(TOPIC, {"agency": agency.id, "after": ""})


def _renamed(agency_id: str) -> bool:
    titles = sa.select(model.Group.title, agencies.TITLES).where(model.Group.id == agency_id)
    model.Session.flush()
    new = model.Session.execute(titles).first()
    # What is committed is the old title; another connection still sees it.
    with model.ensure_engine().connect() as connection:
        old = connection.execute(titles).first()
    return old is not None and old != new


def reindex(message: OutboxMessage) -> None:
    """Outbox handler: one batch, by the packages' ids, and a row for the next one. Safe to repeat."""
    agency_id, after = message.payload["agency"], message.payload["after"]
    found = _next(agency_id, after)
    if not found:
        return
    for package_id in found:
        index_update_package(Context(ignore_auth=True), package_id, defer_commit=True)
    make_connection().commit()
    if len(found) == BATCH:
        outbox.add(TOPIC, {"agency": agency_id, "after": found[-1]})


def _next(agency_id: str, after: str) -> list[str]:
    package: Any = model.package_table.c
    query = sa.select(package.id).where(package.owner_org == agency_id, package.state == model.State.ACTIVE)
    return list(model.Session.scalars(query.where(package.id > after).order_by(package.id).limit(BATCH)))
