"""What every search of packages must keep: one type in its place, and no look at who wrote what."""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from ckan.types import Action, Context, DataDict

# Both tell who wrote a package: facets and filters on them would unmask a citizen.
_HIDDEN = re.compile(r"\b(creator_user_id|permission_labels)\b", re.IGNORECASE)
_QUERIES = ("q", "fq", "fq_list", "fl", "sort", "facet.field", "facet.query", "facet.pivot", "bf", "boost")
_TYPE = re.compile(r"(^|[\s+(\-])(dataset_type|type)\s*:")
DEFAULT_TYPE = "dataset"

# Core's user_show counts a user's data sets by creator_user_id; packages of citizens belong to the site user.
_inside_user_show: ContextVar[bool] = ContextVar("opengov_inside_user_show", default=False)


@tk.chained_action
@tk.side_effect_free
def user_show(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Core's action; the searches that it makes by itself are not refused."""
    token = _inside_user_show.set(True)
    try:
        return original(context, data_dict)
    finally:
        _inside_user_show.reset(token)


def restrict(params: dict[str, Any]) -> dict[str, Any]:
    """Refuse hidden fields, and keep to data sets unless the caller names a type.

    :raises ValidationError: when a parameter uses a hidden field
    """
    _refuse_hidden_fields(params)
    queries = " ".join(_texts(params.get("fq"), params.get("fq_list"), params.get("q")))
    if not _TYPE.search(queries):
        params["fq"] = f"{params.get('fq') or ''} +dataset_type:{DEFAULT_TYPE}".strip()
    return params


def _refuse_hidden_fields(params: dict[str, Any]) -> None:
    if _inside_user_show.get() or getattr(current_user, "sysadmin", False):
        return
    for name, value in params.items():
        if name not in _QUERIES and not name.startswith(("facet.", "f.")):
            continue
        for text in _texts(value):
            if hidden := _HIDDEN.search(text):
                message = tk._("Searching by {field} is not possible: it would show who wrote what.")
                raise tk.ValidationError({name: [message.format(field=hidden[0])]})


def _texts(*values: Any) -> list[str]:
    texts: list[str] = []
    for value in values:
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, (list, tuple)):
            texts += [item for item in value if isinstance(item, str)]
    return texts
