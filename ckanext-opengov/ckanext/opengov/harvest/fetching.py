"""Fetching what a source's address gives, and nothing from inside.

An officer types the address, so it may point at this machine or its neighbours (a metadata service, a database). The
check is made on the connection itself: the name is resolved once, every address it resolves to is looked at, and the
connection is made to the very address that was looked at. So neither a redirect nor a name that changes between two
look-ups gets in.
"""

from __future__ import annotations

import hashlib
import ipaddress
import socket
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import ckan.plugins.toolkit as tk
import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import parse_url

from ckanext.opengov.harvest.messages import N_, SourceError

CHUNK = 64 * 1024
REDIRECTS = 3
AGENT = "opengov-harvester"


class RefusedAddressError(ValueError):
    """The host resolves to an address inside."""


class RefusedConnectionError(requests.ConnectionError):
    """The same, for whoever uses a guarded session and knows the errors of ``requests``."""


@dataclass(frozen=True)
class Fetched:
    """What an address gave."""

    body: bytes
    content_type: str = ""
    charset: str | None = None

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def is_outside(address: str) -> bool:
    """Whether an IP address belongs to the public internet; addresses wrapped in IPv6 are unwrapped first."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if ip in ipaddress.ip_network("64:ff9b:1::/48") or not all(_public(part) for part in inner if part):
            return False
        if ip.ipv4_mapped:
            return True
    return _public(ip)


def _public(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return ip.is_global and not ip.is_multicast


def resolve(host: str, port: int) -> str:
    """The address to connect to.

    :raises RefusedAddressError: when the host, or one of its addresses, is inside and not listed as allowed
    :raises OSError: when the name does not resolve
    """
    name = host.strip("[]").lower().rstrip(".")
    addresses = [str(info[4][0]) for info in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
    allowed = {entry.lower() for entry in tk.config["opengov.harvest.allowed_hosts"]}
    if name in allowed or f"{name}:{port}" in allowed:
        return addresses[0]
    inside = [address for address in addresses if not is_outside(address)]
    if inside:
        raise RefusedAddressError(name)
    return addresses[0]


class _Guard:
    """Mixed into urllib3's connections: connect to the address that was checked, not to the name."""

    port: int
    _dns_host: str

    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        try:
            self._dns_host = resolve(name, self.port)
        except UnicodeError as error:
            raise RefusedAddressError(name) from error
        except OSError as error:
            raise urllib3.exceptions.NameResolutionError(name, self, error) from error  # pyright: ignore
        try:
            return super()._new_conn()  # pyright: ignore[reportAttributeAccessIssue]
        finally:
            self._dns_host = name


class _GuardedHTTPConnection(_Guard, HTTPConnection):
    pass


class _GuardedHTTPSConnection(_Guard, HTTPSConnection):
    pass


class _GuardedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _GuardedHTTPConnection  # pyright: ignore[reportAssignmentType]


class _GuardedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHTTPSConnection  # pyright: ignore[reportAssignmentType]


class GuardedAdapter(HTTPAdapter):
    """A transport of ``requests`` that connects to nothing inside and always has a timeout."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _GuardedHTTPPool, "https": _GuardedHTTPSPool}

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs["timeout"] = kwargs.get("timeout") or tk.config["opengov.harvest.timeout"]
        try:
            return super().send(request, *args, **kwargs)
        except RefusedAddressError as error:
            raise RefusedConnectionError(str(error)) from error


def guard(session: requests.Session) -> requests.Session:
    """Make a session of ``requests`` a guarded one. Proxies of the environment would go around the guard."""
    session.trust_env = False
    session.max_redirects = REDIRECTS
    session.headers["User-Agent"] = AGENT
    session.mount("http://", GuardedAdapter())
    session.mount("https://", GuardedAdapter())
    return session


def check_address(address: str) -> None:
    """Refuse an address that could never be fetched. A name that does not resolve now may do so later: it passes.

    :raises SourceError: with what would be right
    """
    scheme = address.split(":", 1)[0].lower()
    if scheme == "file":
        _local_path(address)
        return
    try:
        parts = parse_url(address)
    except urllib3.exceptions.LocationParseError:
        parts = parse_url("")
    if scheme not in ("http", "https") or not parts.host:
        raise SourceError(
            "refused", N_("“{address}” is not an address of the web. Write it in full: https://…"), address=address
        )
    try:
        resolve(parts.host, parts.port or (443 if scheme == "https" else 80))
    except (RefusedAddressError, UnicodeError):
        raise _inside(parts.host) from None
    except OSError:
        return


def _inside(host: str) -> SourceError:
    message = N_("“{host}” is an address inside the portal's network and is not fetched. Give a public address.")
    return SourceError("refused", message, host=host)


def fetch(address: str) -> Fetched:
    """Fetch an address with limits of size, time and redirects.

    :raises SourceError: ``refused`` or ``down``, with the reason
    """
    if address.lower().startswith("file:"):
        return _read_local(_local_path(address))
    check_address(address)
    try:
        return _download(address)
    except RefusedConnectionError as error:
        raise _inside(str(error)) from None
    except requests.TooManyRedirects:
        message = N_("The address redirects more than {limit} times. Give the address it ends at.")
        raise SourceError("down", message, limit=REDIRECTS) from None
    except requests.exceptions.InvalidSchema:
        raise SourceError("refused", N_("The address redirects to something that is not of the web.")) from None
    except requests.Timeout:
        message = N_("The source does not answer within {seconds} seconds.")
        raise SourceError("down", message, seconds=tk.config["opengov.harvest.timeout"]) from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise SourceError("down", N_("The source can't be reached ({reason})."), reason=type(error).__name__) from error


def _download(address: str) -> Fetched:
    with guard(requests.Session()) as session, session.get(address, stream=True) as answer:
        if answer.status_code != 200:
            raise SourceError("down", N_("The source answers with error {status}."), status=answer.status_code)
        content_type, _, rest = answer.headers.get("Content-Type", "").partition(";")
        charset = rest.partition("charset=")[2].strip().strip('"') or None
        return Fetched(_body(answer), content_type.strip().lower(), charset)


def _body(answer: requests.Response) -> bytes:
    limit = tk.config["opengov.harvest.max_megabytes"] * 1024 * 1024
    deadline = time.monotonic() + 10 * tk.config["opengov.harvest.timeout"]
    body = bytearray()
    for chunk in answer.iter_content(CHUNK):
        body += chunk
        if len(body) > limit:
            raise _too_big()
        if time.monotonic() > deadline:
            raise SourceError("down", N_("The source sends so slowly that the run was given up."))
    return bytes(body)


def _too_big() -> SourceError:
    limit = tk.config["opengov.harvest.max_megabytes"]
    return SourceError("down", N_("The file is bigger than {limit} MB. Split it or give a shorter list."), limit=limit)


def _local_path(address: str) -> Path:
    parts = urlsplit(address)
    path = Path(unquote(parts.path)).resolve()
    folders = [Path(folder).resolve() for folder in tk.config["opengov.harvest.allowed_folders"]]
    if parts.netloc not in ("", "localhost") or not any(path.is_relative_to(folder) for folder in folders):
        raise SourceError(
            "refused", N_("Files of this machine are not read. Give an address that starts with https://")
        )
    return path


def _read_local(path: Path) -> Fetched:
    if not path.is_file():
        raise SourceError("down", N_("There is no file “{name}”."), name=path.name)
    if path.stat().st_size > tk.config["opengov.harvest.max_megabytes"] * 1024 * 1024:
        raise _too_big()
    return Fetched(path.read_bytes())
