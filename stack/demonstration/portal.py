"""The running portal as its users reach it: the action API over HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from ckanapi import NotFound, RemoteCKAN
from ckanapi.errors import CKANAPIError, ValidationError

TIMEOUT = 60

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
        except (CKANAPIError, requests.RequestException) as error:
            raise PortalError(f"{action}: {str(error)[:500]}") from error

    def find(self, action: str, identifier: str) -> Fields | None:
        """What a ``*_show`` action gives, or None when there is no such thing."""
        try:
            return self._call(action, {"id": identifier}, None)
        except NotFound:
            return None
        except (CKANAPIError, requests.RequestException) as error:
            raise PortalError(f"{action} {identifier}: {str(error)[:500]}") from error

    def download(self, url: str) -> bytes | None:
        """The bytes of an uploaded file; None when it is not there."""
        answer = self._session.get(url, headers={"Authorization": self._token}, timeout=TIMEOUT)
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
        portal = RemoteCKAN(self.url, apikey=self._token, session=self._session)
        files = {"upload": file} if file else None
        sent = {name: _as_text(value) for name, value in fields.items()} if file else fields
        return portal.call_action(action, sent, files=files, requests_kwargs={"timeout": TIMEOUT})


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
