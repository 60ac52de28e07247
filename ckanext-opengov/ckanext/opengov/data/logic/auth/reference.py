"""Reference data is everybody's to read; which tables it is, the authorised body says."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access
from ckanext.opengov.data.logic.auth import push

__all__ = [
    "address_resolve",
    "data_reference_assign",
    "data_reference_broken_list",
    "data_reference_list",
]


@tk.auth_allow_anonymous_access
def address_resolve(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


data_reference_list = address_resolve


def data_reference_assign(context: Context, data_dict: DataDict) -> AuthResult:
    """The list approver of the authorised body."""
    may = access.may("data_reference_assign", context, "data", None)
    return {"success": may, "msg": tk._("Only the authorised body says what is reference data.")}


@tk.auth_allow_anonymous_access
def data_reference_broken_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may send rows to the table."""
    return push.data_push(context, data_dict)
