"""References that a push broke: values that other tables still have, and the one they refer to has no more.

Such a push is not refused: who keeps a code list need not know who uses it. It is told to who pushed, and to the
agencies whose tables have the values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal, notices, officers, wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.model.keyed import KeyedTable, StructureVersion
from ckanext.opengov.data.service import keyed
from ckanext.opengov.data.service.finding import Faulty
from ckanext.opengov.data.service.reference import looking
from ckanext.opengov.data.service.structure import Field, Reference

BROKEN = "data.reference_broken"
SHOWN = 10
WHO = frozenset({Role.AUTHOR, Role.PUBLISHER})
SUBJECT = N_("A code list that your table refers to has changed: {title}")
BODY = N_("{count} rows of the field “{field}” have values that the code list has no more: {values}. Correct them.")


def referring(resource_id: str) -> Iterator[tuple[KeyedTable, Field, Reference]]:
    """The tables that refer to this one, with the field."""
    query = (
        sa.select(KeyedTable)
        .join(
            StructureVersion,
            sa.and_(
                StructureVersion.resource_id == KeyedTable.resource_id,
                StructureVersion.version == KeyedTable.structure_version,
            ),
        )
        .where(StructureVersion.descriptor.has_key("foreignKeys"))
    )
    for table in model.Session.scalars(query).all():
        structure = keyed.structure_of(table)
        try:
            found = keyed.references(structure)
        except Faulty:
            # One of its references leads nowhere any more; its own pushes are refused until that is mended.
            continue
        for name, reference in found.items():
            if reference.resource == resource_id:
                yield table, structure.field(name), reference


def of(resource_id: str) -> list[dict[str, Any]]:
    """What is broken now in the tables that refer to this one."""
    found = []
    for table, field, reference in referring(resource_id):
        count, values = looking.missing(table.resource_id, field, reference, SHOWN)
        if count:
            told = {"resource_id": table.resource_id, "package_id": table.package_id, "field": field.name}
            found.append({**told, "rows": count, "values": values})
    return found


def after(receipt: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is broken after a push; a push that only adds breaks nothing."""
    if receipt["dry_run"] or not (receipt["deleted"] or receipt["changed"]):
        return []
    return of(receipt["resource_id"])


def tell(table: KeyedTable, receipt: Mapping[str, Any]) -> None:
    """Tell the agencies whose tables have the values, in the session's transaction."""
    broken = after(receipt)
    if not broken:
        return
    title = _titles(table.package_id)
    for one in broken:
        package = model.Session.get(model.Package, one["package_id"])
        if package is None:
            continue
        public = {name: one[name] for name in ("field", "rows", "values")}
        journal.record(
            keyed.ENTITY, package.id, BROKEN, actor=None, public=public, internal={"table": table.package_id}
        )
        users = officers.responsible("data", package.owner_org or "", WHO)
        values = {"count": one["rows"], "field": one["field"], "values": ", ".join(one["values"])}
        notices.notify(
            BROKEN,
            entity_type=keyed.ENTITY,
            entity_id=package.id,
            component="data",
            agency_id=package.owner_org,
            subject={code: wording.say(code, SUBJECT).format(title=text) for code, text in title.items()},
            body={code: wording.say(code, BODY).format(**values) for code in title},
            url=f"/dataset/{package.name}",
            to_users=users,
            public=False,
            key=f"{BROKEN}:{receipt['id']}:{one['resource_id']}:{one['field']}",
        )


def _titles(package_id: str) -> dict[str, str]:
    package = model.Session.get(model.Package, package_id)
    titles = keyed.titles(package) if package else {}
    languages = tk.config["ckan.locales_offered"]
    fallback = (package.title or package.name) if package else ""
    return {code: wording.pick(titles, code) or fallback for code in languages}
