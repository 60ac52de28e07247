"""The reader's language, on a page and in the background."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import has_request_context


def current() -> str:
    """The code of the language in which something is shown now; the portal's own outside of a request."""
    return (tk.h.lang() if has_request_context() else None) or tk.config["ckan.locale_default"]
