"""Template helpers of the visitor's surroundings."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckanext.opengov.civic.interfaces import manifests


def opengov_components() -> list[dict[str, str | None]]:
    """The components that have a first page: name, title, description and endpoint."""
    return [
        {
            "name": manifest.name,
            "title": tk._(manifest.title),
            "description": tk._(manifest.description) if manifest.description else "",
            "endpoint": manifest.endpoint,
        }
        for manifest in manifests()
        if manifest.endpoint
    ]
