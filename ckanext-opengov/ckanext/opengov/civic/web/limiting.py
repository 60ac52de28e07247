"""Limits as every request sees them: core's sign-in is counted, and a refusal is status 429 wherever it came from."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Flask, Response, g, jsonify, make_response, request

from ckanext.opengov.civic.service import limits

# Core's forms that must not be tried without end: endpoint → limit, and the field that names the account.
FORMS = {"user.login": ("signin", "login"), "user.request_reset": ("reset", "user")}


# Addresses for programs: their answers say how much of the limit is left.
PROGRAMS = ("/api/", "/meta/")


def install(app: Flask) -> None:
    """Count core's forms; turn refusals into 429 after CKAN made its answer of them."""
    limits.check_settings()
    app.before_request(count_form)
    app.after_request(answer)


def count_form() -> None:
    """Count a try by the account that is named and by the address that sends it."""
    if request.method != "POST" or request.endpoint not in FORMS:
        return
    name, field = FORMS[request.endpoint]
    account = request.form.get(field, "").strip().lower()
    limits.check(name, user_id=f"tried:{account}" if account else None, address=limits.client_address())


def answer(response: Response) -> Response:
    """CKAN's API knows no status 429 and its error pages drop the headers; a page may have caught the refusal."""
    refusal: limits.RateLimited | None = g.pop("opengov_rate_limited", None)
    if refusal is None or response.status_code < 400:
        return _with_standing(response)
    if request.path.startswith("/api/"):
        response = jsonify(_as_json(refusal, response))
        response.status_code = 429
    elif response.status_code != 429:
        variables = {"code": 429, "content": refusal.sentence, "name": refusal.name}
        response = make_response(tk.render("error_document_template.html", variables), 429)
    response.headers["Retry-After"] = str(refusal.seconds)
    return _with_standing(response)


def _with_standing(response: Response) -> Response:
    """Programs are told how much they may still ask for."""
    standing = limits.standing() if request.path.startswith(PROGRAMS) else None
    if standing:
        response.headers["RateLimit-Limit"] = str(standing.limit)
        response.headers["RateLimit-Remaining"] = str(standing.remaining)
        response.headers["RateLimit-Reset"] = str(standing.reset)
        response.headers["RateLimit-Policy"] = f"{standing.limit};w={standing.seconds}"
    return response


def _as_json(refusal: limits.RateLimited, response: Response) -> dict[str, Any]:
    given = response.get_json(silent=True)
    help_address = given.get("help") if isinstance(given, dict) else None
    error = {"__type": "Too Many Requests", "message": refusal.sentence, "retry_after": refusal.seconds}
    return {"help": help_address, "success": False, "error": error}
