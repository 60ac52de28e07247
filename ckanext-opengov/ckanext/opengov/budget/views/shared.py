"""What the pages of programmes, reports and audits have in common."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import request
from flask.typing import ResponseReturnValue

from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import agencies, officers

LANGUAGES = ("kk", "ru", "en")
PAGE = 20


def act(action: str, data: dict[str, Any]) -> Any:
    """Call an action for a page; what may not be seen is not found."""
    context: Any = {"user": current_user.name, "auth_user_obj": current_user}
    try:
        return tk.get_action(action)(context, data)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    except tk.NotAuthorized as error:
        return tk.abort(403 if current_user.is_authenticated else 401, str(error))


def sentences(error: tk.ValidationError) -> list[str]:
    """What is wrong, sentence by sentence."""
    given = cast(Mapping[str, Any], error.error_dict)
    return list(dict.fromkeys(str(text) for texts in given.values() for text in _flat(texts)))


def _flat(texts: Any) -> list[Any]:
    return list(texts) if isinstance(texts, list) else [texts]


def only_officers() -> ResponseReturnValue | None:
    """Visitors are sent to sign in, and come back here. No cache keeps what one officer sees."""
    request.environ["__no_cache__"] = True
    if current_user.is_authenticated:
        return None
    return tk.redirect_to("user.login", next=tk.h.current_url())


def own_agencies(roles: Collection[Role]) -> list[dict[str, str]]:
    """The agencies in whose budget the reader holds one of the roles."""
    if not current_user.is_authenticated:
        return []
    if current_user.sysadmin:  # pyright: ignore[reportAttributeAccessIssue]
        return agencies.options(None)
    own = officers.agencies_of(current_user.id, roles, COMPONENT)  # pyright: ignore[reportAttributeAccessIssue]
    return agencies.options(frozenset(own)) if own else []


def need(roles: Collection[Role], sentence: str) -> None:
    """Refuse the page to whoever holds none of the roles anywhere."""
    if not own_agencies(roles):
        tk.abort(403, sentence)


def given_texts(name: str) -> dict[str, str]:
    """A text of the form in its languages."""
    return {code: request.form.get(f"{name}_{code}", "") for code in LANGUAGES}


def chosen(*names: str) -> dict[str, str]:
    """The filters of a list that are set."""
    return {name: request.args[name] for name in names if request.args.get(name)}


def listed(action: str, filters: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """A page of a list for its template; a filter that means nothing is left out."""
    page = tk.h.get_page_number(request.args)
    window = {"offset": (page - 1) * PAGE, "limit": PAGE}
    try:
        found = act(action, {**filters, **more, **window})
    except tk.ValidationError:
        filters = {}
        found = act(action, {**more, **window})
    return {"found": found, "chosen": dict(filters), "page": page, "pages": -(-found["count"] // PAGE)}


def all_agencies() -> list[dict[str, str]]:
    """Every agency, for filters and forms."""
    return agencies.options(None)
