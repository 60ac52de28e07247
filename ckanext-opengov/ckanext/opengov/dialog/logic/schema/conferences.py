"""What the actions on conferences take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from ckan.types import Schema

from ckanext.opengov.civic.service import agencies
from ckanext.opengov.civic.service.discussion.texts import LANGUAGES, clean
from ckanext.opengov.dialog.service.conferences.rules import EVENTS, QUESTION_STATES, STATES

PAGE = 20
LARGEST_PAGE = 100
MOST_SPEAKERS = 20


def moment(value: Any) -> dt.datetime:
    """A time with its zone."""
    try:
        found = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    except ValueError:
        found = dt.datetime.min.replace(tzinfo=dt.UTC)
    if found.utcoffset() is None or not 2000 < found.year < 2100:
        raise tk.Invalid(tk._("Give a date and time with its zone, such as 2026-03-01T09:00:00+05:00."))
    return found.astimezone(dt.UTC)


def _texts(longest: int, *, required: bool = True) -> Any:
    def validate(value: Any) -> dict[str, str]:
        given = value if isinstance(value, Mapping) else {}
        kept = {code: given[code] for code in LANGUAGES if isinstance(given.get(code), str)}
        if any(len(text) > longest for text in kept.values()):
            raise tk.Invalid(tk._("At most {limit} characters in each language.").format(limit=longest))
        found = {code: text for code, raw in kept.items() if (text := clean(raw))}
        if required and not found:
            raise tk.Invalid(tk._("Write it in Kazakh, Russian or English."))
        return found

    return validate


def one_of(known: Any) -> Any:
    """A validator for a word of a list."""
    words = [str(one) for one in known]

    def validate(value: Any) -> str:
        if value not in words:
            message = tk._("“{value}” is not known. Use one of: {known}.")
            raise tk.Invalid(message.format(value=str(value)[:40], known=", ".join(words)))
        return str(value)

    return validate


def speakers(value: Any) -> list[dict[str, Any]]:
    """Up to twenty people with names and positions; an account when the speaker writes answers."""
    if not isinstance(value, list) or len(value) > MOST_SPEAKERS:
        raise tk.Invalid(tk._("Give a list of at most {limit} speakers.").format(limit=MOST_SPEAKERS))
    return [_speaker(place, one) for place, one in enumerate(value, 1)]


def _speaker(place: int, one: Any) -> dict[str, Any]:
    import ckan.model as model

    name = clean(str(one.get("name") or ""))[:150] if isinstance(one, Mapping) else ""
    if not name:
        raise tk.Invalid(tk._("Speaker {number} has no name.").format(number=place))
    account = one.get("user")
    user = model.User.get(account) if account else None
    if account and user is None:
        message = tk._("Speaker {number}: there is no account “{name}”.")
        raise tk.Invalid(message.format(number=place, name=str(account)[:60]))
    position = _texts(300, required=False)(one.get("position") or {})
    return {"name": name, "position": position, "user_id": user.id if user else None}


def web_address(value: Any) -> str:
    """An address of the web."""
    parts = urlsplit(str(value))
    if parts.scheme not in ("http", "https") or not parts.netloc or len(str(value)) > 2_000:
        raise tk.Invalid(tk._("Give the whole address, beginning with https://."))
    return str(value)


def agency(value: Any) -> str:
    """The id of an active agency."""
    found = agencies.find(value) if isinstance(value, str) else None
    if found is None:
        raise tk.Invalid(tk._("There is no agency “{id}”.").format(id=str(value)[:60]))
    return found.id


def whole(value: Any) -> int:
    """A whole number above nothing."""
    if isinstance(value, bool) or not str(value).isdecimal() or not 0 < int(value) < 1_000_000:
        raise tk.Invalid(tk._("Give a whole number above 0."))
    return int(value)


def _announcement() -> dict[str, list[Any]]:
    v: Any = tk.get_validator
    return {
        "title": [v("ignore_missing"), _texts(300)],
        "intro": [v("ignore_missing"), _texts(5_000, required=False)],
        "speakers": [v("ignore_missing"), speakers],
        "starts_at": [v("ignore_missing"), moment],
        "recording_url": [v("ignore_empty"), web_address],
    }


def conference_create() -> Schema:
    """An announcement and whose it is."""
    v: Any = tk.get_validator
    rules = _announcement()
    return {
        "recording_url": rules["recording_url"],
        "title": [v("not_empty"), _texts(300)],
        "starts_at": [v("not_empty"), moment],
        "intro": [v("default")({}), *rules["intro"][1:]],
        "speakers": [v("default")([]), *rules["speakers"][1:]],
        "owner_org": [v("not_empty"), agency],
        "name": [v("ignore_empty"), v("name_validator"), v("package_name_validator")],
    }


def conference_update() -> Schema:
    """What changes."""
    return {"id": _reference(), **_announcement()}


def _reference() -> Any:
    v: Any = tk.get_validator
    return [v("not_empty"), v("unicode_safe")]


def conference_transition() -> Schema:
    """An event and, for some, why."""
    v: Any = tk.get_validator
    rules = {"event": [v("not_empty"), one_of(EVENTS)], "reason": [v("ignore_empty"), _reason]}
    return {"id": _reference(), **rules}


def _reason(value: Any) -> str:
    text = clean(str(value))
    if not 10 <= len(text) <= 2_000:
        raise tk.Invalid(tk._("Say why in a sentence or two: the public reads it."))
    return text


def one_conference() -> Schema:
    """A conference by id or name."""
    return {"id": _reference()}


def _page() -> dict[str, list[Any]]:
    v: Any = tk.get_validator
    return {
        "offset": [v("default")(0), v("natural_number_validator")],
        "limit": [v("default")(PAGE), v("is_positive_integer"), v("limit_to_configured_maximum")("", LARGEST_PAGE)],
    }


def conference_list() -> Schema:
    """Filters and a page."""
    v: Any = tk.get_validator
    rules = {"state": [v("ignore_empty"), one_of(STATES)], "agency": [v("ignore_empty"), agency]}
    return {**rules, **_page()}


def question_create() -> Schema:
    """A question; its text is checked by the rules."""
    v: Any = tk.get_validator
    return {
        "conference_id": _reference(),
        "text": [v("default")("")],
        "language": [v("not_empty"), one_of(LANGUAGES)],
        "author_name": [v("ignore_empty")],
    }


def question_list() -> Schema:
    """A conference, for moderators a state, and a page."""
    v: Any = tk.get_validator
    return {"conference_id": _reference(), "state": [v("ignore_empty"), one_of(QUESTION_STATES)], **_page()}


def question_support() -> Schema:
    """A question; ``supported`` false takes it back."""
    v: Any = tk.get_validator
    return {"id": _reference(), "supported": [v("default")(True), v("boolean_validator")]}


def question_moderate() -> Schema:
    """A decision."""
    v: Any = tk.get_validator
    return {
        "id": _reference(),
        "state": [v("not_empty"), one_of(("public", "refused", "merged"))],
        "reason": [v("ignore_empty"), v("unicode_safe")],
        "reason_text": [v("ignore_empty"), v("unicode_safe")],
        "merged_into": [v("ignore_empty"), whole],
    }


def question_answer() -> Schema:
    """An answer and who speaks."""
    v: Any = tk.get_validator
    return {
        "id": _reference(),
        "text": [v("default")("")],
        "language": [v("not_empty"), one_of(LANGUAGES)],
        "speaker": [v("default")(1), whole],
    }


def question_to_appeal() -> Schema:
    """A question, and whether the appeal is public."""
    v: Any = tk.get_validator
    return {"id": _reference(), "public": [v("default")(True), v("boolean_validator")]}
