"""The text of ``docs/roles.md``, made from the code."""

from __future__ import annotations

from collections.abc import Iterable

from ckanext.opengov.civic.roles import (
    ACROSS_AGENCIES,
    RESPONSIBLE,
    TITLES,
    Permissions,
    Role,
    components,
    roles_of,
    shared_permissions,
)

_HEAD = """\
# Roles of officers

Written by `ckan opengov roles > docs/roles.md`; a test compares it with the code.

An officer holds a role in a component of an agency, from one day to another or without end. Administrators of the
agency (CKAN's organization administrators, and those of the agencies above) grant and revoke roles; administrators of
the portal do so everywhere and may do everything below.

| role | name | its holder | over all agencies | counts as responsible |
|---|---|---|---|---|
"""
_ACROSS = """
A role over all agencies counts in each of them, whichever its holder belongs to; only an administrator of the portal
grants it. An agency in which nobody holds a responsible role of a component is listed as a gap.
"""
_COMMON = "In every component"


def render() -> str:
    """Role × component × action for the components that are loaded."""
    parts = [_HEAD + "\n".join(_role_line(role) for role in Role) + "\n" + _ACROSS]
    parts.append(_section(_COMMON, "", shared_permissions()))
    for name, manifest in sorted(components().items()):
        grantable = ", ".join(f"`{role}`" for role in Role if role in roles_of(name))
        text = f"Component `{name}`. Roles that can be granted: {grantable}.\n"
        parts.append(_section(manifest.title, text, manifest.permissions))
    return "\n".join(parts)


def _role_line(role: Role) -> str:
    title, meaning = TITLES[role]
    return _row([f"`{role}`", title, meaning, _mark(role in ACROSS_AGENCIES), _mark(role in RESPONSIBLE)])


def _section(title: str, text: str, permissions: Permissions) -> str:
    used = [role for role in Role if any(role in allowed for allowed in permissions.values())]
    lines = [_row(["action", *(str(role) for role in used)]), "|" + "---|" * (len(used) + 1)]
    for action, allowed in sorted(permissions.items()):
        lines.append(_row([f"`{action}`", *(_mark(role in allowed) for role in used)]))
    return f"## {title}\n\n{text}{chr(10) if text else ''}" + "\n".join(lines) + "\n"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _mark(yes: bool) -> str:
    return "yes" if yes else ""
