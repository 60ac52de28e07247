"""How records become entities: one writer a type. Datasets have the writer here; a component brings its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context
from slugify import slugify

from ckanext.harvest.harvesters import HarvesterBase
from ckanext.opengov.civic.interfaces import RegistryWriter, manifests

LONGEST_NAME = 90


def writers() -> dict[str, RegistryWriter]:
    """Target type → its writer."""
    own: dict[str, RegistryWriter] = {"dataset": PackageWriter("dataset")}
    return own | {kind: writer for manifest in manifests() for kind, writer in manifest.registry_writers.items()}


class PackageWriter:
    """Writes packages of a type by the stock actions."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def create(self, context: Context, record: Mapping[str, Any]) -> None:
        data = {name: value for name, value in record.items() if value is not None}
        data = {name: _present(value) if isinstance(value, dict) else value for name, value in data.items()}
        data = _core_shape(data) | {"type": self.kind}
        data["name"] = data.get("name") or new_name(record)
        tk.get_action("package_create")(context, data)

    def update(self, context: Context, record: Mapping[str, Any]) -> None:
        """Change what the record names and leave the rest as it is; a field that became blank is emptied."""
        # Straight from the database: what harvesting adds to the indexed copy is not part of the package.
        show = tk.fresh_context(context)
        show["use_cache"] = False
        before = tk.get_action("package_show")(show, {"id": record["id"]})
        tk.get_action("package_update")(context, before | changed_fields(before, record))

    def restore(self, context: Context, record: Mapping[str, Any]) -> None:
        self.update(context, {**record, "state": "active"})

    def withdraw(self, context: Context, package_id: str) -> None:
        tk.get_action("package_delete")(context, {"id": package_id})


def changed_fields(before: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """The record in the shape of a package, with what it says nothing about taken from before."""
    data: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            old = before.get(name)
            data[name] = _present({**(old if isinstance(old, dict) else {}), **value})
        elif value is not None or before.get(name):
            data[name] = "" if value is None else value
    data = _core_shape(data)
    if "resources" in data:
        data["resources"] = _with_ids(before.get("resources") or [], data["resources"])
    return data


def _present(parts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value is not None}


def _core_shape(data: dict[str, Any]) -> dict[str, Any]:
    if "tags" in data:
        tags = data["tags"] or []
        data["tags"] = [{"name": tag} for tag in ([tags] if isinstance(tags, str) else dict.fromkeys(tags))]
    return data


def _with_ids(before: list[dict[str, Any]], resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep the ids of files: by address, else by place, so that links to them go on working."""
    by_url = {resource["url"]: resource for resource in before}
    taken = {by_url[new["url"]]["id"] for new in resources if new["url"] in by_url}
    merged = []
    for place, new in enumerate(resources):
        old = by_url.get(new["url"])
        if old is None and place < len(before) and before[place]["id"] not in taken:
            old = before[place]
        values = {name: "" if value is None else value for name, value in new.items()}
        merged.append({**old, **values} if old else {name: value for name, value in values.items() if value != ""})
    return merged


def new_name(record: Mapping[str, Any]) -> str:
    """A free name for a new package, from its title."""
    title = record.get("title") or next(iter(_present(record.get("title_translated") or {}).values()), "")
    name = slugify(str(title), max_length=LONGEST_NAME, word_boundary=True)
    if len(name) < model.PACKAGE_NAME_MIN_LENGTH:
        name = f"{record.get('type', 'entry')}-{record['id'][:8]}"
    return HarvesterBase._gen_new_name(name) or f"{name}-{record['id'][:8]}"
