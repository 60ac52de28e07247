"""Wiring of evaluation."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig

from ckanext.opengov.civic.interfaces import ComponentManifest, ICivicComponent
from ckanext.opengov.evaluation import views
from ckanext.opengov.evaluation.logic import action, auth
from ckanext.opengov.evaluation.manifest import MANIFEST
from ckanext.opengov.evaluation.service import register


@tk.blanket.actions(action.get_actions)
@tk.blanket.auth_functions(auth.get_auth_functions)
@tk.blanket.blueprints(views.get_blueprints)
@tk.blanket.config_declarations
class EvaluationPlugin(p.SingletonPlugin):
    """``opengov_evaluation``: frameworks, evaluations of agencies, public services and their ratings."""

    p.implements(p.IConfigurer)
    p.implements(p.IPackageController, inherit=True)
    p.implements(ICivicComponent)

    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "opengov_evaluation")

    def before_dataset_index(self, document: dict[str, Any]) -> dict[str, Any]:
        return register.before_index(document)

    def civic_manifest(self) -> ComponentManifest:
        return MANIFEST
