"""Fetching what a source's address gives, and nothing from inside.

An officer types the address, so it may point at this machine or its neighbours (a metadata service, a database): the
requests are guarded by ``civic.web.outward``.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

import ckan.plugins.toolkit as tk
import requests
import urllib3.exceptions
from urllib3.util import parse_url

from ckanext.opengov.civic.web import outward
from ckanext.opengov.civic.web.outward import RefusedAddressError, RefusedConnectionError
from ckanext.opengov.harvest.messages import N_, SourceError

CHUNK = 64 * 1024
REDIRECTS = 3
AGENT = "opengov-harvester"


@dataclass(frozen=True)
class Fetched:
    """What an address gave."""

    body: bytes
    content_type: str = ""
    charset: str | None = None

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def allowed_hosts() -> list[str]:
    """Hosts inside that may be harvested all the same."""
    return tk.config["opengov.harvest.allowed_hosts"]


def guard(session: requests.Session) -> requests.Session:
    """Make a session of ``requests`` a guarded one."""
    session.max_redirects = REDIRECTS
    session.headers["User-Agent"] = AGENT
    return outward.guard(session, seconds=tk.config["opengov.harvest.timeout"], allowed=allowed_hosts)


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
        outward.resolve(parts.host, parts.port or (443 if scheme == "https" else 80), allowed_hosts)
    except RefusedAddressError:
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
