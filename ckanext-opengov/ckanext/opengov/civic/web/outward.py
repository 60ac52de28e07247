"""Requests to addresses that people typed: they reach the internet and nothing inside.

Such an address may point at this machine or its neighbours (a metadata service, a database). The check is made on the
connection itself: the name is resolved once, every address it resolves to is looked at, and the connection is made to
the very address that was looked at. So neither a redirect nor a name that changes between two look-ups gets in.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from typing import Any

import ckan.plugins.toolkit as tk
import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

AllowedHosts = Callable[[], Iterable[str]]


class RefusedAddressError(ValueError):
    """The host resolves to an address inside."""


class RefusedConnectionError(requests.exceptions.ConnectionError):
    """The same, for whoever handles the errors of ``requests``. Its text is the host."""


def allowed_hosts() -> list[str]:
    """Hosts inside that may be reached all the same: ``opengov.outward.allowed_hosts``."""
    return tk.config["opengov.outward.allowed_hosts"]


def is_outside(address: str) -> bool:
    """Whether an IP address belongs to the public internet; addresses wrapped in IPv6 are unwrapped first."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in ipaddress.ip_network("64:ff9b:1::/48"):
            return False
        wrapped = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            wrapped.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if not all(_public(part) for part in wrapped if part):
            return False
        if ip.ipv4_mapped:
            return True
    return _public(ip)


def _public(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return ip.is_global and not ip.is_multicast


def is_allowed(host: str, port: int, allowed: AllowedHosts = allowed_hosts) -> bool:
    """Whether a host, with or without its port, is listed as one that may be reached although it is inside."""
    name = _plain(host)
    return bool({name, f"{name}:{port}"} & {entry.lower() for entry in allowed()})


def resolve(host: str, port: int, allowed: AllowedHosts = allowed_hosts) -> str:
    """The address to connect to.

    :raises RefusedAddressError: when the host, or one of its addresses, is inside and not listed as allowed
    :raises OSError: when the name does not resolve
    """
    name = _plain(host)
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise RefusedAddressError(name) from error
    addresses = [str(info[4][0]) for info in found]
    if not is_allowed(name, port, allowed) and not all(is_outside(address) for address in addresses):
        raise RefusedAddressError(name)
    return addresses[0]


def _plain(host: str) -> str:
    return host.strip("[]").lower().rstrip(".")


class _Guard:
    """Mixed into urllib3's connections: connect to the address that was checked, not to the name."""

    port: int
    _dns_host: str
    allowed: AllowedHosts

    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        try:
            self._dns_host = resolve(name, self.port, self.allowed)
        except OSError as error:
            raise urllib3.exceptions.NameResolutionError(name, self, error) from error  # pyright: ignore
        try:
            return super()._new_conn()  # pyright: ignore[reportAttributeAccessIssue]
        finally:
            self._dns_host = name


def _pools(allowed: AllowedHosts) -> dict[str, type[HTTPConnectionPool]]:
    guard = {"allowed": staticmethod(allowed)}
    plain = type("GuardedHTTPConnection", (_Guard, HTTPConnection), guard)
    secure = type("GuardedHTTPSConnection", (_Guard, HTTPSConnection), guard)
    return {
        "http": type("GuardedHTTPPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("GuardedHTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }


class GuardedAdapter(HTTPAdapter):
    """A transport of ``requests`` that connects to nothing inside and always has a timeout."""

    def __init__(self, seconds: float, allowed: AllowedHosts = allowed_hosts) -> None:
        self._seconds = seconds
        self._allowed = allowed
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._allowed)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs["timeout"] = kwargs.get("timeout") or self._seconds
        try:
            return super().send(request, *args, **kwargs)
        except RefusedAddressError as error:
            raise RefusedConnectionError(str(error), request=request) from None


def guard(session: requests.Session, *, seconds: float, allowed: AllowedHosts = allowed_hosts) -> requests.Session:
    """Make a session of ``requests`` a guarded one. Proxies of the environment would go around the guard."""
    session.trust_env = False
    session.mount("http://", GuardedAdapter(seconds, allowed))
    session.mount("https://", GuardedAdapter(seconds, allowed))
    return session
