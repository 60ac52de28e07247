"""Bringing the data sets to what the portal knows now: the same sets and files each night, written only if changed."""

from __future__ import annotations

import hashlib
import json
import tempfile
import uuid
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import yaml
from werkzeug.datastructures import FileStorage

from ckanext.opengov.civic.service import agencies, officers, thin
from ckanext.opengov.dialog.service import downloads
from ckanext.opengov.dialog.service.publishing import tables
from ckanext.opengov.dialog.service.publishing.tables import Table

AGENCY = "opengov.dialog.publishing_agency"
TABLES = {one.key: one for one in vars(tables).values() if isinstance(one, Table)}
# How a data set says what it is, beside its files and days.
FIXED = {"type": "dataset", "category": "GOVE", "frequency": "DAILY", "license_id": "cc-by", "free_of_charge": True}
TEXTS = {"title_translated": "title", "notes_translated": "notes", "tags_translated": "tags"}


@cache
def sets() -> list[dict[str, Any]]:
    """What is published."""
    return yaml.safe_load(Path(__file__).with_name("sets.yaml").read_text(encoding="utf-8"))


def publish() -> dict[str, list[str]]:
    """Write what has changed. Each file is a change of its own; safe to repeat.

    :returns: name of each data set → the files that were written; empty without an agency to publish in the name of
    :raises ValidationError: when the agency of the settings is not there
    """
    name = tk.config[AGENCY]
    if not name:
        return {}
    agency = agencies.find(name)
    if agency is None:
        message = tk._("There is no agency “{name}”. Correct {setting}.")
        raise tk.ValidationError({"agency": [message.format(name=name, setting=AGENCY)]})
    return {one["name"]: _publish_set(one, agency.id) for one in sets()}


def identifier(*parts: str) -> str:
    """The id that a set or a file of this portal has, now and always."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join((tk.config["ckan.site_id"], "dialog", *parts))))


def _publish_set(wanted: Mapping[str, Any], agency_id: str) -> list[str]:
    package_id = identifier(wanted["name"])
    package = model.Package.get(package_id)
    if package is not None and package.state != model.State.ACTIVE:
        # Somebody took it off the portal; it does not come back by night.
        return []
    fields = _fields(wanted, agency_id)
    if package is None:
        _act("package_create", id=package_id, name=wanted["name"], issued=_today(), modified=_today(), **fields)
    else:
        _correct(package_id, fields)
    written = [one["table"] for one in wanted["files"] if _publish_file(wanted["name"], one)]
    if written and package is not None:
        _act("package_patch", id=package_id, modified=_today())
    return written


def _fields(wanted: Mapping[str, Any], agency_id: str) -> dict[str, Any]:
    texts = {field: wanted[name] for field, name in TEXTS.items()}
    texts["notes_translated"] = {language: text.strip() for language, text in wanted["notes"].items()}
    return {**FIXED, **texts, "owner_org": agency_id}


def _correct(package_id: str, fields: Mapping[str, Any]) -> None:
    """Bring texts and owner to what they should be, if they are not."""
    shown = _act("package_show", id=package_id)
    differing = {name: value for name, value in fields.items() if _plain(shown.get(name)) != _plain(value)}
    if differing:
        _act("package_patch", id=package_id, **differing)


def _plain(value: Any) -> str:
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else str(value).lower()


def _publish_file(set_name: str, wanted: Mapping[str, Any]) -> bool:
    """Write a file if its table has changed since.

    :returns: whether it was written
    """
    table = TABLES[wanted["table"]]
    resource_id = identifier(set_name, table.key)
    with tempfile.TemporaryFile() as content:
        mark = _write(table, content)
        known = model.Resource.get(resource_id)
        if known is not None and known.state == model.State.ACTIVE and known.hash == mark:
            return False
        values = {
            "name_translated": wanted["title"],
            "description": ", ".join(table.columns),
            "format": "CSV",
            "hash": mark,
            "upload": FileStorage(content, f"{set_name}-{table.key}.csv", content_type="text/csv"),
        }
        if known is None:
            _act("resource_create", id=resource_id, package_id=identifier(set_name), **values)
        else:
            _act("resource_patch", id=resource_id, **values)
    return True


def _write(table: Table, out: IO[bytes]) -> str:
    """The rows of a table as CSV; the hash of what was written."""
    mark = hashlib.sha256()
    for line in downloads.csv_lines(table.columns, table.rows(), mark=False):
        data = line.encode()
        mark.update(data)
        out.write(data)
    out.seek(0)
    return f"sha256:{mark.hexdigest()}"


def _act(action: str, **data: Any) -> Any:
    return tk.get_action(action)(thin.context(), data)


def _today() -> str:
    return officers.today().isoformat()
