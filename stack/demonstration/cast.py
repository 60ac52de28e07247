"""Who takes part in the demonstration's dialogue, each by an API token of their own, as everybody who writes programs.

The tokens lie beside the passwords, in a file that only the owner can read.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from stack.demonstration.catalogue import read_yaml
from stack.demonstration.portal import Portal
from stack.secrets import write_private

FILE = "demonstration.tokens"
TITLE = "demonstration"


@cache
def people() -> dict[str, Any]:
    """Heads, officers, citizens: who is who."""
    return read_yaml("dialogue/people.yaml")


def head(agency: str) -> str:
    """The account of an agency's head."""
    return f"head-{agency}"


def citizen(key: str) -> str:
    """The account of a citizen."""
    return f"citizen-{key}"


def officer(agency: str) -> str:
    """The account of the officer who works on an agency's appeals."""
    return next(login for login, agencies in people()["officers"].items() if agency in agencies)


def logins() -> list[str]:
    """Every account."""
    known = people()
    staff = [*map(head, known["heads"]), *known["officers"], known["moderator"], known["supervisor"]]
    return [*staff, *map(citizen, known["citizens"])]


class Cast:
    """The portal as each of them reaches it."""

    def __init__(self, portal: Portal) -> None:
        self.admin = portal
        self._path = portal.folder / FILE
        self._tokens: dict[str, str] = json.loads(self._path.read_text()) if self._path.exists() else {}
        self._portals: dict[str, Portal] = {}

    def of(self, login: str) -> Portal:
        """The portal with somebody's token, made when there is none that works."""
        if login not in self._portals:
            self._portals[login] = self._signed_in(login)
        return self._portals[login]

    def _signed_in(self, login: str) -> Portal:
        known = self._tokens.get(login)
        found = Portal(self.admin.url, known, self.admin.folder) if known else None
        if found and found.signed_in_as() == login:
            return found
        made = self.admin.call("api_token_create", {"user": login, "name": TITLE})["token"]
        self._tokens[login] = made
        write_private(self._path, json.dumps(self._tokens, indent=1))
        return Portal(self.admin.url, made, self.admin.folder)
