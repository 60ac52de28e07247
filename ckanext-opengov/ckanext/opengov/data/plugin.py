"""Wiring of open data."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig

from ckanext.opengov.civic.interfaces import ComponentManifest, ICivicComponent
from ckanext.opengov.data import hooks, views
from ckanext.opengov.data.logic import action, auth
from ckanext.opengov.data.manifest import MANIFEST
from ckanext.xloader.interfaces import IXloader


@tk.blanket.actions(action.get_actions)
@tk.blanket.auth_functions(auth.get_auth_functions)
@tk.blanket.blueprints(views.get_blueprints)
@tk.blanket.config_declarations
@tk.blanket.helpers
@tk.blanket.validators
class DataPlugin(
    hooks.PackageHooks,
    hooks.OrganizationHooks,
    hooks.FacetHooks,
    hooks.PageHooks,
    hooks.TableHooks,
    p.SingletonPlugin,
):
    """``opengov_data``: agencies, data sets, tables."""

    p.implements(p.IConfigurer)
    p.implements(p.IDomainObjectModification, inherit=True)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.IOrganizationController, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(ICivicComponent)
    p.implements(IXloader, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "opengov_data")

    def civic_manifest(self) -> ComponentManifest:
        return MANIFEST
