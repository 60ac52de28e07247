"""What the actions on acts take. The text is judged by ``service/outline.py``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.civic.logic.schema import discussion
from ckanext.opengov.civic.service import agencies
from ckanext.opengov.civic.service.discussion.rules import Sort
from ckanext.opengov.regulation.service.cards import FORMS
from ckanext.opengov.regulation.service.states import OF_OFFICERS, STATES
from ckanext.opengov.regulation.service.words import AUTHORS, CHANNELS, DOCUMENTS, KINDS, LANGUAGES, OUTCOMES, REMARKS

PAGE = 20
LARGEST_PAGE = 100
MOST_PARTS = 1_000
LONGEST_TITLE = 500
LONGEST_NOTES = 10_000
LONGEST_REASON = 5_000


def translated(longest: int, *, required: bool = True) -> Any:
    """A text by language."""

    def validate(value: Any) -> dict[str, str]:
        given = value if isinstance(value, Mapping) else {}
        found = {code: str(given[code]).strip() for code in LANGUAGES if given.get(code) and str(given[code]).strip()}
        if not found and required:
            raise tk.Invalid(tk._("Write it in Kazakh, Russian or English."))
        if any(len(text) > longest or "\x00" in text for text in found.values()):
            raise tk.Invalid(tk._("At most {limit} characters in each language.").format(limit=longest))
        return found

    return validate


def one_of(known: Iterable[Any]) -> Any:
    """One of these words."""
    words = [str(one) for one in known]

    def validate(value: Any) -> str:
        if value not in words:
            message = tk._("“{value}” is not known. Use one of: {known}.")
            raise tk.Invalid(message.format(value=str(value)[:40], known=", ".join(words)))
        return str(value)

    return validate


def agency(value: Any) -> str:
    """The id of an active agency."""
    found = agencies.find(value) if isinstance(value, str) else None
    if found is None:
        raise tk.Invalid(tk._("There is no agency “{id}”.").format(id=str(value)[:60]))
    return found.id


def moment(value: Any) -> dt.datetime:
    """A time with its zone."""
    try:
        found = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is None or found.utcoffset() is None or not 2000 < found.year < 2100:
        raise tk.Invalid(tk._("Give a date and time with its zone, such as 2026-03-01T09:00:00+05:00."))
    return found.astimezone(dt.UTC)


def day(value: Any) -> dt.date:
    """A day."""
    try:
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise tk.Invalid(tk._("Give a day such as 2026-12-31.")) from error


def address(value: Any) -> str:
    """An address of the web."""
    parts = urlsplit(str(value))
    if parts.scheme not in ("http", "https") or not parts.netloc or len(str(value)) > 1_000:
        raise tk.Invalid(tk._("Give an address that begins with https://."))
    return str(value)


def word(value: Any) -> str:
    """A short text on one line."""
    if not isinstance(value, str) or len(value) > 300 or not value.isprintable():
        raise tk.Invalid(tk._("Write a text of at most {limit} characters on one line.").format(limit=300))
    return value


def whole(value: Any) -> int:
    """A whole number from 0 on."""
    text = str(value)
    if not (text.isascii() and text.isdecimal()) or len(text) > 18:
        raise tk.Invalid(tk._("“{value}” is not a number.").format(value=text[:40]))
    return int(text)


def _page(largest: int = LARGEST_PAGE, usual: int = PAGE) -> Schema:
    v: Any = tk.get_validator
    limit = v("limit_to_configured_maximum")("", largest)
    return {"cursor": [v("ignore_empty"), word], "limit": [v("default")(usual), v("is_positive_integer"), limit]}


def create() -> Schema:
    """A draft without its text."""
    v: Any = tk.get_validator
    return {
        "owner_org": [v("not_empty"), agency],
        "kind": [v("not_empty"), one_of(KINDS)],
        "title": [v("not_empty"), translated(LONGEST_TITLE)],
        "notes": [v("ignore_missing"), translated(LONGEST_NOTES, required=False)],
        "basis": [v("ignore_missing"), translated(LONGEST_NOTES, required=False)],
    }


def update() -> Schema:
    """What may be changed of a draft."""
    v: Any = tk.get_validator
    return {
        "id": [v("not_empty"), word],
        "kind": [v("ignore_missing"), one_of(KINDS)],
        "title": [v("ignore_missing"), translated(LONGEST_TITLE)],
        "notes": [v("ignore_missing"), translated(LONGEST_NOTES, required=False)],
        "basis": [v("ignore_missing"), translated(LONGEST_NOTES, required=False)],
    }


def transition() -> Schema:
    """A step and what it needs."""
    v: Any = tk.get_validator
    return {
        "id": [v("not_empty"), word],
        "event": [v("not_empty"), one_of(OF_OFFICERS)],
        "reason": [v("ignore_empty"), translated(LONGEST_REASON)],
        "starts_at": [v("ignore_empty"), moment],
        "until": [v("ignore_empty"), day],
        "url": [v("ignore_empty"), address],
    }


def listed() -> Schema:
    """Which acts, and from where on."""
    v: Any = tk.get_validator
    return {
        **_page(),
        "q": [v("ignore_empty"), word],
        "agency": [v("ignore_empty"), agency],
        "kind": [v("ignore_empty"), one_of(KINDS)],
        "state": [v("ignore_empty"), one_of(STATES)],
    }


def version() -> Schema:
    """A version of an act; the newest public one when no number comes."""
    v: Any = tk.get_validator
    return {"id": [v("not_empty"), word], "version": [v("ignore_empty"), whole]}


def parts() -> Schema:
    """Which parts, and from where on."""
    v: Any = tk.get_validator
    return {
        **version(),
        **_page(MOST_PARTS, 200),
        "language": [v("ignore_empty"), one_of(LANGUAGES)],
        "cursor": [v("ignore_empty"), whole],
        "parent": [v("ignore_empty"), word],
    }


def part() -> Schema:
    """One part of a version."""
    return {**version(), "eid": [tk.get_validator("not_empty"), word]}


def part_update() -> Schema:
    """A part of the version in preparation; its words are judged by the outline."""
    v: Any = tk.get_validator
    return {
        "id": [v("not_empty"), word],
        "eid": [v("ignore_empty"), word],
        "kind": [v("ignore_empty"), word],
        "number": [v("ignore_missing")],
        "under": [v("ignore_empty"), word],
        "after": [v("ignore_empty"), word],
    }


def version_create() -> Schema:
    """The next version; its text is judged by the outline."""
    v: Any = tk.get_validator
    note = [v("ignore_missing"), translated(LONGEST_NOTES, required=False)]
    return {"id": [v("not_empty"), word], "note": note}


def document() -> Schema:
    """A document of an act; the file is judged by its rules."""
    v: Any = tk.get_validator
    return {
        "id": [v("not_empty"), word],
        "kind": [v("not_empty"), one_of(DOCUMENTS)],
        "title": [v("ignore_missing"), translated(LONGEST_TITLE, required=False)],
        "channel": [v("ignore_empty"), one_of(CHANNELS)],
    }


def accredit() -> Schema:
    """An expert, a channel, an organization and a time."""
    v: Any = tk.get_validator
    return {
        "user": [v("not_empty"), word],
        "channel": [v("not_empty"), one_of(CHANNELS)],
        "organization": [v("not_empty"), translated(LONGEST_TITLE)],
        "since": [v("ignore_empty"), day],
        "until": [v("ignore_empty"), day],
    }


def comment() -> Schema:
    """A comment; text, quote and wording are judged by the rules of the discussion."""
    v: Any = tk.get_validator
    return {
        "id": [v("not_empty"), word],
        "eid": [v("ignore_empty"), word],
        "kind": [v("default")("remark"), one_of(REMARKS)],
        "channel": [v("default")("citizen"), one_of(AUTHORS)],
        "text": [v("ignore_missing")],
        "quote": [v("ignore_missing")],
        "wording": [v("ignore_missing")],
        "language": [v("ignore_empty"), one_of(LANGUAGES)],
        "author_name": [v("ignore_empty")],
    }


def comment_show() -> Schema:
    """One comment of an act."""
    v: Any = tk.get_validator
    return {"id": [v("not_empty"), word], "comment_id": [v("not_empty"), discussion.identifier]}


def comments() -> Schema:
    """Which comments of an act, and from where on."""
    v: Any = tk.get_validator
    return {
        "id": [v("not_empty"), word],
        **_page(LARGEST_PAGE),
        "place": [v("ignore_empty"), word],
        "whole": [v("default")(False), v("boolean_validator")],
        "sort": [v("default")(Sort.OLDEST.value), one_of(Sort)],
        "grouped": [v("default")(False), v("boolean_validator")],
        "channel": [v("ignore_empty"), one_of(AUTHORS)],
        "kind": [v("ignore_empty"), one_of(REMARKS)],
        "outcome": [v("ignore_empty"), one_of(OUTCOMES)],
        "unanswered": [v("default")(False), v("boolean_validator")],
    }


def respond() -> Schema:
    """An answer; outcome and reason are judged by the rules of answers."""
    v: Any = tk.get_validator
    return {
        "comment_id": [v("ignore_empty"), discussion.identifier],
        "cluster_id": [v("ignore_empty"), whole],
        "id": [v("ignore_empty"), word],
        "outcome": [v("ignore_missing")],
        "reason": [v("ignore_missing")],
        "language": [v("ignore_empty"), one_of(LANGUAGES)],
    }


def vote() -> Schema:
    """An act and a vote."""
    v: Any = tk.get_validator
    return {"id": [v("not_empty"), word], "value": [v("not_missing"), discussion.vote]}


def archive() -> Schema:
    """An archive's name and form; the cards are judged one by one."""
    v: Any = tk.get_validator
    return {
        "source": [v("not_empty"), word],
        "format": [v("not_empty"), one_of(FORMS)],
        "agency": [v("ignore_empty"), agency],
    }
