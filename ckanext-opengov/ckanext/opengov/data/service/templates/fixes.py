"""What officers put in the place of wrong values: the portal proposes it when the same value comes again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import ckan.model as model
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov.data.model.tables import utc_now
from ckanext.opengov.data.model.templates import Fix

LONGEST = 200
# Of one person for one table; the oldest give way.
MOST = 500
Fixes = Mapping[tuple[str, str], str]


def of(resource_id: str, user_id: str) -> dict[tuple[str, str], str]:
    """Field and wrong value → what to put there."""
    query = sa.select(Fix.field, Fix.wrong, Fix.fixed).where(Fix.resource_id == resource_id, Fix.user_id == user_id)
    return {(field, wrong): fixed for field, wrong, fixed in model.Session.execute(query)}


def remember(resource_id: str, user_id: str, fixes: Iterable[tuple[str, str, str]]) -> int:
    """Note fixes (field, wrong, right) in the session's transaction.

    :returns: how many were worth it
    """
    rows = {
        (field, wrong): fixed
        for field, wrong, fixed in fixes
        if wrong.strip() and fixed.strip() and wrong != fixed and max(len(wrong), len(fixed)) <= LONGEST
    }
    if not rows:
        return 0
    now = utc_now()
    values = [
        {"resource_id": resource_id, "user_id": user_id, "field": field, "wrong": wrong, "fixed": fixed, "at": now}
        for (field, wrong), fixed in list(rows.items())[:MOST]
    ]
    new = insert(Fix).values(values)
    same = ["resource_id", "user_id", "field", "wrong"]
    model.Session.execute(new.on_conflict_do_update(index_elements=same, set_={"fixed": new.excluded.fixed, "at": now}))
    oldest = (
        sa.select(Fix.field, Fix.wrong)
        .where(Fix.resource_id == resource_id, Fix.user_id == user_id)
        .order_by(Fix.at.desc(), Fix.field, Fix.wrong)
        .offset(MOST)
    )
    model.Session.execute(
        sa.delete(Fix).where(
            Fix.resource_id == resource_id, Fix.user_id == user_id, sa.tuple_(Fix.field, Fix.wrong).in_(oldest)
        )
    )
    return len(values)


def forget(resource_id: str, user_id: str) -> int:
    """Forget all of a person's fixes of a table, in the session's transaction.

    :returns: how many
    """
    gone = sa.delete(Fix).where(Fix.resource_id == resource_id, Fix.user_id == user_id)
    return model.Session.execute(gone).rowcount
