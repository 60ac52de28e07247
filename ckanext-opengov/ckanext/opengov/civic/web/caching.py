"""Pages of visitors without identity carry no cookie and may be kept by the front; nothing else may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Flask, Response, g, request, session


def install(app: Flask) -> None:
    """Decide on caching after CKAN did: Flask calls these functions in reverse order."""
    app.after_request_funcs.setdefault(None, []).insert(0, set_cache_headers)
    app.wsgi_app = WithoutRememberCookie(app.wsgi_app, app.config["REMEMBER_COOKIE_NAME"])


def set_cache_headers(response: Response) -> Response:
    """``s-maxage`` for the front, ``max-age=0`` for browsers, so that signing in shows at once."""
    control = response.cache_control
    if request.path.startswith(("/base/", "/webassets/", "/uploads/")):
        return response
    if _may_be_kept(response):
        # A view that must be fresher than other pages says so.
        seconds = g.get("opengov_keep_seconds", tk.config["ckan.cache_expires"])
        response.headers["Cache-Control"] = f"public, max-age=0, s-maxage={seconds}, must-revalidate"
        return response
    control.public = False
    control.max_age = None
    control.must_revalidate = False
    control.private = True
    if response.status_code >= 400 or request.method not in {"GET", "HEAD"}:
        control.no_store = True
    else:
        control.no_cache = True
    return response


def _may_be_kept(response: Response) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and response.status_code == 200
        and bool(response.cache_control.public)
        and not request.path.startswith("/api/")
        and "__no_cache__" not in request.environ
        and not session.modified
        and not session.get("_user_id")
        and not current_user.is_authenticated
        and "Authorization" not in request.headers
        and "Set-Cookie" not in response.headers
    )


class WithoutRememberCookie:
    """Drop flask-login's "remember me" cookie from requests.

    It holds only the user's id and so survives signing out and a change of password; sessions on the server do not.
    """

    def __init__(self, app: Callable[..., Any], cookie: str) -> None:
        self._app = app
        self._prefix = f"{cookie}="

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        header = environ.get("HTTP_COOKIE", "")
        if self._prefix in header:
            kept = [part for part in header.split(";") if not part.strip().startswith(self._prefix)]
            environ["HTTP_COOKIE"] = ";".join(kept)
        return self._app(environ, start_response)
