"""A run that writes nothing and shows, field by field, what it would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import ckan.lib.plugins as lib_plugins
import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.opengov.harvest.harvester import ListHarvester, Look, SourceView
from ckanext.opengov.harvest.listing import BadRow, Record
from ckanext.opengov.harvest.messages import SourceError
from ckanext.opengov.harvest.service import runs
from ckanext.opengov.harvest.service.agencies import Agencies
from ckanext.opengov.harvest.service.writers import PackageWriter, changed_fields, new_name, writers

GROUPS = ("new", "changed", "returned", "vanished", "held")


def rehearse(harvester: ListHarvester, source: SourceView, start: int, limit: int) -> dict[str, Any]:
    """Look at a list and describe what a run would do.

    :param start: how many rows with something to show are left out
    :param limit: how many are shown
    """
    answer: dict[str, Any] = {"problem": None, "kind": None, "counts": {}, "columns": [], "rows": [], "bad_rows": []}
    try:
        look = harvester.look(source)
    except SourceError as error:
        return {**answer, "problem": error.message.text(), "kind": error.kind}
    if look is None:
        last = runs.last_good(source.id)
        return {**answer, "counts": {"unchanged": sum(last.counts.values()) if last else 0}}
    shown = _shown(look)
    answer["counts"] = runs.counts(look.plan, look.bad)
    answer["columns"] = list(look.listing.columns)
    answer["total"] = len(shown)
    agencies = Agencies(None)
    answer["rows"] = [_row(look, status, key, agencies) for status, key in shown[start : start + limit]]
    answer["bad_rows"] = [describe_bad(row) for row in look.bad[start : start + limit]]
    return answer


def describe_bad(row: BadRow) -> dict[str, Any]:
    """A row that would not be taken in, in the reader's language."""
    return {"place": row.place, "key": row.key, "field": row.field, "reason": row.message.text()}


def _shown(look: Look) -> list[tuple[str, str]]:
    return [(status, key) for status in GROUPS for key in getattr(look.plan, status)]


def _row(look: Look, status: str, key: str, agencies: Agencies) -> dict[str, Any]:
    known = look.known.get(key)
    before = _package(known.package_id) if known else None
    record = look.records.get(key)
    row: dict[str, Any] = {
        "status": status,
        "key": key,
        "place": record.place if record else None,
        "title": (before or {}).get("title"),
        "package_id": known.package_id if before and known else None,
        "changes": [],
        "refused": [],
    }
    if record is not None:
        row["changes"] = list(_changes(before or {}, record, agencies))
        row["refused"] = _refused(look, record, before)
    return row


def _package(package_id: str) -> dict[str, Any] | None:
    try:
        return tk.get_action("package_show")({"ignore_auth": True, "use_cache": False}, {"id": package_id})
    except tk.ObjectNotFound:
        return None


def _changes(before: Mapping[str, Any], record: Record, agencies: Agencies) -> Iterator[dict[str, Any]]:
    for field, old, new in _pairs(before, record.data):
        if field == "owner_org":
            old, new = agencies.name(old), agencies.name(new)
        if (old or "") != (new or ""):
            yield {"field": field, "before": old or "", "after": new or ""}


def _pairs(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name, new in after.items():
        old = before.get(name)
        if isinstance(new, dict):
            parts = old if isinstance(old, dict) else {}
            yield from ((f"{name}.{part}", _flat(parts.get(part)), _flat(value)) for part, value in new.items())
        elif name == "resources":
            yield from _resource_pairs(old or [], new)
        else:
            yield name, _flat(old), _flat(new)


def _resource_pairs(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[tuple[str, Any, Any]]:
    for number in range(max(len(before), len(after))):
        old = before[number] if number < len(before) else {}
        new = after[number] if number < len(after) else {}
        for name in new or ("url",):
            yield f"resources.{number + 1}.{name}", old.get(name), new.get(name)


def _flat(value: Any) -> Any:
    """A value as a person reads it: the names of tags, a list with commas, yes and no as they are written."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(
            sorted(str(item["name"] if isinstance(item, dict) and "name" in item else item) for item in value)
        )
    return value


def _refused(look: Look, record: Record, before: dict[str, Any] | None) -> list[str]:
    """What the target's own rules would say; only the stock writer's types can be asked without writing."""
    kind = look.settings.type
    if not isinstance(writers()[kind], PackageWriter):
        return []
    if before:
        data, action = {**before, **changed_fields(before, {**record.data, "id": before["id"]})}, "package_update"
    else:
        fresh = changed_fields({}, record.data)
        data, action = {**fresh, "name": new_name({**record.data, "id": "0" * 8})}, "package_create"
    plugin = lib_plugins.lookup_package_plugin(kind)
    schema = getattr(plugin, f"{'update' if before else 'create'}_package_schema")()
    context: Context = {"ignore_auth": True, "user": "", "model": model, "session": model.Session}  # pyright: ignore
    if before:
        context["package"] = model.Package.get(before["id"])  # pyright: ignore[reportGeneralTypeIssues]
    with model.Session.no_autoflush:
        _data, errors = lib_plugins.plugin_validate(plugin, context, {**data, "type": kind}, schema, action)
    return [f"{field}: {runs.reasons_in_words(reasons)}" for field, reasons in errors.items()]
