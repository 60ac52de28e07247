"""CKAN's own single-language fields are made of the texts in three languages, before and after the validators."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import ckan.model as model
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.opengov.data.logic.translated_input import collect, is_empty
from ckanext.opengov.data.service import translated

Record = Any

# Where the validator of the field leaves the parent until all fields are checked.
CHOSEN_PARENT: FlattenKey = ("__opengov_parent",)


def opengov_fill_core(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Make title, description and address of a record, and the names of its resources, out of their translations.

    When CKAN's own field was changed by a stock client and the translations were not, the change goes into the
    translations; otherwise it would be lost.
    """
    record = context.get("package") or context.get("group")
    for field in ("title", "notes", "description"):
        _fill((), field, data, record)
    _fill_slug(data, record)
    resources = {one.id: one for one in getattr(record, "resources", ())}
    for level in _resource_levels(data):
        _fill(level, "name", data, resources.get(data.get((*level, "id"))))
        _name_after_file(level, data)


def _name_after_file(level: FlattenKey, data: FlattenDataDict) -> None:
    """A file that got no name is called as it was on the publisher's disk."""
    url = data.get((*level, "url"))
    if is_empty(data.get((*level, "name"))) and data.get((*level, "url_type")) == "upload" and isinstance(url, str):
        data[(*level, "name")] = url.rsplit("/", 1)[-1]


def _resource_levels(data: FlattenDataDict) -> Iterator[FlattenKey]:
    yield from {item[:2] for item in data if item[0] == "resources" and len(item) > 2}


def _fill(level: FlattenKey, field: str, data: FlattenDataDict, stored: Record | None) -> None:
    key = (*level, f"{field}_translated")
    if key not in data:
        return
    collect(key, data)
    texts = data.get(key)
    if is_empty(texts) or not isinstance(texts, dict):
        return
    core = data.get((*level, field))
    if stored is not None and isinstance(core, str) and core.strip():
        before = _stored_texts(stored, key[-1])
        if before and before == texts and core != getattr(stored, field, None):
            data[key] = texts = translated.with_new_lead(before, core)
    text = translated.lead(texts)
    if isinstance(text, str):
        data[(*level, field)] = text.strip()


def _stored_texts(stored: Record, name: str) -> dict[str, Any]:
    value = (getattr(stored, "extras", None) or {}).get(name)
    try:
        return json.loads(value) if isinstance(value, str) else value or {}
    except ValueError:
        return {}


def _fill_slug(data: FlattenDataDict, record: Record | None) -> None:
    if ("name",) not in data or not is_empty(data[("name",)]):
        return
    if record is not None:
        data[("name",)] = record.name
        return
    texts = data.get(("title_translated",))
    text = texts.get("en") or translated.lead(texts) if isinstance(texts, dict) else data.get(("title",))
    if isinstance(text, str) and text.strip():
        kind = model.Group if ("is_organization",) in data else model.Package
        data[("name",)] = translated.free_slug(text, lambda name: kind.get(name) is not None)


def opengov_fill_tags(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Make CKAN's own keywords out of those by language; without any, they stay as they came."""
    value = data.get(("tags_translated",))
    if not isinstance(value, str) or errors.get(("tags_translated",)):
        return
    tags = json.loads(value)
    given = [str(text) for item, text in data.items() if item[0] == "tags" and item[-1] == "name"]
    stored = _stored_texts(context.get("package"), "tags_translated")
    if given and stored == tags and set(given) != set(translated.all_tags(tags)):
        tags = translated.with_changed_tags(tags, given)
        _restore(data, "tags_translated", json.dumps(tags, ensure_ascii=False))
    _drop("tags", data, errors)
    for number, name in enumerate(translated.all_tags(tags)):
        data[("tags", number, "name")] = name


def _restore(data: FlattenDataDict, name: str, value: str) -> None:
    data[(name,)] = value
    for item in [item for item, text in data.items() if item[0] == "extras" and item[-1] == "key" and text == name]:
        data[(*item[:-1], "value")] = value


def _drop(name: str, data: FlattenDataDict, errors: FlattenErrorDict) -> None:
    for item in [item for item in data if item[0] == name]:
        del data[item]
    for item in [item for item in errors if item[0] == name]:
        del errors[item]


def opengov_fill_parent(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Put the chosen parent into CKAN's group hierarchy, and show the one that stands there.

    No ``parent`` at all leaves the hierarchy as it is, an empty one makes the agency a top one.
    """
    chosen = data.pop(CHOSEN_PARENT, None)
    if chosen is None:
        parent = data.get(("groups", 0, "name"))
        if isinstance(parent, str):
            data[("parent",)] = parent
        return
    _drop("groups", data, errors)
    parent = model.Group.get(str(chosen)) if chosen else None
    if parent is None:
        data[("groups",)] = []
    else:
        data[("groups", 0, "id")] = parent.id
