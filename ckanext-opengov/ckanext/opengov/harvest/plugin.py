"""Wiring of the harvesters."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig

from ckanext.opengov.civic.interfaces import ComponentManifest, ICivicComponent, PeriodicTask
from ckanext.opengov.harvest import schedule
from ckanext.opengov.harvest.stock import DCATRules

DAY = 86_400


@tk.blanket.actions
@tk.blanket.auth_functions
@tk.blanket.blueprints
@tk.blanket.helpers
@tk.blanket.config_declarations
class HarvestPlugin(DCATRules):
    """``opengov_harvest``: the schedule of harvest sources and what surrounds them."""

    p.implements(p.IConfigurer)
    p.implements(ICivicComponent)

    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "opengov_harvest")

    def civic_manifest(self) -> ComponentManifest:
        return ComponentManifest(
            name="harvest",
            title="Harvesting",
            periodic_tasks=(
                PeriodicTask("harvest-run", 30, schedule.run_due),
                PeriodicTask("harvest-silent", DAY // 24, schedule.tell_silent),
                PeriodicTask("harvest-forget", DAY, schedule.forget_history),
            ),
        )
