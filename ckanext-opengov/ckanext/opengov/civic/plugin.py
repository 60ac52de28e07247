"""Wiring of the civic kit."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.types import CKANApp

from ckanext.opengov.civic import labels, search, views, web
from ckanext.opengov.civic.interfaces import ComponentManifest, ICivicComponent
from ckanext.opengov.civic.logic import action, auth
from ckanext.opengov.civic.manifest import MANIFEST
from ckanext.opengov.civic.service import agency_titles, transferred_days
from ckanext.opengov.civic.web import core_mail


@tk.blanket.actions(action.get_actions)
@tk.blanket.auth_functions(auth.get_auth_functions)
@tk.blanket.blueprints(views.get_blueprints)
@tk.blanket.helpers
@tk.blanket.cli
@tk.blanket.config_declarations
class CivicPlugin(p.SingletonPlugin):
    """``opengov``: what the components share."""

    p.implements(p.IConfigurer)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.IOrganizationController, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IPermissionLabels)
    p.implements(p.INotifier, inherit=True)
    p.implements(ICivicComponent)

    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "opengov_civic")
        # A wrong file of terms stops the portal at its start, not a citizen's appeal later.
        transferred_days.terms_in_force()

    def make_middleware(self, app: CKANApp, config: Any) -> CKANApp:
        web.install(app)
        return app

    def notify_recipient(self, already_notified: bool, *letter: Any) -> bool:
        return already_notified or core_mail.take_over(*letter)

    def edit(self, entity: Any) -> None:
        # CKAN calls it of organizations and of packages.
        if isinstance(entity, model.Group):
            agency_titles.edited(entity)

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        return search.restrict(search_params)

    def get_dataset_labels(self, dataset_obj: model.Package) -> list[str]:
        return labels.package_labels(dataset_obj)

    def get_user_dataset_labels(self, user_obj: model.User) -> list[str]:
        return labels.user_labels(user_obj)

    def civic_manifest(self) -> ComponentManifest:
        return MANIFEST
