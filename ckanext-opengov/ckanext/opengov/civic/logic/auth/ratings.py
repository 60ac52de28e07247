"""Who rates, and who sees the figures."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service import persons, ratings

__all__ = ["rating_create", "rating_summary"]


def rating_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Persons whose identity is confirmed as far as the component asks; whether it is their case, its rules say."""
    user, rules = access.user_of(context), ratings.find_rules(data_dict.get("entity_type"))
    if user and rules:
        persons.require(user.id, rules.level)
    return {"success": user is not None}


@tk.auth_allow_anonymous_access
def rating_summary(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody: under the smallest number of ratings nothing is shown."""
    return {"success": True}
