"""Wiring of open data."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckanext.opengov.civic.interfaces import ComponentManifest, EntityType, ICivicComponent


class DataPlugin(p.SingletonPlugin):
    """``opengov_data``: agencies, data sets, tables."""

    p.implements(p.IConfigurer)
    p.implements(ICivicComponent)

    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "templates")

    def civic_manifest(self) -> ComponentManifest:
        return ComponentManifest(
            name="data",
            title="Open data",
            description="Data sets of the agencies, machine-readable, with one API for all of them",
            endpoint="dataset.search",
            entity_types=(EntityType("dataset", guarded=False),),
        )
