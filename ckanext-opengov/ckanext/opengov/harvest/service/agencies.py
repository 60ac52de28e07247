"""Which agency a row belongs to, and whether its source may write there."""

from __future__ import annotations

import ckan.model as model

from ckanext.opengov.harvest.messages import N_, RowError


class Agencies:
    """The agencies that a source may write to.

    A source of an agency feeds that agency and those under it, whoever edits its mapping: the harvester writes with
    the portal's own rights, so this is where an officer's reach ends. A source without an agency, which only
    administrators can make, feeds all.
    """

    def __init__(self, owner_org: str | None) -> None:
        self.owner = owner_org or None
        organizations = (
            model.Session.query(model.Group.id, model.Group.name)
            .filter(model.Group.is_organization.is_(True), model.Group.state == "active")
            .all()
        )
        self._ids = {reference: row.id for row in organizations for reference in (row.id, row.name)}
        self._names = {row.id: row.name for row in organizations}
        self._allowed = self._below(self.owner) if self.owner else set(self._names)

    @staticmethod
    def _below(owner: str) -> set[str]:
        group = model.Group.get(owner)
        children = group.get_children_group_hierarchy(type="organization") if group else []
        return {owner, *(child[0] for child in children)}

    def resolve(self, reference: str | None) -> str | None:
        """The id of an agency given by name or id; the source's own agency when there is no reference.

        :raises RowError: when there is no such agency, or the source may not write to it
        """
        if not reference:
            return self.owner
        found = self._ids.get(reference)
        if found is None:
            raise RowError("agency", N_("There is no agency “{name}” in the portal."), name=reference)
        if found not in self._allowed:
            message = N_(
                "This source may not write for the agency “{name}”: it is not the source's agency or one under it."
            )
            raise RowError("agency", message, name=reference)
        return found

    def name(self, organization_id: str | None) -> str | None:
        """The short name of an agency."""
        return self._names.get(organization_id or "")
