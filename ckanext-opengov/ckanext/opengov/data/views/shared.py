"""What the pages of requests and lists have in common: calling an action as the visitor, telling what went wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

import ckan.plugins.toolkit as tk
from babel.dates import format_date
from ckan.common import current_user
from flask import request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service.calendar import local_date

# The languages stand in their own names, so that their speakers find them.
LANGUAGES = (("kk", "Қазақша"), ("ru", "Русский"), ("en", "English"))


def act(action: str, data: dict[str, Any]) -> Any:
    """Call an action as the visitor; what may not be seen is not found, what may not be done leads to the sign-in."""
    context: Any = {"user": current_user.name, "auth_user_obj": current_user}
    try:
        return tk.get_action(action)(context, data)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    except tk.NotAuthorized as error:
        return tk.abort(403 if current_user.is_authenticated else 401, refusal(error))


def refusal(error: tk.NotAuthorized) -> str:
    """Why not, as the action says it."""
    return str(getattr(error, "message", None) or error)


def errors(error: tk.ValidationError) -> dict[str, list[str]]:
    """What is wrong, by field."""
    given = cast(Mapping[str, Any], error.error_dict)
    return {name: [str(text) for text in texts] for name, texts in given.items()}


def sentences(error: tk.ValidationError) -> str:
    """What is wrong, as one text."""
    return " ".join(text for texts in errors(error).values() for text in texts)


def day(moment: str | dt.date | None) -> str:
    """A time of the API, or a day, as a day in the reader's words."""
    if not moment:
        return ""
    if isinstance(moment, str):
        whole = dt.datetime.fromisoformat(moment)
        moment = local_date(whole) if whole.tzinfo else whole.date()
    return format_date(moment, "long", locale=tk.h.lang())


def only_signed_in() -> ResponseReturnValue | None:
    """Visitors are sent to sign in, and come back here. No cache keeps what one officer sees."""
    request.environ["__no_cache__"] = True
    if current_user.is_authenticated:
        return None
    return tk.redirect_to("user.login", next=tk.h.current_url())


def own() -> None:
    """What is shown depends on who asks: no cache keeps it."""
    if current_user.is_authenticated:
        request.environ["__no_cache__"] = True
