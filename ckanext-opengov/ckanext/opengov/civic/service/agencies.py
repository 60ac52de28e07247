"""Which agencies a user administers: CKAN's organization administrators, down the hierarchy as CKAN cascades it."""

from __future__ import annotations

import json
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import wording

ADMIN = "admin"
# As deep as CKAN itself looks.
DEPTH = 8

_ADMINISTERED = sa.text(
    """
    WITH RECURSIVE below(id, depth) AS (
        SELECT group_id, 0 FROM member
        WHERE table_name = 'user' AND table_id = :user AND capacity = :admin AND state = 'active'
        UNION
        SELECT member.group_id, below.depth + 1 FROM member JOIN below ON member.table_id = below.id
        WHERE member.table_name = 'group' AND member.state = 'active' AND below.depth < :depth
    )
    SELECT DISTINCT agency.id FROM below JOIN public.group AS agency ON agency.id = below.id
    WHERE agency.is_organization AND agency.state = 'active'
    """
)


def administered(user_id: str) -> frozenset[str]:
    """The ids of the agencies whose administrator the user is, directly or from an agency above."""
    cascades = ADMIN in tk.config["ckan.auth.roles_that_cascade_to_sub_groups"]
    values = {"user": user_id, "admin": ADMIN, "depth": DEPTH if cascades else 0}
    return frozenset(model.Session.scalars(_ADMINISTERED, values))


def find(reference: str) -> model.Group | None:
    """An active agency by its id or name."""
    found = model.Group.get(reference)
    return found if found and found.is_organization and found.state == model.State.ACTIVE else None


# Agencies keep their names in the languages as JSON beside the core title.
TITLES = model.Group.extras["title_translated"].astext  # pyright: ignore[reportIndexIssue]


def titles(translated: Any) -> dict[str, str]:
    """An agency's names by language, as they stand among its extras."""
    texts: Any = json.loads(translated) if isinstance(translated, str) and translated else translated
    # CKAN keeps what it does not know as text in text.
    texts = json.loads(texts) if isinstance(texts, str) and texts else texts
    return texts if isinstance(texts, dict) else {}


def shown_title(name: str, title: str | None, translated: str | None) -> str:
    """The agency's name in the reader's language, else in another.

    :param translated: the column ``TITLES``
    """
    return wording.pick(titles(translated), wording.current()) or title or name


def options(ids: frozenset[str] | None) -> list[dict[str, str]]:
    """Active agencies to choose from, by title.

    :param ids: None for all
    """
    query = sa.select(model.Group.name, model.Group.title, TITLES).where(
        model.Group.is_organization, model.Group.state == model.State.ACTIVE
    )
    if ids is not None:
        query = query.where(model.Group.id.in_(ids))
    found = [{"name": row[0], "title": shown_title(*row)} for row in model.Session.execute(query)]
    return sorted(found, key=lambda one: one["title"].casefold())
