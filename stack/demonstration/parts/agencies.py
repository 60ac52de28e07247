"""The tree of agencies."""

from __future__ import annotations

from stack.demonstration.catalogue import agencies
from stack.demonstration.passports import agency_fields
from stack.demonstration.portal import Fields, Portal, differences


def load(portal: Portal) -> list[str]:
    identifiers: dict[str, str] = {}
    written = 0
    for agency in agencies():
        fields = agency_fields(agency)
        shown = portal.find("organization_show", agency.name)
        if shown is None:
            shown = portal.call("organization_create", fields)
            written += 1
        else:
            changed = differences(fields, _with_parent_name(shown, identifiers))
            if changed:
                portal.call("organization_patch", {"id": shown["id"], **changed})
                written += 1
        identifiers[shown["id"]] = agency.name
    portal.say(f"{len(identifiers)} agencies, {written} written")
    return []


def _with_parent_name(shown: Fields, names: dict[str, str]) -> Fields:
    """The portal may show the parent by its identifier."""
    parent = shown.get("parent", "")
    return shown | {"parent": names.get(parent, parent)}
