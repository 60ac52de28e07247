"""The names of what figures are told apart by, for many at once and in the reader's language."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.regions import region
from ckanext.opengov.civic.service import agencies, wording
from ckanext.opengov.dialog.service.appeals import words


def titles(group: str, keys: Iterable[str | None]) -> dict[str | None, str]:
    """Key → name, for topics, regions, kinds or months; a region that is None is “without a region”."""
    return {key: _title(group, key) for key in keys}


def agencies_named(ids: Collection[str]) -> dict[str, dict[str, str]]:
    """Id → ``name`` (of the page) and ``title``, in one statement."""
    if not ids:
        return {}
    query = sa.select(model.Group.id, model.Group.name, model.Group.title, agencies.TITLES)
    rows = model.Session.execute(query.where(model.Group.id.in_(ids)))
    return {row[0]: {"name": row[1], "title": agencies.shown_title(*row[1:])} for row in rows}


def _title(group: str, key: str | None) -> str:
    if key is None:
        return tk._("Without a region")
    if group == "topic":
        return wording.pick(words.topics().get(key, {}), wording.current()) or key
    if group == "kind":
        return tk._(words.KINDS[key]) if key in words.KINDS else key
    found = region(key) if group == "region" else None
    return found.title(wording.current()) if found else key
