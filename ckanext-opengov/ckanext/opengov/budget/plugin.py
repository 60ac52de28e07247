"""Wiring of open budgets."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig

from ckanext.opengov.budget import views
from ckanext.opengov.budget.logic import action, auth
from ckanext.opengov.budget.manifest import MANIFEST
from ckanext.opengov.budget.parts import PARTS
from ckanext.opengov.civic.interfaces import ComponentManifest, ICivicComponent


@tk.blanket.actions(action.get_actions)
@tk.blanket.auth_functions(auth.get_auth_functions)
@tk.blanket.blueprints(views.get_blueprints)
@tk.blanket.config_declarations
@tk.blanket.helpers
class BudgetPlugin(p.SingletonPlugin):
    """``opengov_budget``: budget lines, programmes, reports, audits."""

    p.implements(p.IConfigurer)
    p.implements(p.IPackageController, inherit=True)
    p.implements(ICivicComponent)

    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "opengov_budget")

    def before_dataset_index(self, document: dict[str, Any]) -> dict[str, Any]:
        for part in PARTS:
            document = part.before_index(document) if part.before_index else document
        return document

    def civic_manifest(self) -> ComponentManifest:
        return MANIFEST
