"""CKAN's own actions on the DataStore, where they meet keyed tables."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Action, ChainedAction, Context, DataDict

from ckanext.opengov.civic.guard import is_service
from ckanext.opengov.data.service import keyed

__all__ = [
    "datastore_create",
    "datastore_delete",
    "datastore_records_delete",
    "datastore_search",
    "datastore_upsert",
]


def _table(data_dict: DataDict) -> bool:
    reference = data_dict.get("resource_id") or data_dict.get("id")
    return isinstance(reference, str) and keyed.get(reference) is not None


def _refusing(name: str) -> ChainedAction:
    @tk.chained_action
    def action(original: Action, context: Context, data_dict: DataDict) -> Any:
        # Rows that come past data_push would have no receipt, and the journal would not know of them.
        if _table(data_dict) and not is_service(context):
            raise tk.NotAuthorized(tk._("The rows of this table are changed by data_push only."))
        return original(context, data_dict)

    action.__name__ = name
    action.__doc__ = f"CKAN's ``{name}``; a table whose rows are pushed is refused."
    return action


datastore_create = _refusing("datastore_create")
datastore_upsert = _refusing("datastore_upsert")
datastore_delete = _refusing("datastore_delete")
datastore_records_delete = _refusing("datastore_records_delete")


@tk.chained_action
@tk.side_effect_free
def datastore_search(original: Action, context: Context, data_dict: DataDict) -> Any:
    """CKAN's ``datastore_search``. Keyed tables have no full-text index, whose upkeep is what makes pushes slow."""
    if (data_dict.get("q") or data_dict.get("full_text")) and _table(data_dict):
        message = tk._("This table has no full-text index. Use filters: {example}.")
        raise tk.ValidationError({"q": [message.format(example='{"code": "…"}')]})
    return original(context, data_dict)
