"""What stands between the portal and the web: sessions, caching, limits, addresses outside."""

from __future__ import annotations

from ckan import authz
from ckan.logic import get_action
from flask import Flask

from ckanext.opengov.civic.web import (
    attached,
    caching,
    characters,
    csrf,
    database,
    discreet_logs,
    drafts,
    framing,
    limiting,
)


def install(app: Flask) -> None:
    """Put everything around the application, in this order."""
    discreet_logs.install()
    for part in (database, characters, csrf, caching, limiting, drafts, attached, framing):
        part.install(app)
    _gather()


def _gather() -> None:
    """CKAN gathers actions and auth functions at their first use, before the eyes of all threads: a request beside that
    one would meet the stock functions without ours around them.
    """
    get_action("status_show")
    authz.auth_functions_list()
