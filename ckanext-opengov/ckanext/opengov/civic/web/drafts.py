"""A form that was taken needs its draft no more: the script names it in the form, success is a redirect."""

from __future__ import annotations

import ckan.model as model
from ckan.common import current_user
from flask import Flask, Response, request

from ckanext.opengov.civic.service import drafts

FIELD = "opengov_draft"
TAKEN = {302, 303}


def install(app: Flask) -> None:
    """Look at each answer to a form."""
    app.after_request(forget)


def forget(response: Response) -> Response:
    """Forget the draft of the form that was just taken."""
    if request.method == "POST" and response.status_code in TAKEN and current_user.is_authenticated:
        key = request.form.get(FIELD)
        if key and drafts.delete(current_user.id, key):
            model.Session.commit()
    return response
