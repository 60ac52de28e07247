"""The opinions of public councils that a person wrote down; comments are told by the discussion itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.budget.model.programmes import CouncilOpinion, Programme
from ckanext.opengov.budget.service.programmes.states import VERDICTS
from ckanext.opengov.civic.interfaces import Link, MyItem
from ckanext.opengov.civic.service import wording


def _title(programme: Programme) -> str:
    return wording.pick(programme.passport["title"], wording.current())


def written(user_id: str, before: dt.datetime | None, limit: int) -> Iterable[MyItem]:
    """Newest first."""
    query = (
        sa.select(CouncilOpinion, Programme)
        .join(Programme, Programme.id == CouncilOpinion.programme_id)
        .where(CouncilOpinion.author_id == user_id)
    )
    if before:
        query = query.where(CouncilOpinion.created_at < before)
    for opinion, programme in model.Session.execute(query.order_by(CouncilOpinion.created_at.desc()).limit(limit)):
        page = f"/budget_programme/{programme.id}"
        reply = (Link(tk._("Reply of the agency"), f"{page}#council"),) if opinion.replied_at else ()
        yield MyItem(
            title=tk._("Opinion of the public council on “{title}”").format(title=_title(programme)),
            url=f"{page}#council",
            state=tk._(VERDICTS[opinion.verdict]),
            at=opinion.created_at,
            public=True,
            became=reply,
        )
