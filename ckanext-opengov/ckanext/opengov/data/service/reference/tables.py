"""The reference data that all agencies use: which tables they are. Nothing here commits."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.service import journal, wording
from ckanext.opengov.civic.service.refusal import N_, Refusal
from ckanext.opengov.data.model.keyed import KeyedTable
from ckanext.opengov.data.model.templates import ROLES, ReferenceTable
from ckanext.opengov.data.service import keyed
from ckanext.opengov.data.service.finding import listed
from ckanext.opengov.data.service.reference import looking

ASSIGNED = "data.reference_assigned"
CODES = "codes"
# What a table of the address register must have.
NEEDED = {
    "places": ("rka", "parent", "kind", "name_kk", "name_ru"),
    "streets": ("rka", "place", "kind", "name_kk", "name_ru"),
    "buildings": ("rka", "street", "number", "postcode", "location"),
    CODES: (),
}


def assign(table: KeyedTable, role: str, actor: str | None) -> ReferenceTable:
    """Let a table be a part of the address register, or a code list, from now on.

    :raises Refusal: when it lacks fields, or its key is not what others refer to
    """
    structure = keyed.structure_of(table)
    lacking = [name for name in NEEDED[role] if name not in structure.names]
    if lacking:
        raise Refusal(N_("The table lacks fields: {names}."), names=listed(lacking))
    if len(structure.key) != 1 or structure.parts is not None:
        raise Refusal(N_("Others refer to a code by one field: the key of the table must be one field."))
    if role != CODES:
        others = sa.delete(ReferenceTable).where(
            ReferenceTable.role == role, ReferenceTable.resource_id != table.resource_id
        )
        model.Session.execute(others)
    found = model.Session.get(ReferenceTable, table.resource_id) or ReferenceTable(resource_id=table.resource_id)
    if found.role != role:
        found.role, found.set_by = role, actor
        model.Session.add(found)
        journal.record(keyed.ENTITY, table.package_id, ASSIGNED, actor=actor, public={"role": role})
    return found


def table_for(role: str) -> KeyedTable | None:
    """The table of a part of the address register."""
    query = sa.select(KeyedTable).join(ReferenceTable, ReferenceTable.resource_id == KeyedTable.resource_id)
    return model.Session.scalars(query.where(ReferenceTable.role == role)).first()


def all_tables() -> list[tuple[ReferenceTable, KeyedTable, model.Package]]:
    """All of them whose data sets are there, in the order of the roles."""
    query = (
        sa.select(ReferenceTable, KeyedTable, model.Package)
        .join(KeyedTable, KeyedTable.resource_id == ReferenceTable.resource_id)
        .join(model.Package, model.Package.id == KeyedTable.package_id)
        .where(model.Package.state == model.State.ACTIVE)
    )
    found = [tuple(row) for row in model.Session.execute(query)]
    return sorted(found, key=lambda one: (ROLES.index(one[0].role), one[2].name))


def offered() -> list[dict[str, str]]:
    """Reference tables to choose from in the form of a structure: ``value`` and ``label``."""
    language = wording.current()
    shown = []
    for _, table, package in all_tables():
        key = keyed.structure_of(table).key[0]
        shown.append({"value": f"{package.name}.{key}", "label": keyed.title_in(table, language)})
    return shown


def described(one: ReferenceTable, table: KeyedTable, package: model.Package) -> dict[str, Any]:
    """A reference table as the API shows it."""
    structure = keyed.structure_of(table)
    return {
        "resource_id": table.resource_id,
        "dataset": package.name,
        "title": keyed.title_in(table, wording.current()),
        "role": one.role,
        "key": structure.key[0],
        "labels": looking.labels_of(structure, structure.key[0]),
        "since": one.since.isoformat() if one.since else None,
    }
