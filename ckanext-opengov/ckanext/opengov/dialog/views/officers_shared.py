"""What the pages of officers have in common."""

from __future__ import annotations

from collections.abc import Sequence

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service import agencies, officers
from ckanext.opengov.dialog.service.appeals.people import COMPONENT
from ckanext.opengov.dialog.service.tasks import REVIEWERS


def only_officers() -> ResponseReturnValue | None:
    """Visitors are sent to sign in, and come back here. No cache keeps what one officer sees."""
    request.environ["__no_cache__"] = True
    if current_user.is_authenticated:
        return None
    return tk.redirect_to("user.login", next=tk.h.current_url())


def refused_page(sentence: str, code: int, typed: Sequence[str] = ()) -> ResponseReturnValue:
    """Why not, and what was typed, to be copied."""
    page = {"sentence": sentence, "code": code, "typed": typed}
    return tk.render("opengov_dialog/appeals_work/refused.html", page), code


def given_links() -> list[dict[str, str]]:
    """The rows of links of a form; empty rows do not count."""
    titles, urls = request.form.getlist("link_title"), request.form.getlist("link_url")
    rows = ((title.strip(), url.strip()) for title, url in zip(titles, urls, strict=False))
    return [{"title": title or url, "url": url} for title, url in rows if title or url]


def own_agencies() -> list[dict[str, str]]:
    """The agencies for which the reader may write standing answers."""
    if not current_user.is_authenticated:
        return []
    if current_user.sysadmin:  # pyright: ignore[reportAttributeAccessIssue]
        return agencies.options(None)
    own = officers.agencies_of(current_user.id, REVIEWERS, COMPONENT)  # pyright: ignore[reportAttributeAccessIssue]
    return agencies.options(frozenset(own)) if own else []
