"""Who reads the journal: the public part everybody who may see the entity, the rest its officers."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.opengov.civic.logic import access

__all__ = ["journal_list", "journal_verify"]


@tk.auth_allow_anonymous_access
def journal_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody who may see the entity. Without one the schema refuses."""
    kind, name = data_dict.get("entity_type"), data_dict.get("entity_id")
    if isinstance(kind, str) and isinstance(name, str) and kind and name:
        access.subject(context, kind, name)
    return {"success": True}


def journal_verify(context: Context, data_dict: DataDict) -> AuthResult:
    """One chain: officers who see the entity's internal part. The whole journal: administrators of the portal."""
    kind, name = data_dict.get("entity_type"), data_dict.get("entity_id")
    if isinstance(kind, str) and isinstance(name, str) and kind and name:
        return {"success": access.sees_inside("journal_verify", context, access.subject(context, kind, name))}
    return {"success": False, "msg": tk._("Only an administrator of the portal checks the whole journal.")}
