"""What a visitor typed into a form before signing in or registering: kept for them until they are back.

In the session of the browser, and with the link of the mail that makes an account: that may be opened elsewhere.
"""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import request, session
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import drafts
from ckanext.opengov.civic.service.refusal import Refusal

_KEY = "opengov_kept"
# What a button of the form named "go" leads to.
PLACES = {"sign_in": "user.login", "register": "opengov_persons.register"}


def away(form_key: str, title: str, url: str) -> ResponseReturnValue | None:
    """To where the pressed button leads, with what was typed kept; None when it is no such button."""
    place = PLACES.get(request.form.get("go", ""))
    if place is None or current_user.is_authenticated:
        return None
    names = [one for one in request.form if one not in ("go", tk.config["WTF_CSRF_FIELD_NAME"])]
    data = {name: request.form.getlist(name) for name in names}
    if drafts.size(data) <= drafts.LARGEST:
        session[_KEY] = {"form_key": form_key, "title": title, "url": url, "data": data}
    return tk.redirect_to(place, next=url)


def typed() -> dict[str, Any] | None:
    """The form that waits for its visitor: ``form_key``, ``title``, ``url``, ``data``."""
    return session.get(_KEY)


def back(form_key: str) -> dict[str, str]:
    """What was typed into this form, now a draft of whoever has signed in; empty when there is nothing."""
    found = typed()
    if found is None or found["form_key"] != form_key or not current_user.is_authenticated:
        return {}
    session.pop(_KEY)
    about = {name: found[name] for name in ("title", "url")}
    try:
        drafts.save(current_user.id, form_key, found["data"], about)
        model.Session.commit()
    except Refusal:
        # Two hundred drafts: the form itself holds the text all the same.
        model.Session.rollback()
    return {name: values[0] for name, values in found["data"].items() if values}
