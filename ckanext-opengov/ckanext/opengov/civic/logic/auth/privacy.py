"""The search for personal data is open: a form calls it before anybody signs in."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

__all__ = ["privacy_scan"]


@tk.auth_allow_anonymous_access
def privacy_scan(context: Context, data_dict: DataDict | None) -> AuthResult:
    """Everybody may have a text of their own searched; nothing is kept."""
    return {"success": True}
