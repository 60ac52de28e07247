"""What all actions begin with: the request checked, the person who asks, and a refusal of the rules as an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict, Schema

from ckanext.opengov.civic.logic import access
from ckanext.opengov.civic.service.refusal import Refusal


def checked(data_dict: DataDict, expected: Schema, context: Context, *structured: str) -> dict[str, Any]:
    """The request, checked; structured fields are left to the rules that read them.

    :raises ValidationError: with all that is wrong, by field
    """
    plain = {name: value for name, value in data_dict.items() if name not in structured}
    data, errors = tk.navl_validate(plain, expected, context)
    if errors:
        raise tk.ValidationError(errors)
    data.pop("__extras", None)
    return {**data, **{name: data_dict[name] for name in structured if name in data_dict}}


def person(context: Context) -> model.User:
    """The person who asks.

    :raises NotAuthorized: for a visitor
    """
    user = access.user_of(context)
    if user is None:
        raise tk.NotAuthorized(tk._("Sign in first. Without an account you can read everything but not take part."))
    return user


def refused(error: Any) -> tk.ValidationError:
    """A refusal of the rules, which says the field by its ``place``, as an error; what was begun is taken back."""
    model.Session.rollback()
    return tk.ValidationError({error.place: [error.translated()]})


def refusing(field: str, work: Callable[[], Any]) -> Any:
    """Do it; a refusal is an error of that field, in the reader's language."""
    try:
        return work()
    except Refusal as refusal:
        raise tk.ValidationError({field: [refusal.translated()]}) from refusal
