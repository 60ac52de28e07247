"""Many packages of one type at once: the same validation and index as ``package_create``, without its cost per row.

``package_create`` spends most of its time in reading back what it wrote and in a commit of the index per package.
Here each package is validated by its type's schema, rows are inserted by the batch, and the index is committed once
per batch. It serves types without resources, tags and groups; all civic types are that thin. The caller commits
between :func:`insert` and :func:`index`, so the index never shows what the database does not have.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any
from uuid import uuid4

import ckan.lib.plugins as lib_plugins
import ckan.model as model
import ckan.plugins.toolkit as tk
import pysolr
import sqlalchemy as sa
from ckan.lib.dictization import table_dictize
from ckan.lib.search.common import SearchIndexError, make_connection
from ckan.lib.search.index import PackageSearchIndex
from ckan.logic import apply_after_dataset_show_plugins
from ckan.types import Context, ErrorDict

from ckanext.opengov.civic.service import agencies

COLUMNS = tuple(column.name for column in model.package_table.columns)


@dataclass
class Checked:
    """A package that passed its schema, or what is wrong with it."""

    data: dict[str, Any]
    errors: Any


def validate(context: Context, package_type: str, packages: Sequence[dict[str, Any]]) -> list[Checked]:
    """Run each package through the schema of its type."""
    plugin = lib_plugins.lookup_package_plugin(package_type)
    schema = plugin.create_package_schema()
    context = tk.fresh_context(context, session=model.Session)
    checked = []
    for values in packages:
        data, errors = lib_plugins.plugin_validate(
            plugin, context, values | {"type": package_type}, _fresh(schema), "package_create"
        )
        checked.append(Checked(data, errors))
    return checked


def insert(packages: Sequence[dict[str, Any]], creator_id: str) -> list[dict[str, Any]]:
    """Insert validated packages in the session's open transaction.

    :returns: the rows as they stand in the table
    """
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)  # core's columns are UTC without a zone
    rows = [_row(package, creator_id, now) for package in packages]
    if rows:
        model.Session.execute(sa.insert(model.package_table), rows)
        members = [_member(row) for row in rows if row["owner_org"]]
        if members:
            model.Session.execute(sa.insert(model.Member.__table__), members)
    return rows


def _row(package: dict[str, Any], creator_id: str, now: dt.datetime) -> dict[str, Any]:
    extras = {extra["key"]: extra["value"] for extra in package.get("extras") or []}
    row = {name: package.get(name) for name in COLUMNS}
    return row | {
        "id": package.get("id") or str(uuid4()),
        "state": "active",
        "private": bool(package.get("private")),
        "creator_user_id": creator_id,
        "metadata_created": now,
        "metadata_modified": now,
        "extras": extras,
        "plugin_data": None,
    }


def _member(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "table_name": "package",
        "table_id": row["id"],
        "capacity": "organization",
        "group_id": row["owner_org"],
        "state": "active",
    }


def index(context: Context, package_type: str, rows: Sequence[dict[str, Any]]) -> None:
    """Put committed rows into the search index: one request and one commit of the index for all of them."""
    plugin = lib_plugins.lookup_package_plugin(package_type)
    schema = plugin.show_package_schema()
    context = tk.fresh_context(context, session=model.Session, use_cache=False)
    organizations = _organizations({row["owner_org"] for row in rows if row["owner_org"]})
    documents: list[dict[str, Any]] = []
    for row in rows:
        default = _dictized(row, organizations)
        custom, _errors = lib_plugins.plugin_validate(plugin, context, dict(default), _fresh(schema), "package_show")
        apply_after_dataset_show_plugins(context, custom)
        documents += _documents(default | {"with_custom_schema": custom})
    if documents:
        _send(documents)


class _Collector:
    """Takes the documents that CKAN's index sends one by one."""

    def __init__(self) -> None:
        self.documents: list[dict[str, Any]] = []

    def add(self, docs: Sequence[dict[str, Any]], **_options: Any) -> None:
        self.documents += docs


def _documents(package: dict[str, Any]) -> list[dict[str, Any]]:
    """What CKAN's own index makes of a package. It sends each document by itself, over a new connection, which takes
    longer than to make it; so its very code runs here with a connection that keeps what it is given.
    """
    collector = _Collector()
    theirs: Any = PackageSearchIndex.index_package
    ours = FunctionType(theirs.__code__, theirs.__globals__ | {"make_connection": lambda: collector})
    ours(PackageSearchIndex(), package, True)
    return collector.documents


def _send(documents: Sequence[dict[str, Any]]) -> None:
    connection = make_connection()
    try:
        connection.add(docs=documents, commit=False)
    except (pysolr.SolrError, OSError) as error:
        raise SearchIndexError(f"Solr did not take {len(documents)} documents: {str(error)[:1000]}") from error
    connection.commit(waitSearcher=False)


def _fresh(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema for one package: scheming puts the fields of the type into what it is given, and a second package
    with the same schema would keep none of them.
    """
    return {key: dict(value) if isinstance(value, dict) else value for key, value in schema.items()}


def _dictized(row: dict[str, Any], organizations: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The package as ``package_show`` gives it before the type's own schema."""
    hidden = {"extras", "plugin_data"}
    values = {key: value for key, value in row.items() if key not in hidden}
    return values | {
        **_license(row["license_id"]),
        "metadata_created": row["metadata_created"].isoformat(),
        "metadata_modified": row["metadata_modified"].isoformat(),
        "extras": [{"key": key, "value": value} for key, value in row["extras"].items()],
        "organization": organizations.get(row["owner_org"]),
        "resources": [],
        "tags": [],
        "groups": [],
        "num_resources": 0,
        "num_tags": 0,
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def _license(license_id: str | None) -> dict[str, Any]:
    found = model.Package.get_license_register().get(license_id) if license_id else None
    if found is None:
        return {"license_title": license_id, "isopen": False}
    shown = {"license_title": found.title, "isopen": found.isopen()}
    return shown | ({"license_title": found.title.split("::")[-1], "license_url": found.url} if found.url else {})


def _organizations(ids: set[str]) -> dict[str, dict[str, Any]]:
    query = sa.select(model.Group).where(model.Group.id.in_(ids), model.Group.state == model.State.ACTIVE)
    found = {}
    for one in model.Session.scalars(query):
        shown = table_dictize(one, Context())
        extras = shown.pop("extras") or {}
        # As open data adds it to every package that is shown; here it is at hand for all of them.
        found[one.id] = shown | {"title_translated": agencies.titles(extras.get("title_translated"))}
    return found


def not_taken(names: Sequence[str]) -> set[str]:
    """Those of the names that no package has yet, found in one query."""
    taken = model.Session.scalars(sa.select(model.Package.name).where(model.Package.name.in_(names)))
    return set(names) - set(taken)


def require_valid(checked: Sequence[Checked]) -> list[dict[str, Any]]:
    """The data of all, or a ValidationError that names each bad one by its place.

    :raises ValidationError: ``{"3": {field: [what is wrong]}}``, counted from 0
    """
    errors: ErrorDict = {str(place): one.errors for place, one in enumerate(checked) if one.errors}
    if errors:
        raise tk.ValidationError(errors)
    return [one.data for one in checked]
