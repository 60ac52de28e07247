"""Who reads templates, and who fills them."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.data.logic.auth import push

__all__ = [
    "data_fix_forget",
    "data_grid_check",
    "data_grid_delete",
    "data_grid_save",
    "data_template_export",
    "data_template_list",
    "data_template_marked",
    "data_template_show",
    "data_template_upload",
    "data_template_validate",
]


@tk.auth_allow_anonymous_access
def data_template_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the table."""
    return push.data_structure_show(context, data_dict)


data_template_export = data_template_show


@tk.auth_allow_anonymous_access
def data_template_validate(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may send rows."""
    return push.data_push(context, data_dict)


data_template_upload = data_grid_check = data_grid_save = data_grid_delete = data_fix_forget = data_template_validate


def data_template_list(context: Context, data_dict: DataDict) -> AuthResult:
    """People with an account: each their own."""
    return {"success": True}


def data_template_marked(context: Context, data_dict: DataDict) -> AuthResult:
    """People with an account; the action gives each their own files only."""
    return {"success": True}
