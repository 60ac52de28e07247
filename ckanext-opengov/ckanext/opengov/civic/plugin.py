"""Wiring of the civic kit."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.types import CKANApp

from ckanext.opengov.civic import guard, search
from ckanext.opengov.civic.interfaces import ComponentManifest, ICivicComponent, PeriodicTask
from ckanext.opengov.civic.service import outbox
from ckanext.opengov.civic.web import caching, csrf


@tk.blanket.cli
@tk.blanket.config_declarations
class CivicPlugin(p.SingletonPlugin):
    """``opengov``: what the components share."""

    p.implements(p.IActions)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(ICivicComponent)

    def get_actions(self) -> dict[str, Any]:
        return {**guard.guarded_actions(), "user_show": search.user_show}

    def make_middleware(self, app: CKANApp, config: Any) -> CKANApp:
        csrf.install(app)
        caching.install(app)
        return app

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        return search.restrict(search_params)

    def civic_manifest(self) -> ComponentManifest:
        return ComponentManifest(
            name="civic",
            title="Civic kit",
            periodic_tasks=(
                PeriodicTask("outbox", 5, outbox.drain),
                PeriodicTask("outbox-forget", 86_400, outbox.forget_done),
            ),
        )
