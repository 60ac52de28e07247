"""How often a person, or an address without one, may do something.

The limits stand in the configuration (``opengov.limits.<name>``, for example ``10/minute;100/day``), the counts in
Redis. A signed-in person is counted by the account; their address may send ``opengov.limits.address_factor`` times as
much, so that an office behind one address is not shut out by its busiest member.
"""

from __future__ import annotations

import hashlib
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, TypeVar

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import g, has_request_context, request
from limits import RateLimitItem, parse_many
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError
from werkzeug.exceptions import TooManyRequests

log = logging.getLogger(__name__)

PREFIX = "opengov.limits."
SETTINGS = frozenset({"enabled", "address_factor"})

Function = TypeVar("Function", bound=Callable[..., Any])


class RateLimited(tk.NotAuthorized, TooManyRequests):
    """Too often. CKAN's API answers with the sentence, pages with it too; both with status 429 and Retry-After."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self.sentence = sentence(seconds)
        tk.NotAuthorized.__init__(self, self.sentence)
        TooManyRequests.__init__(self, self.sentence, retry_after=seconds)
        if has_request_context():
            g.opengov_rate_limited = self


def sentence(seconds: int) -> str:
    """What the person is told."""
    minutes = math.ceil(seconds / 60)
    if seconds < 60:
        return tk.ungettext(
            "That was too often. Try again in {number} second.",
            "That was too often. Try again in {number} seconds.",
            seconds,
        ).format(number=seconds)
    if minutes < 120:
        return tk.ungettext(
            "That was too often. Try again in {number} minute.",
            "That was too often. Try again in {number} minutes.",
            minutes,
        ).format(number=minutes)
    hours = math.ceil(minutes / 60)
    return tk.ungettext(
        "That was too often. Try again in {number} hour.",
        "That was too often. Try again in {number} hours.",
        hours,
    ).format(number=hours)


def check(name: str, *, user_id: str | None = None, address: str | None = None) -> None:
    """Count one more, unless that is too often.

    :param name: of the limit
    :param user_id: who does it; None for a visitor without account
    :param address: where the request comes from

    :raises RateLimited: with the seconds to wait
    """
    if not tk.config[f"{PREFIX}enabled"]:
        return
    counted = [pair for item in items(name) for pair in _keys(item, user_id, address)]
    if has_request_context():
        g.opengov_limits_counted = (name, counted)
    try:
        _count(name, counted)
    except RedisError:
        log.warning("The limits can't be counted: Redis does not answer")


@dataclass(frozen=True)
class Standing:
    """How much of a limit is left: ``limit`` in so many ``seconds``, ``reset`` seconds until there is more."""

    limit: int
    remaining: int
    seconds: int
    reset: int


def standing() -> Standing | None:
    """Of the limit that this request was counted by last, whichever is nearest to its end; None without one."""
    name, counted = g.get("opengov_limits_counted") or ("", [])
    try:
        found = [_standing(name, item, key) for item, key in counted]
    except RedisError:
        return None
    return min(found, key=lambda one: one.remaining / one.limit, default=None)


def _standing(name: str, item: RateLimitItem, key: str) -> Standing:
    window = _limiter(tk.config["ckan.redis.url"]).get_window_stats(item, *_place(name, key))
    reset = max(0, math.ceil(window.reset_time - time.time()))
    return Standing(item.amount, max(0, window.remaining), item.get_expiry(), reset)


def limited(name: str) -> Callable[[Function], Function]:
    """Decorate an action: each call from a request counts. Calls by the portal's own code do not."""

    def decorate(action: Function) -> Function:
        @wraps(action)
        def wrapper(context: Any, data_dict: Any) -> Any:
            if has_request_context() and not context.get("ignore_auth"):
                check(name, user_id=getattr(current_user, "id", None), address=client_address())
            return action(context, data_dict)

        return wrapper  # pyright: ignore[reportReturnType]

    return decorate


def client_address() -> str:
    """The address that the front saw. Earlier entries of the header come from the client, who may write anything."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    return forwarded.rpartition(",")[2].strip() or request.remote_addr or ""


def check_settings() -> None:
    """Read every limit once, so that a mistake in one stops the start and not a citizen.

    :raises ValueError: naming the setting
    """
    for key in list(tk.config):
        name = key.removeprefix(PREFIX)
        if key.startswith(PREFIX) and name not in SETTINGS:
            items(name)


@lru_cache(maxsize=128)
def _parse(text: str) -> tuple[RateLimitItem, ...]:
    return tuple(parse_many(text)) if text.strip() else ()


def items(name: str) -> tuple[RateLimitItem, ...]:
    """The parts of a limit: how much, and in which span."""
    text = tk.config[PREFIX + name]
    try:
        return _parse(text)
    except ValueError as error:
        raise ValueError(f"{PREFIX}{name} is “{text}”; it should look like 10/minute;100/day") from error


def _keys(item: RateLimitItem, user_id: str | None, address: str | None) -> list[tuple[RateLimitItem, str]]:
    keys = [(item, f"user:{user_id}")] if user_id else []
    if address:
        factor = tk.config[f"{PREFIX}address_factor"] if user_id else 1
        wider = type(item)(item.amount * factor, item.multiples)
        keys.append((wider, f"address:{address}"))
    return keys


def _count(name: str, counted: list[tuple[RateLimitItem, str]]) -> None:
    limiter = _limiter(tk.config["ckan.redis.url"])
    for item, key in counted:
        place = _place(name, key)
        if not limiter.hit(item, *place):
            reset = limiter.get_window_stats(item, *place).reset_time
            raise RateLimited(max(1, math.ceil(reset - time.time())))


def _place(name: str, key: str) -> tuple[str, str, str]:
    # What names a person or an address is not kept in plain.
    hidden = hashlib.sha256(f"{tk.config['SECRET_KEY']}:{key}".encode()).hexdigest()[:32]
    return tk.config["ckan.site_id"], name, hidden


@lru_cache(maxsize=4)
def _limiter(url: str) -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(storage_from_string(url, socket_timeout=2, socket_connect_timeout=2))
