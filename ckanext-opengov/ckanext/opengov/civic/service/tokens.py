"""Tokens of the links in mails: random ones that are stored as hashes, and signed ones that need no storage."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import ckan.plugins.toolkit as tk


def new() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a token: a table that leaks opens no link."""
    return hashlib.sha256(token.encode()).hexdigest()


def of_address(email: str) -> str:
    """What stands for an address where the address itself is not needed."""
    return keyed("address", email.strip().lower())


def keyed(purpose: str, value: str) -> str:
    """A keyed hash of an identifier: the same value gives the same hash, and without the key none can be tried.

    :raises RuntimeError: when ``opengov.person_key`` is not set
    """
    key = tk.config["opengov.person_key"]
    if not key:
        raise RuntimeError("opengov.person_key is empty: set it to a long random text before persons are stored")
    return hmac.new(key.encode(), f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


def signed(purpose: str, value: str) -> str:
    """``value`` with a signature, for an address that must work without storage and without end."""
    return f"{value}.{_signature(purpose, value)}"


def read_signed(purpose: str, token: str) -> str | None:
    """The value of a signed token, None when the signature is not ours."""
    value, _, signature = token.rpartition(".")
    if value and hmac.compare_digest(signature.encode(), _signature(purpose, value).encode()):
        return value
    return None


def _signature(purpose: str, value: str) -> str:
    key = str(tk.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"opengov:{purpose}:{value}".encode(), hashlib.sha256).hexdigest()[:40]
