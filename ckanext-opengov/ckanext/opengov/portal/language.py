"""One address per language and page."""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue


def redirect_default() -> ResponseReturnValue | None:
    """The default language has the address without a prefix; the one with it leads there, for good."""
    environ = request.environ
    chosen, is_default = environ.get("CKAN_LANG"), environ.get("CKAN_LANG_IS_DEFAULT")
    from ckan.plugins.toolkit import config

    if is_default or chosen != config["ckan.locale_default"] or request.method not in {"GET", "HEAD"}:
        return None
    query = request.query_string.decode("utf-8", "replace")
    # A path that begins with two slashes would be another host's address.
    path = "/" + request.path.lstrip("/")
    return redirect(f"{path}?{query}" if query else path, 301)
