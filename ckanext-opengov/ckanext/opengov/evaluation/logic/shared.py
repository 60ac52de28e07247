"""What the actions share."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.evaluation.service.people import PORTAL, Person


def checked(data_dict: DataDict, rules: Any, context: Context) -> dict[str, Any]:
    """The data, validated.

    :raises ValidationError: with every field that is wrong
    """
    data, errors = tk.navl_validate(data_dict, rules, context)
    if errors:
        raise tk.ValidationError(errors)
    return data


def person(context: Context) -> Person:
    """Who asks; the portal itself where no access is checked."""
    user = access.user_of(context)
    if user is None:
        if context.get("ignore_auth"):
            return PORTAL
        raise tk.NotAuthorized(tk._("Sign in first."))
    return Person(user.id, bool(user.sysadmin))
