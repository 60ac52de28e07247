"""Who may do what with an account: visitors register, everybody sees and changes their own."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access

__all__ = ["my_item_list", "person_confirm", "person_email_confirm", "person_register", "person_show", "person_update"]


@tk.auth_allow_anonymous_access
def person_register(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def person_confirm(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever has the link."""
    return {"success": True}


def _own(context: Context, data_dict: DataDict) -> AuthResult:
    if access.user_of(context) is not None:
        return {"success": True}
    return {"success": False, "msg": tk._("Sign in first: this is about your own account.")}


person_show = person_update = person_email_confirm = my_item_list = _own
