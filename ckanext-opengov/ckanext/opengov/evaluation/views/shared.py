"""What the pages of evaluation have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Response, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import agencies, officers
from ckanext.opengov.evaluation import display, exporting
from ckanext.opengov.evaluation.service.people import COMPONENT, STAFF

FOLDER = "opengov_evaluation"


def context() -> Any:
    """Who asks, for an action."""
    return {"user": current_user.name, "auth_user_obj": current_user}


def act(action: str, data: Mapping[str, Any] | None = None) -> Any:
    """Call an action for a page; what is not there or may not be seen ends the request."""
    try:
        return tk.get_action(action)(context(), dict(data or {}))
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    except tk.NotAuthorized as error:
        return tk.abort(403 if current_user.is_authenticated else 401, str(error))


def may(action: str, data: Mapping[str, Any] | None = None) -> bool:
    """Whether the reader may call an action."""
    try:
        tk.check_access(action, context(), dict(data or {}))
    except tk.NotAuthorized:
        return False
    return True


def sentences(error: tk.ValidationError) -> list[str]:
    """What is wrong, each as one sentence."""
    given: Any = error.error_dict
    return [str(text) for texts in given.values() for text in ([texts] if isinstance(texts, str) else texts)]


def page(name: str, **variables: Any) -> str:
    """A page with the words of ``display``."""
    return tk.render(f"{FOLDER}/{name}.html", {"d": display, **variables})


def only_officers() -> ResponseReturnValue | None:
    """Visitors are sent to sign in, and come back here. No cache keeps what one officer sees."""
    request.environ["__no_cache__"] = True
    if current_user.is_authenticated:
        return None
    return tk.redirect_to("user.login", next=tk.h.current_url())


def own_agencies() -> list[dict[str, str]]:
    """The agencies for which the reader works in evaluation."""
    user: Any = current_user
    if not user.is_authenticated:
        return []
    if user.sysadmin:
        return agencies.options(None)
    own = officers.agencies_of(user.id, STAFF, COMPONENT)
    return agencies.options(frozenset(own)) if own else []


def file(form: str, name: str, content: Any) -> Response:
    """A file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"', "X-Content-Type-Options": "nosniff"}
    return Response(content, headers=headers, content_type=exporting.FORMATS[form])


def form_number(name: str) -> int:
    """A number of the address, 0 when it is none."""
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 7 else 0
