"""Officers who publish for their agencies. Their passwords lie in a file that only the owner can read."""

from __future__ import annotations

import json
import secrets

from stack.demonstration.catalogue import officers
from stack.demonstration.invented import person
from stack.demonstration.portal import Portal
from stack.secrets import write_private

FILE = "demonstration.users"


def load(portal: Portal) -> list[str]:
    path = portal.folder / FILE
    passwords: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    for officer in officers():
        make_user(portal, officer.login, passwords)
        # Written after each one: an interrupted run must not leave an account whose password nobody knows.
        write_private(path, json.dumps(passwords, indent=1))
        for agency in officer.agencies:
            _make_editor(portal, officer.login, agency)
    portal.say(f"{len(officers())} officers; their passwords are in {path}")
    return []


def make_user(portal: Portal, login: str, passwords: dict[str, str]) -> bool:
    """An account whose password is known.

    :returns: whether anything was written
    """
    shown = portal.find("user_show", login)
    if shown and login in passwords:
        return False
    password = secrets.token_urlsafe(18)
    email = f"{login}@example.org"
    if shown:
        portal.call("user_patch", {"id": shown["id"], "email": email, "password": password})
    else:
        portal.call("user_create", {"name": login, "email": email, "fullname": person(login), "password": password})
    passwords[login] = password
    return True


def _make_editor(portal: Portal, login: str, agency: str) -> None:
    shown = portal.call("organization_show", {"id": agency, "include_users": True})
    if not any(user["name"] == login and user["capacity"] == "editor" for user in shown["users"]):
        portal.call("organization_member_create", {"id": agency, "username": login, "role": "editor"})
