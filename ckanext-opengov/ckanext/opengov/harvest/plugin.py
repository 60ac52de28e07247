"""Wiring of the harvesters."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckanext.opengov.civic.interfaces import ComponentManifest, ICivicComponent, PeriodicTask
from ckanext.opengov.harvest import schedule


class HarvestPlugin(p.SingletonPlugin):
    """``opengov_harvest``: the schedule of harvest sources and what surrounds them."""

    p.implements(p.IConfigurer)
    p.implements(ICivicComponent)

    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "templates")

    def civic_manifest(self) -> ComponentManifest:
        return ComponentManifest(
            name="harvest",
            title="Harvesting",
            periodic_tasks=(PeriodicTask("harvest-run", 30, schedule.run_due),),
        )
