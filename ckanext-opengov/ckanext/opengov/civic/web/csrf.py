"""Forgery protection decided request by request.

CKAN 2.12.0 calls ``csrf.exempt(view)`` for every anonymous request, and an exemption lasts for the whole process:
after one anonymous hit a view is open to forgery for everybody. Here the check of Flask-WTF is asked for by
ourselves (``WTF_CSRF_CHECK_DEFAULT`` off), and left out only where a forged request could gain nothing.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from ckan.config.middleware.flask_app import csrf
from ckan.lib.api_token import get_user_from_token
from flask import Flask, request, session
from flask.typing import ResponseReturnValue

SAFE_FETCH_SITES = {"same-origin", "none"}


def install(app: Flask) -> None:
    """Replace CKAN's process-wide exemption by a check of each request."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.before_request(protect)


def protect() -> ResponseReturnValue | None:
    """Refuse an unsafe request that another site may have made the browser send."""
    if not tk.config["WTF_CSRF_ENABLED"] or request.method not in tk.config["WTF_CSRF_METHODS"]:
        return None
    if not request.endpoint or _by_token():
        return None
    if session.get("_user_id"):
        csrf.protect()
        return None
    # Without a session there is nothing to abuse but the sign-in itself: a page of ours must have sent it.
    if not _from_here() and not tk.request.path.startswith("/api/"):
        tk.abort(403, tk._("This form was sent from another site. Open it here and send it again."))
    return None


def _by_token() -> bool:
    """A token in a header that a browser does not send by itself. A wrong one does not lift the check."""
    token = request.headers.get(tk.config["apitoken_header_name"], "")
    return bool(token) and get_user_from_token(token, update_access_time=False) is not None


def _from_here() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site in SAFE_FETCH_SITES
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    return not origin or urlsplit(origin).netloc == request.host
