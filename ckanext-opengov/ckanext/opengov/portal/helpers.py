"""Template helpers of the visitor's surroundings."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from dominate.util import raw
from flask import request
from markupsafe import Markup, escape

from ckanext.opengov.civic.interfaces import ComponentManifest, manifests
from ckanext.opengov.portal import errors, language
from ckanext.opengov.portal.components import PLANNED


def opengov_site_title() -> str:
    """The portal's name in the visitor's language."""
    return language.site_title()


def opengov_addresses() -> list[dict[str, Any]]:
    """This page's address in each language, the query kept: code, name, short name, url, full url, current."""
    return language.addresses()


def opengov_components() -> list[dict[str, Any]]:
    """The components that have a first page: name, title, description, endpoint, and the entity types' names."""
    return [
        {
            "name": manifest.name,
            "title": tk._(manifest.title),
            "description": tk._(manifest.description) if manifest.description else "",
            "endpoint": manifest.endpoint,
            "types": [entity.name for entity in manifest.entity_types],
        }
        for manifest in manifests()
        if manifest.endpoint
    ]


def opengov_planned_components() -> list[dict[str, str]]:
    """The components of an open government that this portal does not have yet: title and one sentence."""
    present = {manifest.name for manifest in manifests()}
    return [
        {"title": tk._(planned.title), "description": tk._(planned.description)}
        for planned in PLANNED
        if planned.name not in present
    ]


def opengov_navigation() -> list[dict[str, Any]]:
    """The main menu: the components, the agencies and the page about the portal; one of them is current."""
    here = (request.endpoint or "").partition(".")[0]
    items = [
        {"title": tk._(manifest.title), "url": tk.url_for(manifest.endpoint), "current": _is_part(here, manifest)}
        for manifest in manifests()
        if manifest.endpoint
    ]
    agencies = {"title": tk._("Agencies"), "url": tk.url_for("organization.index"), "current": here == "organization"}
    about = {
        "title": tk._("About the portal"),
        "url": tk.url_for("home.about"),
        "current": request.endpoint == "home.about",
    }
    # The agencies stand beside the data that they publish.
    return [*items[:1], agencies, *items[1:], about]


def opengov_error(code: Any, content: Any) -> dict[str, str]:
    """What an error page says: title, what happened, what to do next, and the detail if it tells anything."""
    return errors.explain(code, content)


def opengov_pager(page: Any, **parameters: Any) -> Markup:
    """CKAN's pager whose arrows have names for those who do not see them.

    :param page: the page object that CKAN's views give
    :param parameters: what the links keep, as ``q`` or ``sort``
    """
    return page.pager(
        symbol_previous=_arrow("left", tk._("Previous page")),
        symbol_next=_arrow("right", tk._("Next page")),
        **parameters,
    )


def _arrow(side: str, name: str) -> Any:
    icon = f'<i class="fa-solid fa-chevron-{side}" aria-hidden="true"></i>'
    return raw(f'{icon}<span class="visually-hidden">{escape(name)}</span>')


def _is_part(blueprint: str, manifest: ComponentManifest) -> bool:
    """Whether the pages of a blueprint belong to the component: by its types, or by its name."""
    return blueprint in _blueprints(manifest) or f"{blueprint}_".startswith(f"opengov_{manifest.name}_")


def _blueprints(manifest: ComponentManifest) -> set[str]:
    names = {(manifest.endpoint or "").partition(".")[0]}
    for entity in manifest.entity_types:
        names |= {entity.name, f"{entity.name}_resource"}
    # CKAN serves the files of data sets under two names.
    return names | {"resource"} if "dataset" in names else names
