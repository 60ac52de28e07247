"""Versions of an act in their tables: written as a tree, read as a tree or page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.regulation.model.acts import DraftAct, Version, VersionPart, new_id
from ckanext.opengov.regulation.service.document import tree
from ckanext.opengov.regulation.service.document.tree import Part
from ckanext.opengov.regulation.service.outline import Act
from ckanext.opengov.regulation.service.words import LANGUAGES

DRAFT, PUBLIC, IN_FORCE = "draft", "public", "in_force"


def create(package_id: str, number: int, act: Act, note: Mapping[str, str] | None = None) -> Version:
    """A version in preparation."""
    version = Version(id=new_id(), package_id=package_id, number=number, state=DRAFT, note=dict(note or {}))
    model.Session.add(version)
    model.Session.flush()
    _insert(version.id, act)
    return version


def replace(version: Version, act: Act) -> None:
    """Give a version in preparation another text.

    :raises ValidationError: for one that the public has read
    """
    if version.state != DRAFT:
        raise tk.ValidationError({"parts": [tk._("A published version does not change. Prepare the next one.")]})
    model.Session.execute(sa.delete(VersionPart).where(VersionPart.version_id == version.id))
    _insert(version.id, act)


def _insert(version_id: str, act: Act) -> None:
    rows = [
        {
            "version_id": version_id,
            "language": language,
            "position": place.position,
            "eid": place.part.eid,
            "parent_eid": place.parent.eid if place.parent else None,
            "kind": place.part.kind,
            "number": place.part.number,
            "heading": place.part.heading,
            "text": place.part.text,
        }
        for language, parts in act.items()
        for place in tree.placed(parts)
    ]
    if rows:
        model.Session.execute(sa.insert(VersionPart), rows)


def publish(version: Version, state: str = PUBLIC) -> None:
    """From now on everybody reads it, and nobody changes it."""
    version.state = state
    version.published_at = utc_now()
    model.Session.flush()


def read(version_id: str) -> dict[str, tuple[Part, ...]]:
    """The text of a version by language."""
    columns = (
        VersionPart.language,
        VersionPart.eid,
        VersionPart.parent_eid,
        VersionPart.kind,
        VersionPart.number,
        VersionPart.heading,
        VersionPart.text,
    )
    query = sa.select(*columns).where(VersionPart.version_id == version_id)
    rows: dict[str, list[tuple[Part, str | None]]] = {}
    for language, eid, parent, kind, number, heading, text in model.Session.execute(
        query.order_by(VersionPart.language, VersionPart.position)
    ):
        rows.setdefault(language, []).append((Part(eid, kind, number, heading, text), parent))
    return {language: tree.from_rows(rows[language]) for language in LANGUAGES if language in rows}


def find(package_id: str, number: int) -> Version | None:
    """A version by its number."""
    return model.Session.scalar(sa.select(Version).where(Version.package_id == package_id, Version.number == number))


def get(package_id: str, number: int) -> Version:
    """A version by its number.

    :raises ObjectNotFound: when there is none
    """
    found = find(package_id, number)
    if found is None:
        raise tk.ObjectNotFound(tk._("This act has no version {number}.").format(number=number))
    return found


def all_of(package_id: str, *, drafts: bool) -> list[Version]:
    """The versions of an act, the first one first."""
    query = sa.select(Version).where(Version.package_id == package_id).order_by(Version.number)
    return list(model.Session.scalars(query if drafts else query.where(Version.state != DRAFT)))


def in_preparation(package_id: str) -> Version | None:
    """The version that is being written, if there is one."""
    query = sa.select(Version).where(Version.package_id == package_id, Version.state == DRAFT)
    return model.Session.scalar(query.order_by(Version.number.desc()).limit(1))


def last_number(package_id: str) -> int:
    """The highest number given."""
    query = sa.select(sa.func.max(Version.number)).where(Version.package_id == package_id)
    return model.Session.scalar(query) or 0


def page(
    version_id: str, language: str, *, after: int | None, limit: int, under: str | None = None
) -> tuple[list[VersionPart], int | None]:
    """Parts of a version in the order of reading, and the position to go on after.

    :param under: only the children of this part
    """
    query = sa.select(VersionPart).where(VersionPart.version_id == version_id, VersionPart.language == language)
    if after is not None:
        query = query.where(VersionPart.position > after)
    if under is not None:
        query = query.where(VersionPart.parent_eid == under)
    found = list(model.Session.scalars(query.order_by(VersionPart.position).limit(limit + 1)))
    return found[:limit], found[limit - 1].position if len(found) > limit else None


def part(version_id: str, eid: str) -> dict[str, VersionPart]:
    """A part by language; empty when there is none with this eId."""
    query = sa.select(VersionPart).where(VersionPart.version_id == version_id, VersionPart.eid == eid)
    return {one.language: one for one in model.Session.scalars(query)}


def languages(version_ids: Sequence[str]) -> dict[str, list[str]]:
    """Version → the languages that it has a text in."""
    query = (
        sa.select(VersionPart.version_id, VersionPart.language)
        .where(VersionPart.version_id.in_(version_ids), VersionPart.position == 0)
        .order_by(VersionPart.language)
    )
    found: dict[str, list[str]] = {}
    for version_id, language in model.Session.execute(query):
        found.setdefault(version_id, []).append(language)
    return found


def shown(version: Version, known: Mapping[str, list[str]]) -> dict[str, Any]:
    """A version without its text."""
    return {
        "id": version.id,
        "number": version.number,
        "state": version.state,
        "note": version.note,
        "created_at": version.created_at.isoformat(),
        "published_at": version.published_at.isoformat() if version.published_at else None,
        "languages": known.get(version.id, []),
    }


def public_version(act: DraftAct) -> Version | None:
    """The newest text that everybody reads."""
    return find(act.id, act.version) if act.version else None
