"""What the actions of notices take."""

from __future__ import annotations

import re
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import FlattenDataDict, FlattenErrorDict, FlattenKey, Schema

from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.logic.schema.persons import LONGEST_EMAIL, language, place, plain
from ckanext.opengov.civic.service import agencies, subscriptions, webhooks

LONGEST_SEARCH = 1000
LONGEST_URL = 2000
MOST_EVENTS = 50
_FIELD = re.compile(r"[a-z][a-z_]{0,40}")
_HIDDEN = frozenset({"creator_user_id", "permission_labels"})
_EVENT = re.compile(r"\*|[a-z_]+\.(\*|[a-z_.-]+)")


def subscription_create() -> Schema:
    """A target, a channel and how often."""
    v: Any = tk.get_validator
    return {
        "email": [v("ignore_empty"), v("unicode_safe"), v("strip_value"), plain(LONGEST_EMAIL), v("email_validator")],
        "webhook_id": [v("ignore_empty"), v("unicode_safe")],
        "target_kind": [v("not_empty"), v("one_of")(list(subscriptions.KINDS))],
        "target_value": [v("not_empty"), v("unicode_safe"), plain(LONGEST_SEARCH), target],
        "channel": [v("default")("mail"), v("one_of")(list(subscriptions.CHANNELS))],
        "frequency": [v("default")("at_once"), v("one_of")(list(subscriptions.FREQUENCIES))],
        "language": language(),
    }


def subscription_confirm() -> Schema:
    """The token of a mail."""
    v: Any = tk.get_validator
    return {"token": [v("not_empty"), v("unicode_safe")]}


def subscription_delete() -> Schema:
    """One's own subscription, or the token of a mail."""
    v: Any = tk.get_validator
    return {"id": [v("ignore_empty"), v("unicode_safe")], "token": [v("ignore_empty"), v("unicode_safe")]}


def webhook_create() -> Schema:
    """An address and the events that it is told of."""
    v: Any = tk.get_validator
    return {
        "url": [v("not_empty"), v("unicode_safe"), v("strip_value"), plain(LONGEST_URL), outward_address],
        "events": [v("default")([]), names_of_events],
    }


def by_id() -> Schema:
    """The id of one's own."""
    v: Any = tk.get_validator
    return {"id": [v("not_empty"), v("unicode_safe")]}


def target(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Any) -> None:
    """What is followed, in the one form that notices are compared with."""
    check = _TARGETS.get(str(data.get((*key[:-1], "target_kind"))))
    if check is None:
        return
    try:
        data[key] = check(data[key].strip())
    except tk.Invalid as error:
        errors[key].append(error.error)


def _entity(value: str) -> str:
    kind, _, name = value.partition(":")
    if not kind or not name:
        raise tk.Invalid(tk._("Give the type and the id, as in dataset:1b2c…"))
    return value


def _agency(value: str) -> str:
    found = agencies.find(value)
    if found is None:
        raise tk.Invalid(tk._("There is no agency “{id}”.").format(id=value[:100]))
    return found.id


def _component(value: str) -> str:
    known = [manifest.name for manifest in manifests()]
    if value not in known:
        message = tk._("There is no component “{name}”. Known ones: {known}.")
        raise tk.Invalid(message.format(name=value[:50], known=", ".join(known)))
    return value


def _place(value: str) -> str:
    if not value:
        raise tk.Invalid(tk._("Choose a place."))
    return place(value)


def _search(value: str) -> str:
    text = subscriptions.normal_search(value.partition("?")[2] or value)
    fields = {part.partition("=")[0] for part in text.split("&")}
    if not text:
        raise tk.Invalid(tk._("Give the address of a search with a word or a filter in it."))
    if wrong := sorted(name for name in fields if not _FIELD.fullmatch(name) or name in _HIDDEN):
        raise tk.Invalid(tk._("A search can't be followed by {field}.").format(field=wrong[0][:40]))
    return text


_TARGETS = {"entity": _entity, "agency": _agency, "component": _component, "place": _place, "search": _search}


def outward_address(value: str) -> str:
    """An address outside, over https."""
    try:
        webhooks.check_url(value)
    except webhooks.RefusedUrlError as error:
        raise tk.Invalid(error.translated()) from None
    return value


def names_of_events(value: Any) -> list[str]:
    """Names such as ``dialog.answered``, ``dialog.*`` for all of a component, ``*`` for all."""
    names = value.split() if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise tk.Invalid(tk._("Give the events as a list of names."))
    if len(names) > MOST_EVENTS:
        raise tk.Invalid(tk._("At most {limit} events; use “component.*” for all of a component.").format(limit=50))
    for name in names:
        if not _EVENT.fullmatch(name):
            raise tk.Invalid(tk._("“{name}” is no event. Write component.event, component.* or *.").format(name=name))
    return list(dict.fromkeys(names))
