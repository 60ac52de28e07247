"""What a mapping may name, taken from the writers and the schemas of this portal."""

from __future__ import annotations

from collections.abc import Collection

import ckan.plugins.toolkit as tk

from ckanext.opengov.harvest.registry.mapping import Vocabulary
from ckanext.opengov.harvest.service.writers import writers

# Fields that every package has, whether its schema names them or not.
CORE = ("name", "title", "notes", "url", "version", "author", "author_email", "maintainer", "maintainer_email", "tags")
CORE_RESOURCE = ("url", "name", "description", "format", "mimetype")


def vocabulary() -> Vocabulary:
    """The types that can be written here and their fields."""
    types: dict[str, dict[str, Collection[str]]] = {}
    resources: dict[str, dict[str, Collection[str]]] = {}
    for kind in writers():
        schema = tk.h.scheming_get_dataset_schema(kind) or {}
        types[kind] = _targets(CORE, schema.get("dataset_fields", []))
        fields = schema.get("resource_fields", [])
        if fields or kind == "dataset":
            resources[kind] = _targets(CORE_RESOURCE, fields)
    return Vocabulary(types, resources)


def _targets(core: Collection[str], fields: list[dict[str, object]]) -> dict[str, Collection[str]]:
    names = [*core, *(str(field["field_name"]) for field in fields)]
    languages = tk.config["ckan.locales_offered"]
    return {name: languages if name.endswith("_translated") else () for name in names if name != "tag_string"}
