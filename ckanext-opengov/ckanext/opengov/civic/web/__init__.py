"""What stands between the portal and the web: sessions, caching, limits, addresses outside."""

from __future__ import annotations

from flask import Flask

from ckanext.opengov.civic.web import caching, csrf, database, discreet_logs, drafts, limiting


def install(app: Flask) -> None:
    """Put everything around the application, in this order."""
    discreet_logs.install()
    for part in (database, csrf, caching, limiting, drafts):
        part.install(app)
