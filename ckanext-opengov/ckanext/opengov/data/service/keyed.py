"""Keyed tables: which resources they are, and their structure as it stands."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.service import agencies, journal, wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.model.keyed import KeyedTable, StructureVersion
from ckanext.opengov.data.service.finding import Faulty, Finding
from ckanext.opengov.data.service.push import database, table
from ckanext.opengov.data.service.structure import Reference, Structure, parse

ENTITY = "dataset"
REGISTERED = "data.registered"


def get(resource_id: str) -> KeyedTable | None:
    """The table of a resource, if it is a keyed one."""
    return model.Session.get(KeyedTable, resource_id)


def called(agency_id: str, external_id: str) -> KeyedTable | None:
    """The table that a system of the agency calls so, if its data set is there.

    Waits for another registration under the same name; the session's transaction holds the name from then on.
    """
    name = f"{agency_id}:{external_id}"
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(database.LOCKS, sa.func.hashtext(name))))
    query = sa.select(KeyedTable).where(KeyedTable.agency_id == agency_id, KeyedTable.external_id == external_id)
    found = model.Session.scalar(query)
    if found is None:
        return None
    resource = model.Session.get(model.Resource, found.resource_id)
    package = model.Session.get(model.Package, found.package_id)
    if resource and package and resource.state == package.state == model.State.ACTIVE:
        return found
    # The data set was deleted: the name is free again.
    model.Session.delete(found)
    model.Session.flush()
    return None


def structure_of(keyed: KeyedTable) -> Structure:
    """The structure as it stands."""
    version = model.Session.get(StructureVersion, (keyed.resource_id, keyed.structure_version))
    if version is None:
        raise LookupError(f"the structure of {keyed.resource_id} is gone")
    return parse(version.descriptor)


def add(agency_id: str, external_id: str, structure: Structure, *, history: bool, actor: str | None) -> KeyedTable:
    """Note a new table in the session's transaction; its ids are for the package that is to be made."""
    keyed = KeyedTable(
        resource_id=str(uuid.uuid4()),
        package_id=str(uuid.uuid4()),
        agency_id=agency_id,
        external_id=external_id,
        history=history,
        created_by=actor,
        structure_version=0,
    )
    model.Session.add(keyed)
    renew(keyed, structure.descriptor)
    public = {"fields": len(structure.names), "key": list(structure.key)}
    journal.record(ENTITY, keyed.package_id, REGISTERED, actor=actor, public=public)
    return keyed


def renew(keyed: KeyedTable, descriptor: Mapping[str, Any], receipt_id: str | None = None) -> None:
    """Let a new version of the structure stand, in the session's transaction."""
    keyed.structure_version += 1
    version = StructureVersion(
        resource_id=keyed.resource_id,
        version=keyed.structure_version,
        descriptor=dict(descriptor),
        receipt_id=receipt_id,
    )
    model.Session.add(version)


def make_table(keyed: KeyedTable, structure: Structure) -> None:
    """Make the table, or what it lacks."""
    with database.transaction() as cursor:
        table.ensure(cursor, keyed.resource_id, structure, with_history=keyed.history)


def forget_purged() -> int:
    """Take away the tables whose resources were purged from the catalogue; commits. Receipts stay.

    :returns: how many
    """
    known = sa.select(model.Resource.id).where(model.Resource.id == KeyedTable.resource_id)
    gone = model.Session.scalars(sa.select(KeyedTable).where(~known.exists())).all()
    for one in gone:
        with database.transaction() as cursor:
            table.drop(cursor, one.resource_id)
        versions = sa.delete(StructureVersion).where(StructureVersion.resource_id == one.resource_id)
        model.Session.execute(versions)
        model.Session.delete(one)
        model.Session.commit()
    return len(gone)


def filler(table: KeyedTable, structure: Structure, reference: object, otherwise: str | None = None) -> model.Group:
    """The agency whose rows come: the one that is named, else the sender's, else the table's own.

    Only a table that many agencies fill takes the rows of another one.
    """
    own = model.Session.get(model.Group, table.agency_id)
    found = agencies.find(str(reference or otherwise or table.agency_id))
    if own is None:
        raise LookupError(f"the agency of {table.resource_id} is gone")
    is_part = structure.parts is not None and found is not None and structure.parts.has(found.name)
    return found if found is not None and is_part else own


def titles(package: model.Package) -> dict[str, str]:
    """The titles of a data set by language."""
    return agencies.titles(package.extras.get("title_translated"))


def title_in(table: KeyedTable, language: str) -> str:
    """The title of a table's data set in a language, else in another."""
    package = model.Session.get(model.Package, table.package_id)
    return (wording.pick(titles(package), language) or package.title or package.name) if package else table.external_id


def references(structure: Structure) -> dict[str, Reference]:
    """The references with the ids of the tables that they lead to, which may be given as resource or as data set.

    :raises Faulty: when one leads nowhere
    """
    found: dict[str, Reference] = {}
    faults: list[Finding] = []
    for one in structure.fields:
        if one.reference is None:
            continue
        target = _table_of(one.reference.resource)
        if target is None or one.reference.field not in structure_of(target).names:
            text = N_("The reference leads to “{resource}”, field “{field}”, and there is no such keyed table.")
            values = {"resource": one.reference.resource, "field": one.reference.field}
            faults.append(Finding(text, values, place=f"foreignKeys.{one.name}"))
        else:
            found[one.name] = Reference(target.resource_id, one.reference.field)
    if faults:
        raise Faulty(faults)
    return found


def _table_of(reference: str) -> KeyedTable | None:
    keyed = get(reference)
    if keyed:
        return keyed
    package = model.Package.get(reference)
    query = sa.select(KeyedTable).where(KeyedTable.package_id == package.id) if package else None
    return model.Session.scalars(query).first() if query is not None else None
