"""What the error pages say: what happened and what to do next, in the visitor's language."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from werkzeug.exceptions import default_exceptions

SERVER = 500


def explain(code: Any, content: Any) -> dict[str, str]:
    """Title, text and advice for a status code; the given content only where a person wrote it.

    :param code: a status code, which CKAN wraps into a list for errors that nobody expected
    :param content: the description that came with the error
    """
    number = _number(code)
    title, text, advice = _texts(number)
    return {"code": str(number), "title": title, "text": text, "advice": advice, "detail": _detail(number, content)}


def _number(code: Any) -> int:
    if isinstance(code, (list, tuple)):
        code = code[0] if code else SERVER
    return int(code or SERVER)


def _detail(number: int, content: Any) -> str:
    """Werkzeug's own descriptions are English and teach a citizen nothing; ours and CKAN's are translated."""
    text = str(content or "").strip()
    usual = default_exceptions.get(number)
    if number >= SERVER or (usual and text == str(usual.description).strip()):
        return ""
    return text


def _texts(number: int) -> tuple[str, str, str]:
    if number == 404:
        return (
            tk._("Page not found"),
            tk._("There is nothing at this address. The page may have been moved, renamed or withdrawn."),
            tk._("Check the address, search for what you need, or start from the home page."),
        )
    if number in {401, 403}:
        return (
            tk._("You have no access to this page"),
            tk._("This page is open only to people with the right to see it."),
            tk._("Sign in if you have an account. If you are signed in, ask your agency's administrator for access."),
        )
    if number == 410:
        return (
            tk._("This page is no longer here"),
            tk._("What stood at this address has been withdrawn."),
            tk._("Search for a newer version, or start from the home page."),
        )
    if number == 413:
        return (
            tk._("The file is too large"),
            tk._("The portal did not accept the file because it is larger than allowed."),
            tk._("Make the file smaller or split it into parts, then send it again."),
        )
    if number == 429:
        return (
            tk._("Too many requests"),
            tk._("More requests came from your network than the portal can answer at once."),
            tk._("Wait a minute and try again."),
        )
    if number >= SERVER:
        return (
            tk._("The portal could not show this page"),
            tk._("Something broke on our side. It is not your fault, and the fault is recorded."),
            tk._("Try again in a minute. If it happens again, start from the home page."),
        )
    return (
        tk._("The portal did not understand this request"),
        tk._("The address or the form has something in it that the portal cannot use."),
        tk._("Go back, check what you entered and try again."),
    )
