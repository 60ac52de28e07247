"""Writing an appeal: the form, what was answered already about the same, and the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from ckanext.opengov.civic.service import agencies, limits, persons
from ckanext.opengov.civic.service.persons import Level
from ckanext.opengov.civic.web import kept
from ckanext.opengov.dialog import appeal_display as display
from ckanext.opengov.dialog.service.appeals import filing, people, words
from ckanext.opengov.dialog.views.appeals_shared import FOLDER, act, errors, refusal, too_long_text

FIELDS = ("agency", "kind", "topic", "region", "language", "subject", "text", "public", "author_name", "email")
DRAFT = "appeal-new"
SIMILAR = 5
# So many letters say what a text is about.
ENOUGH = 15


@dataclass(frozen=True)
class Standing:
    """Whether the visitor may write, and what is missing: ``sign_in``, ``email`` or ``verified``."""

    missing: str
    kinds: list[dict[str, str]]

    @property
    def may(self) -> bool:
        return not self.missing


def standing() -> Standing:
    """What the visitor may write now."""
    kinds = display.kinds(words.COVERAGE)
    if not current_user.is_authenticated:
        allowed = [one for one in kinds if one["name"] in people.anonymous_kinds()]
        return Standing("", allowed) if allowed else Standing("sign_in", kinds)
    wanted = people.level()
    if persons.level_of(current_user.id) >= wanted:
        return Standing("", kinds)
    return Standing("verified" if wanted is Level.VERIFIED else "email", kinds)


def new() -> ResponseReturnValue:
    """The form; ``check`` looks for answers without a script; sending shows the receipt."""
    if current_user.is_authenticated:
        request.environ["__no_cache__"] = True
    if request.method == "GET":
        typed = kept.back(DRAFT) or request.args
        return _form({name: typed[name] for name in FIELDS if typed.get(name)})
    request.environ["__no_cache__"] = True
    try:
        leaving = kept.away(DRAFT, tk._("Write an appeal"), tk.url_for("opengov_dialog_appeals.new"))
        if leaving:
            return leaving
        data: dict[str, Any] = {name: request.form[name] for name in FIELDS if request.form.get(name)}
        files = request.files.getlist("attachments")
    except RequestEntityTooLarge:
        return too_long()
    if "check" in request.form:
        return _form(data, alike=_alike(data))
    return _send(data, files)


def _send(data: dict[str, Any], files: list[Any]) -> ResponseReturnValue:
    try:
        filed = act("appeal_create", {**data, "attachments": files})
    except tk.ValidationError as error:
        return _form(data, wrong=errors(error)), 400
    except limits.RateLimited as error:
        return _form(data, wrong={"": [error.sentence]}), 429
    except tk.NotAuthorized as error:
        return _form(data, wrong={"": [refusal(error)]}), 403
    if current_user.is_authenticated:
        act("draft_delete", {"form_key": DRAFT})
    variables = {"filed": filed, "term": display.term(filed["deadline"]), "mailed": _mailed(data)}
    return tk.render(f"{FOLDER}/sent.html", variables)


def _mailed(data: dict[str, Any]) -> str:
    """Where the letter with the secret goes."""
    return (current_user.email if current_user.is_authenticated else data.get("email")) or ""


def too_long() -> ResponseReturnValue:
    """More than a form may hold: nothing of it was read, so nothing can be shown again."""
    return _form({}, wrong={"text": [too_long_text()]}), 413


def _form(data: dict[str, Any], wrong: dict[str, list[str]] | None = None, alike: Any = None) -> str:
    # Another page may name the agency by its id.
    found = agencies.find(data["agency"]) if data.get("agency") else None
    variables = {
        "data": {**data, "agency": found.name if found else ""},
        "errors": wrong or {},
        "alike": alike,
        "standing": standing(),
        "agencies": agencies.options(None),
        "topics": display.topics(),
        "places": display.places(),
        "languages": display.LANGUAGES,
        "most": {"subject": filing.SUBJECT_LENGTH, "text": filing.TEXT_LENGTH, "files": filing.ATTACHMENTS},
        "draft_key": DRAFT,
    }
    return tk.render(f"{FOLDER}/new.html", variables)


def similar() -> ResponseReturnValue:
    """What was answered about the same, as a part of the page. Sent by POST: such texts do not belong in addresses."""
    request.environ["__no_cache__"] = True
    try:
        alike = _alike(request.form)
    except RequestEntityTooLarge:
        alike = None
    return tk.render(f"{FOLDER}/similar.html", {"alike": alike})


def _alike(given: Any) -> dict[str, Any] | None:
    text = f"{given.get('subject', '')}\n{given.get('text', '')}".strip()
    if len(text) < ENOUGH:
        return None
    try:
        found = act("appeal_similar", {"text": text, "limit": SIMILAR})
    except limits.RateLimited as error:
        return {"refusal": error.sentence}
    return {**found, "appeals": [display.card(one) for one in found["appeals"]]}
