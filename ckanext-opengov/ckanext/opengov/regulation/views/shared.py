"""What the pages of open regulations have in common: calling an action as the visitor, and telling what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import request
from flask.typing import ResponseReturnValue

FOLDER = "opengov_regulation"


def context() -> Any:
    """The visitor's context."""
    return {"user": current_user.name, "auth_user_obj": current_user}


def act(action: str, data: dict[str, Any]) -> Any:
    """Call an action as the visitor; what may not be seen is not found."""
    try:
        return tk.get_action(action)(context(), data)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    except tk.NotAuthorized as error:
        sentence = str(getattr(error, "message", None) or error)
        return tk.abort(403 if current_user.is_authenticated else 401, sentence)


def errors(error: tk.ValidationError) -> dict[str, list[str]]:
    """What is wrong, by field."""
    given = cast(Mapping[str, Any], error.error_dict)
    return {name: [str(text) for text in texts] for name, texts in given.items()}


def sentences(error: tk.ValidationError) -> str:
    """What is wrong, as one text."""
    return " ".join(text for texts in errors(error).values() for text in texts)


def only_officers() -> ResponseReturnValue | None:
    """Visitors are sent to sign in, and come back here. No cache keeps what one officer sees."""
    request.environ["__no_cache__"] = True
    if current_user.is_authenticated:
        return None
    return tk.redirect_to("user.login", next=tk.h.current_url())


def by_language(name: str) -> dict[str, str]:
    """The fields of a form for one text in all languages."""
    found = {code: request.form.get(f"{name}_{code}", "").strip() for code in ("kk", "ru", "en")}
    return {code: text for code, text in found.items() if text}
