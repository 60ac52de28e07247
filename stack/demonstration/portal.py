"""The running portal as its users reach it: the action API over HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
import tenacity
from ckanapi import RemoteCKAN
from ckanapi.errors import CKANAPIError, NotAuthorized, NotFound, SearchError, SearchQueryError, ValidationError

TIMEOUT = 60
# Seconds that a restart of the web server may take; only what writes nothing is asked again.
RESTART = 30
READS = ("_show", "_search", "_report")
# Beside CKAN's own classes, which ckanapi takes when CKAN is installed, they have no ancestor in common.
REFUSALS = (CKANAPIError, NotAuthorized, NotFound, SearchError, SearchQueryError, requests.RequestException)

Fields = dict[str, Any]


class PortalError(Exception):
    """The portal refused or did not answer; the message says what, and where."""


class Portal:
    """``folder`` is where the demonstration keeps what only the owner of this machine may read."""

    def __init__(self, url: str, token: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self._token = token
        self._own = threading.local()
        self._lock = threading.Lock()

    def call(self, action: str, fields: Fields | None = None, file: tuple[str, bytes] | None = None) -> Any:
        """Call an action; with a file, the nested fields travel as JSON text.

        :raises PortalError: the action, and what the portal answered
        """
        try:
            return self._call(action, fields or {}, file)
        except ValidationError as error:
            raise PortalError(f"{action}: {_plain(error.error_dict)}") from error
        except REFUSALS as error:
            raise PortalError(f"{action}: {str(error)[:500]}") from error

    def find(self, action: str, identifier: str) -> Fields | None:
        """What a ``*_show`` action gives, or None when there is no such thing."""
        try:
            return self._call(action, {"id": identifier}, None)
        except NotFound:
            return None
        except (ValidationError, *REFUSALS) as error:
            raise PortalError(f"{action} {identifier}: {str(error)[:500]}") from error

    def signed_in_as(self) -> str | None:
        """The name of the account whose token this is; None when the token does not work (any more)."""
        try:
            return self._call("person_show", {}, None)["name"]
        except NotAuthorized:
            return None
        except (ValidationError, *REFUSALS) as error:
            raise PortalError(f"person_show: {str(error)[:500]}") from error

    def download(self, url: str) -> bytes | None:
        """The bytes of an uploaded file; None when it is not there."""
        try:
            answer = self._session.get(url, headers={"Authorization": self._token}, timeout=TIMEOUT)
        except requests.RequestException as error:
            raise PortalError(f"{url}: {error}") from error
        return answer.content if answer.ok else None

    def say(self, text: str) -> None:
        with self._lock:
            print(text, flush=True)

    @property
    def _session(self) -> requests.Session:
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
        return self._own.session

    def _call(self, action: str, fields: Fields, file: tuple[str, bytes] | None) -> Any:
        if action.endswith(READS):
            return _ask_again(self._call_once, action, fields, file)
        return self._call_once(action, fields, file)

    def _call_once(self, action: str, fields: Fields, file: tuple[str, bytes] | None) -> Any:
        portal = RemoteCKAN(self.url, apikey=self._token, session=self._session)
        files = {"upload": file} if file else None
        sent = {name: _as_text(value) for name, value in fields.items()} if file else fields
        return portal.call_action(action, sent, files=files, requests_kwargs={"timeout": TIMEOUT})


def _is_passing(error: BaseException) -> bool:
    """The front answers so while the web server starts anew."""
    return isinstance(error, requests.ConnectionError) or (
        isinstance(error, CKANAPIError) and any(f", {status}, " in str(error) for status in (502, 503, 504))
    )


_ask_again = tenacity.Retrying(
    retry=tenacity.retry_if_exception(_is_passing),
    wait=tenacity.wait_fixed(1),
    stop=tenacity.stop_after_delay(RESTART),
    reraise=True,
)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _plain(errors: Any) -> str:
    shown = {key: value for key, value in errors.items() if key != "__type"} if isinstance(errors, dict) else errors
    return json.dumps(shown, ensure_ascii=False)


def differences(wanted: Fields, shown: Fields) -> Fields:
    """The wanted fields whose value is another one in the portal."""
    return {name: value for name, value in wanted.items() if not _same(value, shown.get(name))}


def _same(wanted: Any, shown: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(shown, dict) and all(_same(value, shown.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(shown, list) and sorted(map(str, wanted)) == sorted(map(str, shown))
    # The portal keeps every field as text, and shows some of them as what they were.
    return str(wanted).lower() == str(shown).lower()


def wait_until(done: Callable[[], bool], seconds: float, pause: float = 1) -> bool:
    """Ask until it is done or the time is over."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True
