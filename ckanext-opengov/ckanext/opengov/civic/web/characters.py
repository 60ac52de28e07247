"""The character that no database column can hold is refused before it becomes a fault of the portal."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Flask, Response, jsonify, request
from werkzeug.datastructures import MultiDict

NUL = "\x00"
# How JSON writes it.
WRITTEN = b"\\u0000"
# Characters. A form that is longer is refused, in words of its own, by the page that reads it.
LONGEST_FORM = 400_000
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def install(app: Flask) -> None:
    """Look at every request before anything reads it."""
    app.before_request(refuse)


def refuse() -> Response | None:
    """Answer with 400 where a text holds the character NUL. Files are looked at by whoever reads them."""
    if not (_in_address() or _in_body()):
        return None
    message = tk._(
        "The request holds the character NUL (code 0), which no text can have. Take it out and send it again."
    )
    if not request.path.startswith("/api/"):
        tk.abort(400, message)
    answer = jsonify({"success": False, "error": {"__type": "Validation Error", "message": message}})
    answer.status_code = 400
    return answer


def _in_address() -> bool:
    return NUL in request.path or _in_pairs(request.args)


def _in_body() -> bool:
    if request.mimetype == FORM and (request.content_length or 0) <= LONGEST_FORM:
        return _in_pairs(request.form)
    return request.mimetype == JSON and WRITTEN in request.get_data()


def _in_pairs(pairs: MultiDict[str, str]) -> bool:
    return any(NUL in key or NUL in value for key, value in pairs.items(multi=True))
