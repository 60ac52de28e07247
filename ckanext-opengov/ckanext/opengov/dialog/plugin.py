"""Wiring of open dialogue."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig

from ckanext.opengov.civic.interfaces import ComponentManifest, ICivicComponent
from ckanext.opengov.dialog import views
from ckanext.opengov.dialog.logic import action, auth
from ckanext.opengov.dialog.manifest import MANIFEST
from ckanext.opengov.dialog.service.appeals import packages, people
from ckanext.opengov.dialog.service.conferences import contribution as conferences
from ckanext.opengov.dialog.service.polls import life as polls


@tk.blanket.actions(action.get_actions)
@tk.blanket.auth_functions(auth.get_auth_functions)
@tk.blanket.blueprints(views.get_blueprints)
@tk.blanket.cli
@tk.blanket.config_declarations
class DialogPlugin(p.SingletonPlugin):
    """``opengov_dialog``: appeals, internet conferences, polls."""

    p.implements(p.IConfigurer)
    p.implements(p.IPackageController, inherit=True)
    p.implements(ICivicComponent)

    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "opengov_dialog")
        # A slip in the setting stops the portal at its start, not a citizen's appeal later.
        people.level()

    def before_dataset_index(self, document: dict[str, Any]) -> dict[str, Any]:
        return conferences.before_index(polls.before_index(packages.before_index(document)))

    def civic_manifest(self) -> ComponentManifest:
        return MANIFEST
