"""What the pages of appeals have in common: calling an action as the visitor, and telling what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan.common import current_user

from ckanext.opengov.dialog.service.appeals import filing

FOLDER = "opengov_dialog/appeals"


def act(action: str, data: dict[str, Any]) -> Any:
    """Call an action as the visitor."""
    context: Any = {"user": current_user.name, "auth_user_obj": current_user}
    return tk.get_action(action)(context, data)


def errors(error: tk.ValidationError) -> dict[str, list[str]]:
    """What is wrong, by field."""
    given = cast(Mapping[str, Any], error.error_dict)
    return {name: [str(text) for text in texts] for name, texts in given.items()}


def sentences(error: tk.ValidationError) -> str:
    """What is wrong, as one text."""
    return " ".join(text for texts in errors(error).values() for text in texts)


def refusal(error: tk.NotAuthorized) -> str:
    """Why not, as the action says it."""
    return str(getattr(error, "message", None) or error)


def too_long_text() -> str:
    """What is said of a text that no form takes."""
    message = tk._("The text is far too long; at most {limit} characters are allowed. Shorten it and send it again.")
    return message.format(limit=filing.TEXT_LENGTH)
