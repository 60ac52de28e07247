"""How far an agency has come with its first system: which steps of the checklist are done."""

from __future__ import annotations

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.data.model.keyed import KeyedTable, PushToken
from ckanext.opengov.data.service.push import database

STEPS = ("token", "registered", "rehearsed", "pushed", "repeated")


def of_agency(agency_id: str) -> dict[str, bool]:
    """Step → whether it is done: a token, a registered table, a rehearsal, a push, and pushes on several days."""
    tokens = list(model.Session.scalars(sa.select(PushToken.id).where(PushToken.agency_id == agency_id)))
    tables = sa.select(sa.func.count()).select_from(KeyedTable).where(KeyedTable.agency_id == agency_id)
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT coalesce(bool_or(dry_run), false), coalesce(bool_or(NOT dry_run), false),"
            " count(DISTINCT started_at::date) FILTER (WHERE NOT dry_run) > 1"
            " FROM opengov_data.push_receipt WHERE token_id = ANY(%s) AND state = 'done'",
            [tokens],
        )
        rehearsed, pushed, repeated = cursor.fetchone()
    registered = bool(model.Session.scalar(tables))
    return dict(zip(STEPS, (bool(tokens), registered, rehearsed or pushed, pushed, repeated), strict=True))
