"""The agencies for which a person sends rows."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers
from ckanext.opengov.data.model.keyed import KeyedTable, StructureVersion
from ckanext.opengov.data.service.structure import Parts

COMPONENT = "data"
# A person who has more looks the others up.
MOST = 500
WHO = frozenset({Role.AUTHOR, Role.PUBLISHER})


def own(user: model.User) -> frozenset[str]:
    """The ids of the agencies for which a person works: as an officer of open data, or an editor of the agency."""
    ids = set(officers.agencies_of(user.id, WHO, COMPONENT))
    for capacity in ("editor", "admin"):
        ids |= {one.id for one in user.get_groups("organization", capacity)}
    return frozenset(ids)


def tables_of(user: model.User) -> list[KeyedTable]:
    """The tables that a person fills: of the own agencies, and those of which they fill a part."""
    ids = own(user)
    names = set(model.Session.scalars(sa.select(model.Group.name).where(model.Group.id.in_(ids))))
    current = sa.and_(
        StructureVersion.resource_id == KeyedTable.resource_id,
        StructureVersion.version == KeyedTable.structure_version,
    )
    query = (
        sa.select(KeyedTable, StructureVersion.descriptor["filledBy"])
        .join(StructureVersion, current)
        .join(model.Package, model.Package.id == KeyedTable.package_id)
        .where(model.Package.state == model.State.ACTIVE)
        .where(sa.or_(KeyedTable.agency_id.in_(ids), StructureVersion.descriptor.has_key("filledBy")))
        .order_by(KeyedTable.created_at.desc())
    )
    found = model.Session.execute(query).all()
    return [table for table, parts in found if table.agency_id in ids or _has(parts, names)][:MOST]


def _has(parts: Any, names: set[str]) -> bool:
    listed = (parts or {}).get("agencies") or []
    return bool(names) and (not listed or not names.isdisjoint(listed))


def agencies_of(user: model.User | None, home_id: str, parts: Parts | None) -> list[str]:
    """Names of the agencies whose part of a table the user may fill: as an officer, or an editor of the agency.

    :param home_id: the agency whose table it is
    """
    if user is None:
        return []
    ids = own(user) | ({home_id} if user.sysadmin else frozenset())
    found = [model.Session.get(model.Group, one) for one in ids]
    names = {one.name: one.id for one in found if one and one.state == model.State.ACTIVE}
    home = [name for name, one in names.items() if one == home_id]
    return home + sorted(name for name in names if name not in home and parts is not None and parts.has(name))
