"""Agencies and their tree: CKAN organizations, where a child has its parent as a member of kind ``group``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import ckan.model as model
from sqlalchemy import and_, select

from ckanext.opengov.data.service.translated import sort_key


def with_bin(bin_number: str) -> model.Group | None:
    """The active agency with this business identification number."""
    query = model.Session.query(model.Group).filter(
        model.Group.is_organization.is_(True),
        model.Group.state == "active",
        model.Group.extras["bin"].astext == bin_number,  # pyright: ignore
    )
    return query.first()


def would_loop(child: model.Group, parent: model.Group) -> bool:
    """Whether the tree would bite its tail with this parent."""
    above = {group.id for group in parent.get_parent_group_hierarchy(type=parent.type)}
    return child.id == parent.id or child.id in above


def titles(ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """The names by language of these agencies, by id; those without translations are left out."""
    return _titles(model.Group.id, list(ids))


def titles_by_name(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """As :func:`titles`, by the agencies' page addresses."""
    return _titles(model.Group.name, list(names))


def _titles(key: Any, values: list[str]) -> dict[str, dict[str, str]]:
    if not values:
        return {}
    translated = model.Group.extras["title_translated"].astext  # pyright: ignore
    rows = model.Session.execute(select(key, translated).where(key.in_(values), translated.isnot(None)))
    return {one: loaded(text) for one, text in rows}


def loaded(text: Any) -> dict[str, Any]:
    """A text by language as it is stored among an organization's extras."""
    try:
        value = json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def all_active() -> list[dict[str, Any]]:
    """Every active agency in one query, with its parent's id and its extras."""
    member, group = model.Member, model.Group
    is_parent = and_(member.group_id == group.id, member.table_name == "group", member.state == "active")
    statement = (
        select(group.id, group.name, group.title, group.extras, member.table_id)  # pyright: ignore
        .outerjoin(member, is_parent)
        .where(group.is_organization.is_(True), group.state == "active", group.type == "organization")
    )
    return [
        {
            "id": id_,
            "name": name,
            "title": title or name,
            "title_translated": loaded((extras or {}).get("title_translated")),
            "level": (extras or {}).get("level"),
            "region": (extras or {}).get("region"),
            "parent_id": parent,
        }
        for id_, name, title, extras, parent in model.Session.execute(statement)
    ]


def tree(agencies: Iterable[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """The top agencies with their ``children``, sorted by name; one whose parent is gone stands at the top."""
    nodes = {one["id"]: one | {"children": []} for one in agencies}
    top = []
    for node in nodes.values():
        parent = nodes.get(node.pop("parent_id"))
        (parent["children"] if parent else top).append(node)
    for siblings in [top, *(node["children"] for node in nodes.values())]:
        siblings.sort(key=lambda node: sort_key(node["title_translated"].get(language) or node["title"]))
    return top


def matching(nodes: list[dict[str, Any]], words: str) -> list[dict[str, Any]]:
    """The part of a tree whose agencies have these words in a name, with what stands above them."""
    found = []
    for node in nodes:
        children = matching(node["children"], words)
        names = " ".join([node["title"], *node["title_translated"].values()]).casefold()
        if children or words.casefold().strip() in names:
            found.append(node | {"children": children})
    return found
