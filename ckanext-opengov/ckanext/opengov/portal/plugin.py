"""Wiring of the visitor's surroundings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.types import CKANApp

from ckanext.opengov.portal import language
from ckanext.opengov.portal.languages import DOMAIN


@tk.blanket.helpers
@tk.blanket.blueprints
class PortalPlugin(p.SingletonPlugin):
    """``opengov_portal``: theme, home page, languages."""

    p.implements(p.IConfigurer)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.ITranslation)

    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_public_directory(config, "public")
        tk.add_resource("assets", "opengov_portal")

    def make_middleware(self, app: CKANApp, config: Any) -> CKANApp:
        app.before_request(language.redirect_default)
        app.before_request(language.name_site)
        language.publish_script_messages()
        return app

    def i18n_directory(self) -> str:
        return tk.config.get("ckan.i18n_directory") or str(Path(__file__).resolve().parent.parent / "i18n")

    def i18n_domain(self) -> str:
        return DOMAIN

    def i18n_locales(self) -> list[str]:
        return ["kk", "ru"]
