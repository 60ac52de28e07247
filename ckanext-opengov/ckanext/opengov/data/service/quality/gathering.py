"""Facts of many data sets at once: a fixed number of statements, whatever their number."""

from __future__ import annotations

import datetime as dt
import json
import mimetypes
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from ckan.lib.uploader import get_resource_uploader

from ckanext.datastore.backend.postgres import get_write_engine
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.data.model.keyed import KeyedTable, StructureVersion
from ckanext.opengov.data.model.quality import LinkCheck
from ckanext.opengov.data.model.tables import TableLoad
from ckanext.opengov.data.service.agencies import loaded
from ckanext.opengov.data.service.quality import formats
from ckanext.opengov.data.service.quality.facts import Answer, Facts, File, Table

# Formats of which the standard library knows no media type.
MEDIA_TYPES: Mapping[str, str] = {
    "geojson": "application/geo+json",
    "jsonld": "application/ld+json",
    "ttl": "text/turtle",
    "turtle": "text/turtle",
    "parquet": "application/vnd.apache.parquet",
    "ndjson": "application/x-ndjson",
    "jsonl": "application/x-ndjson",
}
_COLUMNS = sa.text(
    """
    SELECT c.relname, a.attname, col_description(c.oid, a.attnum)
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname = ANY(:ids)
    AND a.attnum > 0 AND NOT a.attisdropped AND a.attname NOT LIKE '\\_%'
    """
)


def gather(ids: Sequence[str], today: dt.date) -> list[Facts]:
    """The facts of these data sets; deleted ones, drafts and packages of other types are left out."""
    packages = _packages(ids)
    found = [row["id"] for row in packages]
    files = _files(found, today)
    keywords = _keywords(found)
    known = model.Package.get_license_register()
    return [_facts(row, keywords.get(row["id"], 0), files[row["id"]], known, today) for row in packages]


def _packages(ids: Sequence[str]) -> list[Any]:
    package, group = model.Package, model.Group
    query = (
        sa.select(
            package.id,
            package.extras,  # pyright: ignore[reportAttributeAccessIssue]
            package.license_id,
            package.owner_org,
            group.extras["level"].astext.label("level"),  # pyright: ignore[reportIndexIssue]
        )
        .outerjoin(group, group.id == package.owner_org)
        .where(package.id.in_(ids), package.type == "dataset", package.state == "active")
    )
    return list(model.Session.execute(query).mappings())


def _keywords(ids: Sequence[str]) -> dict[Any, int]:
    tag = model.PackageTag
    query = sa.select(tag.package_id, sa.func.count()).where(tag.package_id.in_(ids), tag.state == "active")
    return dict(model.Session.execute(query.group_by(tag.package_id)).tuples().all())


def _facts(row: Any, keywords: int, files: list[File], licences: Any, today: dt.date) -> Facts:
    extras = row["extras"] or {}
    return Facts(
        id=row["id"],
        agency_id=row["owner_org"],
        agency_level=row["level"],
        titles=loaded(extras.get("title_translated")),
        notes=loaded(extras.get("notes_translated")),
        keywords=keywords,
        category=extras.get("category"),
        region=extras.get("region"),
        frequency=extras.get("frequency"),
        status=extras.get("passport_status"),
        issued=_day(extras.get("issued"), today),
        modified=_day(extras.get("modified"), today),
        licence=row["license_id"],
        licence_is_known=row["license_id"] in licences,
        has_contact=bool(extras.get("contact_email") or extras.get("contact_phone")),
        says_fee=extras.get("free_of_charge") not in (None, ""),
        files=tuple(files),
    )


def _day(text: Any, today: dt.date) -> dt.date | None:
    """A day as the passport has it (a year or a month is its first day). What lies ahead has not happened."""
    given = str(text or "")[:10]
    try:
        day = dt.date.fromisoformat(given + {4: "-01-01", 7: "-01"}.get(len(given), ""))
    except ValueError:
        return None
    return day if day <= today else None


def _files(ids: Sequence[str], today: dt.date) -> dict[str, list[File]]:
    resource = model.Resource
    query = (
        sa.select(resource)
        .where(resource.package_id.in_(ids), resource.state == "active")
        .order_by(resource.package_id, resource.position)
    )
    resources = model.Session.scalars(query).all()
    known = _Known([one.id for one in resources])
    files: dict[Any, list[File]] = defaultdict(list)
    for one in resources:
        files[one.package_id].append(known.file(one, today))
    return files


class _Known:
    """What the portal knows of these resources beside their own fields."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.links = {one.resource_id: one for one in _rows(LinkCheck, ids)}
        self.loads = {one.resource_id: one.state for one in _rows(TableLoad, ids)}
        self.pushed = _structures(ids)
        self.columns = _columns([id_ for id_ in ids if id_ not in self.pushed])

    def file(self, resource: Any, today: dt.date) -> File:
        answer, is_direct = self._answer(resource)
        columns = self.pushed.get(resource.id) or self.columns.get(resource.id) or []
        is_ours = bool(resource.url_type) or resource.id in self.pushed
        stamp = resource.last_modified or resource.created
        updated = local_date(stamp.replace(tzinfo=dt.UTC)) if is_ours and stamp else None
        return File(
            id=resource.id,
            name=resource.name or "",
            format=resource.format or ("CSV" if resource.id in self.pushed else None),
            media_type=resource.mimetype or media_type(resource.format),
            # The rows of a pushed table are downloaded as they stand, so their size is not that of a file.
            size=resource.size or (1 if resource.id in self.pushed else None),
            answer=answer,
            is_direct=is_direct,
            table=self._table(resource.id, bool(columns)),
            columns=len(columns),
            explained=sum(columns),
            updated_on=min(updated, today) if updated else None,
        )

    def _answer(self, resource: Any) -> tuple[Answer, bool]:
        if resource.id in self.pushed or resource.url_type == "datastore":
            return Answer.WORKS, True
        if resource.url_type == "upload":
            return (Answer.WORKS if _is_stored(resource) else Answer.DEAD), True
        link = self.links.get(resource.id)
        if link is None or link.url != resource.url:
            return Answer.WAITING, False
        return Answer(link.state), bool(link.is_file)

    def _table(self, resource_id: str, has_columns: bool) -> Table:
        state = self.loads.get(resource_id)
        if state in ("waiting", "loading"):
            return Table.WAITING
        if state == "failed":
            return Table.FAILED
        return Table.READY if has_columns else Table.NONE


def media_type(name: str | None) -> str | None:
    """The media type that goes with a format's name."""
    plain = (name or "").lower().lstrip(".")
    if formats.known(plain) is None:
        return None
    return MEDIA_TYPES.get(plain) or mimetypes.guess_type(f"file.{plain}")[0]


def _rows(table: Any, ids: Sequence[str]) -> list[Any]:
    return list(model.Session.scalars(sa.select(table).where(table.resource_id.in_(ids))))


def _is_stored(resource: Any) -> bool:
    uploader = get_resource_uploader({"url": resource.url, "id": resource.id})
    return Path(uploader.get_path(resource.id)).is_file()


def _structures(ids: Sequence[str]) -> dict[str, list[bool]]:
    """Pushed tables: for each column, whether its meaning is told."""
    newest = sa.and_(
        StructureVersion.resource_id == KeyedTable.resource_id,
        StructureVersion.version == KeyedTable.structure_version,
    )
    query = sa.select(KeyedTable.resource_id, StructureVersion.descriptor).join(StructureVersion, newest)
    rows = model.Session.execute(query.where(KeyedTable.resource_id.in_(ids)))
    told = ("title", "title_translated", "description")
    return {
        id_: [any(field.get(name) for name in told) for field in descriptor.get("fields") or ()]
        for id_, descriptor in rows
    }


def _columns(ids: Sequence[str]) -> dict[str, list[bool]]:
    """Tables of the DataStore: for each column, whether the data dictionary tells its meaning."""
    columns: dict[str, list[bool]] = defaultdict(list)
    with get_write_engine().connect() as connection:
        for table, _name, comment in connection.execute(_COLUMNS, {"ids": list(ids)}):
            columns[table].append(_is_explained(comment))
    return columns


def _is_explained(comment: str | None) -> bool:
    try:
        info = json.loads(comment or "{}")
    except ValueError:
        return False
    info = info.get("_info", info) if isinstance(info, dict) else {}
    return bool(info.get("label") or info.get("notes"))
