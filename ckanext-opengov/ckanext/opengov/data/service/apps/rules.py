"""The way of an app and what its links may be. Pure: no database."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.refusal import N_, Refusal

TYPE = "application"
COMPONENT = "data"
MOST_LINKS = 8
MOST_DATASETS = 50
MOST_PICTURES = 5
LONGEST_TITLE = 120
LONGEST_NOTES = 3_000
LONGEST_DEVELOPER = 120
LONGEST_ALT = 200
LONGEST_URL = 500


class State(StrEnum):
    """Where an app stands. Only published ones are public."""

    WAITING = "waiting"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Event(StrEnum):
    """What moves it on."""

    CHANGE = "change"
    PUBLISH = "publish"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


# (state, event) → state. What was changed is looked at again: nobody swaps an app after it was let through.
TABLE: Mapping[tuple[State, Event], State] = {
    **{(state, Event.CHANGE): State.WAITING for state in State},
    (State.WAITING, Event.PUBLISH): State.PUBLISHED,
    (State.WAITING, Event.REFUSE): State.REFUSED,
    (State.PUBLISHED, Event.REFUSE): State.REFUSED,
    (State.REFUSED, Event.PUBLISH): State.PUBLISHED,
    **{(state, Event.WITHDRAW): State.WITHDRAWN for state in State if state != State.WITHDRAWN},
}
OF_MODERATORS = (Event.PUBLISH, Event.REFUSE)
STATES: Mapping[State, str] = {
    State.WAITING: N_("Being looked at"),
    State.PUBLISHED: N_("The app is public"),
    State.REFUSED: N_("The app is refused"),
    State.WITHDRAWN: N_("The app is taken back"),
}
EVENTS: Mapping[str, str] = {
    "application.create": N_("App sent"),
    "application.change": N_("App changed"),
    "application.publish": N_("App published"),
    "application.refuse": N_("App refused"),
    "application.withdraw": N_("App withdrawn"),
}
MODERATORS = frozenset({Role.LIST_APPROVER, Role.MODERATOR})
PERMISSIONS: Mapping[str, frozenset[Role]] = {"application_moderate": MODERATORS}


class AppRefusal(Refusal):
    """Something about an app that cannot be done. ``place`` is the field."""

    def __init__(self, place: str, text: str, **values: Any) -> None:
        super().__init__(text, **values)
        self.place = place


@dataclass(frozen=True)
class LinkKind:
    """A kind of link: its title, and the hosts that it may lead to (any when empty)."""

    title: str
    hosts: tuple[str, ...] = ()


KINDS: Mapping[str, LinkKind] = {
    "website": LinkKind(N_("Website")),
    "google_play": LinkKind("Google Play", ("play.google.com",)),
    "app_store": LinkKind("App Store", ("apps.apple.com",)),
    "app_gallery": LinkKind("AppGallery", ("appgallery.huawei.com", "appgallery.cloud.huawei.com")),
    "download": LinkKind(N_("Download")),
    "source": LinkKind(N_("Source code")),
}


def next_state(state: State, event: Event) -> State:
    """The state after the event.

    :raises AppRefusal: when the event does not fit the state
    """
    target = TABLE.get((state, event))
    if target is None:
        text = N_("“{event}” is not possible while the app is “{state}”.")
        raise AppRefusal("event", text, event=str(event), state=str(state))
    return target


def check_links(given: Any) -> list[dict[str, str]]:
    """Links as they may be stored.

    :param given: each with ``kind`` and ``url``; without url it is left out

    :raises AppRefusal: for the first that does not fit
    """
    rows = [one for one in given if isinstance(one, Mapping)] if isinstance(given, Sequence) else []
    links = {(str(one.get("kind")), str(one.get("url") or "").strip()): None for one in rows}
    found = [{"kind": kind, "url": _checked(kind, url)} for kind, url in links if url]
    if not found:
        raise AppRefusal("links", N_("Give at least one link: where people find the app."))
    if len(found) > MOST_LINKS:
        raise AppRefusal("links", N_("At most {most} links."), most=MOST_LINKS)
    return found


def _checked(kind: str, url: str) -> str:
    known = KINDS.get(kind)
    if known is None:
        text = N_("There is no kind of link “{kind}”. Kinds: {known}.")
        raise AppRefusal("links", text, kind=kind[:40], known=", ".join(KINDS))
    host = host_of(url)
    if not host or len(url) > LONGEST_URL:
        text = N_("“{url}” is no address that begins with https:// and leads to a public host.")
        raise AppRefusal("links", text, url=url[:80])
    if known.hosts and host not in known.hosts:
        text = N_("A link to {shop} leads to {hosts}; this one leads to {host}.")
        raise AppRefusal("links", text, shop=known.title, hosts=", ".join(known.hosts), host=host)
    return url


def host_of(url: str) -> str:
    """The host that a link leads to; empty for what is no public https address."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError:
        return ""
    is_plain = url.isprintable() and not any(letter in url for letter in " \"'<>\\`")
    if parts.scheme != "https" or not is_plain or parts.username is not None or port not in (None, 443):
        return ""
    return host if "." in host and not _is_number(host) else ""


def _is_number(host: str) -> bool:
    """An address in figures, in whichever way it is written."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        last = host.rpartition(".")[2]
        return last.isdecimal() or last.startswith("0x") or last in ("local", "localhost", "internal")
    return True
