"""What the actions of open regulations have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict, Schema

from ckanext.opengov.civic.logic import access
from ckanext.opengov.regulation.service import outline
from ckanext.opengov.regulation.service.outline import OutlineRefusal


def validated(data_dict: DataDict, expected: Schema, context: Context, *structured: str) -> dict[str, Any]:
    """The request, checked; structured fields are left to the rules that read them.

    :raises ValidationError: with all that is wrong, by field
    """
    plain = {name: value for name, value in data_dict.items() if name not in structured}
    data, errors = tk.navl_validate(plain, expected, context)
    if errors:
        raise tk.ValidationError(errors)
    return {**data, **{name: data_dict[name] for name in structured if name in data_dict}}


def user_id(context: Context) -> str | None:
    """Who asks."""
    user = access.user_of(context)
    return user.id if user else None


def person(context: Context) -> str:
    """Who asks.

    :raises NotAuthorized: for visitors
    """
    found = user_id(context)
    if found is None:
        raise tk.NotAuthorized(tk._("Sign in first. Without an account you can read everything but not take part."))
    return found


def act_text(given: object, field: str = "parts") -> dict[str, Any]:
    """The text of a request as trees.

    :raises ValidationError: naming the part
    """
    try:
        return outline.read(given)
    except OutlineRefusal as error:
        raise tk.ValidationError({field: [error.translated()]}) from error


@contextmanager
def written() -> Iterator[None]:
    """Commit at the end, or take everything back: the lock of the act ends here and not with the request."""
    try:
        yield
        model.Session.commit()
    except BaseException:
        model.Session.rollback()
        raise
